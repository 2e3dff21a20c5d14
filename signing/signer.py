"""Sign one type of payload with one key, many times a second.

What a compact JWS has before its payload changes with the second alone and is kept.
Ed25519 is signed by libsodium, in two thirds of OpenSSL's time: the signature is the
same, since RFC 8032 leaves no choice (``docs/decisions/receipts.md``).
"""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from nacl.bindings import crypto_sign, crypto_sign_seed_keypair
from nacl.exceptions import CryptoError

from signing import base64url
from signing.algorithms import ED25519_SIGNATURE_BYTES, Algorithm
from signing.sign import SigningKey, raw_signature


class SignerError(Exception):
    """Nothing was signed; the message says why, and nothing of what was to be."""


class Signer(Protocol):
    """Signs payloads, at once: whoever calls it waits."""

    def sign(self, payload: bytes, signed_at: datetime) -> bytes:
        """Return ``payload`` in a compact JWS.

        Raises:
            SignerError: it cannot be signed now.
        """


class Heads:
    """What a compact JWS has before its payload, written once a second."""

    def __init__(self, kid: str, algorithm: Algorithm, type_: str) -> None:
        self._header = {"alg": algorithm, "kid": kid, "typ": type_}
        self._last: tuple[int, bytes] = (-1, b"")

    def of(self, second: int) -> bytes:
        """Return the header's part and the dot, of a POSIX time."""
        known, head = self._last
        if known != second:
            header = {**self._header, "iat": second}
            head = base64url.encode(orjson.dumps(header)) + b"."
            self._last = second, head
        return head


class KeySigner:
    """Signs with a key that is in memory."""

    def __init__(self, key: SigningKey, type_: str) -> None:
        """Sign with ``key``; ``type_`` is the header's ``typ``."""
        self._heads = Heads(key.kid, key.algorithm, type_)
        self._raw = _raw(key)

    def sign(self, payload: bytes, signed_at: datetime) -> bytes:
        """See ``Signer.sign``."""
        head = self._heads.of(int(signed_at.timestamp()))
        signed = head + base64url.encode(payload)
        try:
            signature = self._raw(signed)
        except CryptoError as error:
            raise SignerError("the library does not sign") from error
        return b".".join((signed, base64url.encode(signature)))


def _raw(key: SigningKey) -> Callable[[bytes], bytes]:
    """Return what makes the bare signature of ``key``."""
    if not isinstance(key.private_key, Ed25519PrivateKey):
        return lambda signed: raw_signature(signed, key)
    _, secret = crypto_sign_seed_keypair(key.private_key.private_bytes_raw())
    return lambda signed: crypto_sign(signed, secret)[:ED25519_SIGNATURE_BYTES]
