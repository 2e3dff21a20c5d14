"""A witness's keys: made once, read from files that nobody else may read."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from gateway.errors import StartError
from gateway.witness.settings import NAME_LIMIT
from signing.transparency.checkpoints import NoteSigner
from signing.transparency.notes import KEY_SIZES, Kind, NoteError, VerifierKey

OWN = 0o600
FILES: Mapping[str, type[Ed25519PrivateKey | MLDSA44PrivateKey]] = {
    "ed25519.pem": Ed25519PrivateKey,
    "ml-dsa-44.pem": MLDSA44PrivateKey,
}


def make_keys(folder: Path) -> list[Path]:
    """Return the files of the keys in ``folder``, making those that are missing.

    Raises:
        StartError: one cannot be written.
    """
    for name, kind in FILES.items():
        path = folder / name
        # Not looked at and then made: the second of two would write over the first's.
        try:
            folder.mkdir(parents=True, exist_ok=True)
            file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWN)
        except FileExistsError:
            continue
        except OSError as error:
            raise StartError(f"{path}: {error.strerror}") from None
        pem = kind.generate().private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
        )
        with os.fdopen(file, "wb") as opened:
            opened.write(pem)
            opened.flush()
            os.fsync(opened.fileno())
    return [folder / name for name in FILES]


def require_name(name: str) -> None:
    """Make sure that a witness may be called ``name``.

    Raises:
        StartError: it cannot stand in a note, or in a cosignature.
    """
    try:
        key = VerifierKey(name, Kind.ED25519, bytes(KEY_SIZES[Kind.ED25519]))
    except NoteError as error:
        raise StartError(str(error)) from None
    if len(key.name.encode()) > NAME_LIMIT:
        raise StartError(f"a witness's name has at most {NAME_LIMIT} bytes")


def read_signers(name: str, paths: Iterable[Path]) -> list[NoteSigner]:
    """Return what cosigns as ``name`` with the keys in ``paths``.

    Raises:
        StartError: a file holds no such key, or the name cannot stand in a note.
    """
    require_name(name)
    return [_read_signer(name, path) for path in paths]


def _read_signer(name: str, path: Path) -> NoteSigner:
    """Return what cosigns with the key in ``path``.

    Raises:
        StartError: it holds no such key.
    """
    try:
        key = load_pem_private_key(path.read_bytes(), None)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    match key:
        case Ed25519PrivateKey():
            kind = Kind.COSIGNATURE_ED25519
        case MLDSA44PrivateKey():
            kind = Kind.COSIGNATURE_ML_DSA_44
        case _:
            raise StartError(
                f"{path} holds no key of Ed25519 or ML-DSA-44 in PEM; "
                f"make both with: gateway witness keys {name} --folder {path.parent}"
            )
    return NoteSigner(name, kind, key)
