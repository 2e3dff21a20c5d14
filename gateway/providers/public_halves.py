"""Public halves: read from PEM, named by their thumbprint, written as JWK.

A key's id is its RFC 7638 thumbprint, which nobody has to choose and nobody can choose
twice. No registered JWK has SM2; ours is an ``EC`` key whose ``crv`` is ``SM2``.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import orjson
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePublicKey,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_public_key,
)

from signing import base64url
from signing.algorithms import Algorithm, PublicKey, signature_check
from signing.errors import SigningError, TrustBundleError
from signing.sm2 import curve
from signing.sm2.keys import Sm2PublicKey, read_sm2_pem

Jwk = Mapping[str, object]
SM2_CURVE = "SM2"


@dataclass(frozen=True, slots=True)
class PublicHalf:
    """A public key that may sign for the gateway."""

    kid: str
    algorithm: Algorithm
    public_key: PublicKey
    jwk: Jwk

    def pem(self) -> str:
        """Return it as PEM."""
        return self.public_key.public_bytes(
            Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
        ).decode()


def public_half_of(key: object) -> PublicHalf | None:
    """Return ``key`` with its name; ``None`` if such a key signs nothing here.

    Raises:
        TrustBundleError: it is a weak one.
    """
    public: PublicKey
    match key:
        case Ed25519PublicKey():
            public, algorithm = key, Algorithm.ED25519
            needed = {"crv": "Ed25519", "kty": "OKP"}
            needed["x"] = _text(key.public_bytes_raw())
        case EllipticCurvePublicKey(curve=SECP256R1()):
            public, algorithm = key, Algorithm.ES256
            numbers = key.public_numbers()
            needed = _point("P-256", (numbers.x, numbers.y))
        case Sm2PublicKey():
            public, algorithm = key, Algorithm.SM2
            needed = _point(SM2_CURVE, key.point)
        case _:
            return None
    signature_check(algorithm, public)
    digest = hashlib.sha256(orjson.dumps(needed, option=orjson.OPT_SORT_KEYS)).digest()
    kid = _text(digest)
    jwk = {**needed, "kid": kid, "alg": algorithm, "use": "sig"}
    return PublicHalf(kid, algorithm, public, jwk)


def read_public_half(pem: str) -> PublicHalf | None:
    """Return the public key of a PEM text; ``None`` if it is none that may sign.

    Raises:
        TrustBundleError: it is a weak one.
    """
    by_sm2 = read_sm2_pem(pem)
    if by_sm2 is not None:
        return public_half_of(by_sm2)
    try:
        return public_half_of(load_pem_public_key(pem.encode()))
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return None


def read_sm2_jwk(jwk: Jwk) -> Sm2PublicKey | None:
    """Return the key of a JWK as ``public_half_of`` writes it; ``None`` for another.

    Raises:
        TrustBundleError: it is of SM2, and cannot be used.
    """
    if (jwk.get("kty"), jwk.get("crv")) != ("EC", SM2_CURVE):
        return None
    if "d" in jwk:
        raise TrustBundleError("the private half of a key is in it: revoke that key")
    if jwk.get("alg") != Algorithm.SM2 or jwk.get("use", "sig") != "sig":
        raise TrustBundleError("a JWK of SM2 is for signatures, by the algorithm SM2")
    x, y = (_number(jwk.get(name), name) for name in ("x", "y"))
    return Sm2PublicKey((x, y))


def _number(said: object, name: str) -> int:
    try:
        raw = base64url.decode(str(said).encode(), name)
    except SigningError:
        raw = b""
    if len(raw) != curve.BYTES:
        raise TrustBundleError(f"{name} of a JWK of SM2 is {curve.BYTES} bytes")
    return int.from_bytes(raw)


def _point(name: str, point: tuple[int, int]) -> dict[str, str]:
    x, y = (_text(number.to_bytes(curve.BYTES)) for number in point)
    return {"crv": name, "kty": "EC", "x": x, "y": y}


def _text(raw: bytes) -> str:
    return base64url.encode(raw).decode()
