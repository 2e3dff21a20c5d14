"""Check an evidence bundle offline, with the program that auditors run alone."""

from pathlib import Path

from gateway.errors import StartError
from gateway.evidence.verify_bundle import FORMAT, Found, verify

_BEGIN = 4096


def examine_bundle(file: Path, policy: Path | None) -> list[Found] | None:
    """Return what came of each check of a bundle; ``None`` if ``file`` is none.

    Raises:
        StartError: a file cannot be read.
    """
    raw = _read(file)
    if not raw.startswith(b"{") or f'"format":"{FORMAT}"'.encode() not in raw[:_BEGIN]:
        return None
    try:
        trusted = None if policy is None else _read(policy).decode()
    except UnicodeDecodeError:
        raise StartError(f"{policy} is no text") from None
    return verify(raw, trusted)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise StartError(f"{path}: {error.strerror}") from None
