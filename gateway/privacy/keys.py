"""Read the keys that pseudonyms are made under, and that evidence is sealed under."""

from pathlib import Path

from bureau.ledger.evidence import KEY_BYTES as VAULT_KEY_BYTES
from bureau.ledger.evidence import Vault
from bureau.privacy.pseudonyms import KEY_BYTES, Pseudonyms
from gateway.errors import StartError


def read_pseudonyms(path: Path) -> Pseudonyms:
    """Return what makes pseudonyms under the keys in ``path``, one a line.

    The first makes them; those of the lines below only find what was made before.

    Raises:
        StartError: the file is missing, or a line is not 64 hexadecimal digits.
    """
    return Pseudonyms(_read_keys(path, KEY_BYTES))


def read_vault(path: Path) -> Vault:
    """Return what seals evidence under the keys in ``path``, one a line.

    The first seals; those of the lines below only open what was sealed before.

    Raises:
        StartError: the file is missing, or a line is not 64 hexadecimal digits.
    """
    return Vault(_read_keys(path, VAULT_KEY_BYTES))


def _read_keys(path: Path, length: int) -> list[bytes]:
    remedy = f"make one with: openssl rand -hex {length} > {path}"
    try:
        lines = path.read_text(encoding="utf-8-sig").split()
        keys = [bytes.fromhex(line) for line in lines]
    except (OSError, ValueError):
        raise StartError(f"{path} holds no key in hexadecimal; {remedy}") from None
    if not keys:
        raise StartError(f"{path} is empty; {remedy}")
    for number, key in enumerate(keys, start=1):
        if len(key) != length:
            raise StartError(
                f"{path}, key {number} has {len(key)} bytes, not {length}; {remedy}"
            )
    return keys
