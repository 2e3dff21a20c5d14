"""Sign on an agency's side: the counterpart of ``envelope.verify``.

The sandbox agencies and the tests sign with this; the gateway signs nothing but its
receipts (``signing.signer``). A payload is signed as it is: what ``verify`` would
refuse can be signed here, as it can be by an agency that makes a mistake.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from signing import base64url
from signing.algorithms import (
    ECDSA_SHA256,
    ES256_HALF,
    HASH,
    PS256_PADDING,
    Algorithm,
    signature_check,
)
from signing.envelope import Envelope, PayloadType
from signing.sm2.sign import Sm2PrivateKey

PrivateKey: TypeAlias = (
    Ed25519PrivateKey | EllipticCurvePrivateKey | RSAPrivateKey | Sm2PrivateKey
)


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key and the name under which a trust bundle knows it.

    Raises:
        TrustBundleError: the key does not fit the algorithm.
    """

    kid: str
    algorithm: Algorithm
    private_key: PrivateKey

    def __post_init__(self) -> None:
        signature_check(self.algorithm, self.private_key.public_key())

    def public_pem(self) -> str:
        """Return the public key as the ``public_key`` entry of a trust bundle."""
        return (
            self.private_key.public_key()
            .public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
            .decode()
        )


def sign(
    payload: bytes,
    key: SigningKey,
    *,
    type: PayloadType,  # noqa: A002 - the header's own word
    signed_at: datetime,
) -> Envelope:
    """Return ``payload`` in a compact JWS."""
    header = {
        "alg": key.algorithm,
        "kid": key.kid,
        "typ": type,
        "iat": int(signed_at.timestamp()),
    }
    signed = _part(header) + b"." + base64url.encode(payload)
    return Envelope(signed + b"." + base64url.encode(raw_signature(signed, key)))


def sign_detached(
    body: bytes,
    key: SigningKey,
    *,
    type: PayloadType,  # noqa: A002 - the header's own word
    signed_at: datetime,
) -> Envelope:
    """Return ``body`` with a detached JWS over exactly its bytes (RFC 7797)."""
    header = {
        "alg": key.algorithm,
        "kid": key.kid,
        "typ": type,
        "iat": int(signed_at.timestamp()),
        "b64": False,
        "crit": ["b64"],
    }
    part = _part(header)
    signature = base64url.encode(raw_signature(part + b"." + body, key))
    return Envelope(part + b".." + signature, body)


def raw_signature(signed: bytes, key: SigningKey) -> bytes:
    """Return the bare signature over ``signed``, as the third part of a JWS has it."""
    match key.private_key:
        case Ed25519PrivateKey() as private_key:
            return private_key.sign(signed)
        case EllipticCurvePrivateKey() as private_key:
            r, s = decode_dss_signature(private_key.sign(signed, ECDSA_SHA256))
            return r.to_bytes(ES256_HALF) + s.to_bytes(ES256_HALF)
        case RSAPrivateKey() as private_key:
            return private_key.sign(signed, PS256_PADDING, HASH)
        case Sm2PrivateKey() as private_key:
            return private_key.sign(signed)


def _part(header: dict[str, object]) -> bytes:
    return base64url.encode(json.dumps(header, separators=(",", ":")).encode())
