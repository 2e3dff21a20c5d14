"""The four signature algorithms, and the keys that fit them.

A key carries its algorithm; a message never chooses one. ES256 signatures are the
64 bytes ``r || s`` of RFC 7518 section 3.4, not DER. PS256 salts are as long as the
hash (RFC 7518 section 3.5).

Ed25519 is verified by libsodium, which is quicker than OpenSSL and stricter: besides
what RFC 8032 refuses it refuses an ``R`` of small order. There is no second way, so
that there is one verdict on a signature: ``docs/decisions/ed25519-by-libsodium.md``.

ECDSA is malleable: from ``(r, s)`` anybody makes ``(r, n - s)``, which verifies too
and is refused by no JOSE library, since honest signers produce both. So the digest
of an envelope identifies the bytes that came, not the act of signing. SM2 is not
malleable in this way; its signatures, and what is particular of them, are in ``sm2``.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import TypeAlias

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePublicKey,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from nacl.bindings import crypto_sign_open
from nacl.exceptions import BadSignatureError

from signing.errors import TrustBundleError
from signing.sm2.keys import Sm2PublicKey
from signing.sm2.signatures import sm2_check


class Algorithm(StrEnum):
    """A signature algorithm, by its JOSE name; SM2 has none, and takes its own."""

    ED25519 = "EdDSA"  # RFC 8037, with this one curve
    ES256 = "ES256"
    PS256 = "PS256"
    SM2 = "SM2"  # with SM3


PublicKey: TypeAlias = (
    Ed25519PublicKey | EllipticCurvePublicKey | RSAPublicKey | Sm2PublicKey
)

SignatureCheck: TypeAlias = Callable[[bytes, bytes], bool]
"""Takes a signature and the bytes it should cover; says whether it does."""

MIN_RSA_BITS = 2048
MAX_RSA_BITS = 8192
"""Beyond this, one verification costs more than a request may."""

ED25519_SIGNATURE_BYTES = 64
ES256_SIGNATURE_BYTES = 64
ES256_HALF = 32

ECDSA_SHA256 = ECDSA(SHA256())
PS256_PADDING = PSS(mgf=MGF1(SHA256()), salt_length=SHA256.digest_size)
HASH = SHA256()

_ED25519_P = 2**255 - 19
_ED25519_ORDER_8_Y = (
    2707385501144840649318225287225658788936804267575313519463743609750303402022
)
_ED25519_SMALL_ORDER_Y = frozenset(
    {0, 1, _ED25519_P - 1, _ED25519_ORDER_8_Y, _ED25519_P - _ED25519_ORDER_8_Y}
)
"""The y coordinates of the eight points whose order divides 8."""


def signature_check(algorithm: Algorithm, key: PublicKey) -> SignatureCheck:
    """Return the check of a signature by ``key``.

    Raises:
        TrustBundleError: ``key`` does not fit ``algorithm``, or is a weak key.
    """
    match algorithm, key:
        case Algorithm.ED25519, Ed25519PublicKey():
            _refuse_small_order(key)
            return _ed25519_check(key)
        case Algorithm.ES256, EllipticCurvePublicKey(curve=SECP256R1()):
            return _es256_check(key)
        case Algorithm.PS256, RSAPublicKey(key_size=bits):
            if not MIN_RSA_BITS <= bits <= MAX_RSA_BITS:
                raise TrustBundleError(
                    f"the RSA key has {bits} bits, "
                    f"{MIN_RSA_BITS} to {MAX_RSA_BITS} allowed"
                )
            return _ps256_check(key)
        case Algorithm.SM2, Sm2PublicKey():
            return sm2_check(key)
        case _:
            raise TrustBundleError(f"the public key is none for {algorithm}")


def _refuse_small_order(key: Ed25519PublicKey) -> None:
    """Refuse a point under which one signature covers many messages, or any."""
    y = int.from_bytes(key.public_bytes_raw(), "little") & (2**255 - 1)
    if y >= _ED25519_P or y in _ED25519_SMALL_ORDER_Y:
        raise TrustBundleError("the Ed25519 key is a point of small order")


def _ed25519_check(key: Ed25519PublicKey) -> SignatureCheck:
    raw_key = key.public_bytes_raw()

    def check(signature: bytes, signed: bytes) -> bool:
        # libsodium takes both in one piece: of another length, the signature would
        # reach into what it signs, or the other way round.
        if len(signature) != ED25519_SIGNATURE_BYTES:
            return False
        try:
            crypto_sign_open(signature + signed, raw_key)
        except BadSignatureError:
            return False
        return True

    return check


def _es256_check(key: EllipticCurvePublicKey) -> SignatureCheck:
    def check(signature: bytes, signed: bytes) -> bool:
        if len(signature) != ES256_SIGNATURE_BYTES:
            return False
        der = encode_dss_signature(
            int.from_bytes(signature[:ES256_HALF]),
            int.from_bytes(signature[ES256_HALF:]),
        )
        try:
            key.verify(der, signed, ECDSA_SHA256)
        except InvalidSignature:
            return False
        return True

    return check


def _ps256_check(key: RSAPublicKey) -> SignatureCheck:
    def check(signature: bytes, signed: bytes) -> bool:
        try:
            key.verify(signature, signed, PS256_PADDING, HASH)
        except InvalidSignature:
            return False
        return True

    return check
