"""Keys as ``openssl genpkey`` writes them, and what a receipt says."""

from typing import Any

import orjson
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from signing import base64url


def private(key: Ed25519PrivateKey | EllipticCurvePrivateKey | RSAPrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def public(key: Ed25519PrivateKey | EllipticCurvePrivateKey | RSAPrivateKey) -> bytes:
    return key.public_key().public_bytes(
        Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
    )


def parts_of(jws: str) -> tuple[Any, Any]:
    """Return the header and the claims of a receipt, which nobody has checked."""
    header, payload, _ = jws.encode().split(b".")
    return (
        orjson.loads(base64url.decode(header, "header")),
        orjson.loads(base64url.decode(payload, "payload")),
    )
