"""Read the keys that pseudonyms are made under."""

from pathlib import Path

from bureau.privacy.pseudonyms import KEY_BYTES, Pseudonyms
from gateway.errors import StartError


def read_pseudonyms(path: Path) -> Pseudonyms:
    """Return what makes pseudonyms under the keys in ``path``, one a line.

    The first makes them; those of the lines below only find what was made before.

    Raises:
        StartError: the file is missing, or a line is not 64 hexadecimal digits.
    """
    remedy = f"make one with: openssl rand -hex {KEY_BYTES} > {path}"
    try:
        lines = path.read_text(encoding="utf-8-sig").split()
        keys = [bytes.fromhex(line) for line in lines]
    except (OSError, ValueError):
        raise StartError(f"{path} holds no key in hexadecimal; {remedy}") from None
    if not keys:
        raise StartError(f"{path} is empty; {remedy}")
    for number, key in enumerate(keys, start=1):
        if len(key) != KEY_BYTES:
            raise StartError(
                f"{path}, key {number} has {len(key)} bytes, not {KEY_BYTES}; {remedy}"
            )
    return Pseudonyms(keys)
