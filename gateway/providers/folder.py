"""Sign with a key in a file: the provider that needs nothing beside it."""

from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from gateway.errors import StartError
from gateway.providers.public_halves import public_half_of
from signing.errors import TrustBundleError
from signing.held import FileKey
from signing.sign import SigningKey
from signing.sm2.sign import Sm2PrivateKey, read_private_pem


def read_file_key(folder: Path, name: str) -> FileKey:
    """Return the key ``name`` of a folder.

    Raises:
        StartError: there is none that may be used.
    """
    path = folder / f"{name}.pem"
    try:
        pem = path.read_bytes()
        found = read_private_pem(pem) or load_pem_private_key(pem, password=None)
    except OSError as error:
        raise StartError(f"{path}: {error.strerror}") from None
    except (ValueError, TypeError, UnsupportedAlgorithm, TrustBundleError):
        raise StartError(f"{path} is no PRIVATE KEY without a password") from None
    match found:
        case Ed25519PrivateKey() | EllipticCurvePrivateKey() | Sm2PrivateKey():
            half = public_half_of(found.public_key())
            if half is not None:
                return FileKey(SigningKey(half.kid, half.algorithm, found))
        case _:
            pass
    raise StartError(f"{path} is neither Ed25519 nor on P-256 nor of SM2")
