"""Sign with keys that are kept elsewhere: in a file, a token, a server for signatures.

``HeldKey`` is all that is asked of whoever keeps a key. What it returns is believed
once it was checked by the public key, which is known here beforehand (``checked``): a
device that is sick, or somebody in its place, signs nothing in our name.

Bytes are signed as a JWS has them: Ed25519 and the two numbers of ES256 and SM2, 64
bytes each.
"""

from datetime import datetime
from enum import StrEnum
from typing import Protocol

from signing import base64url
from signing.algorithms import Algorithm, PublicKey, SignatureCheck, signature_check
from signing.sign import SigningKey, raw_signature
from signing.signer import Heads, SignerError
from signing.sm2.keys import Sm2PublicKey
from signing.sm2.signatures import why_not


class Trouble(StrEnum):
    """Why there is no signature."""

    AWAY = "away"
    """Nobody signs: no connection, no token, no session."""
    SLOW = "slow"
    """It took longer than it may."""
    REFUSED = "refused"
    """Whoever keeps the key does not sign: a wrong PIN, an unknown name."""
    WRONG = "wrong"
    """What came back is no signature by the key."""
    RESTING = "resting"
    """It was not asked: it failed a moment ago."""


class ProviderError(SignerError):
    """A key that is kept elsewhere did not sign; nothing of a PIN is told."""

    def __init__(self, trouble: Trouble, message: str) -> None:
        super().__init__(message)
        self.trouble = trouble


class HeldKey(Protocol):
    """A key that somebody keeps."""

    @property
    def kid(self) -> str:
        """Return its name, as what it signs has it."""

    @property
    def algorithm(self) -> Algorithm:
        """Return what it signs by."""

    @property
    def public_key(self) -> PublicKey:
        """Return its public half."""

    async def sign(self, data: bytes) -> bytes:
        """Return a bare signature of ``data``, which nobody has checked.

        Raises:
            ProviderError: there is none.
        """


class FileKey:
    """A key that is in memory, read from a file."""

    def __init__(self, key: SigningKey) -> None:
        self._key = key
        self.kid = key.kid
        self.algorithm = key.algorithm
        self.public_key = key.private_key.public_key()

    async def sign(self, data: bytes) -> bytes:
        """See ``HeldKey.sign``."""
        return raw_signature(data, self._key)


class CheckedKey:
    """A key whose signatures are checked before anybody uses them."""

    def __init__(self, held: HeldKey) -> None:
        self._held = held
        self._check: SignatureCheck = signature_check(held.algorithm, held.public_key)
        self.kid = held.kid
        self.algorithm = held.algorithm
        self.public_key = held.public_key

    async def sign(self, data: bytes) -> bytes:
        """See ``HeldKey.sign``; what is returned holds."""
        signature = await self._held.sign(data)
        if not self._check(signature, data):
            said = f"what came back is no signature by the key {self.kid}"
            if isinstance(self.public_key, Sm2PublicKey):
                said = f"{said}: {why_not(self.public_key, signature, data)}"
            raise ProviderError(Trouble.WRONG, said)
        return signature


class AwaitedSigner(Protocol):
    """Signs payloads, and is waited for."""

    async def sign(self, payload: bytes, signed_at: datetime) -> bytes:
        """Return ``payload`` in a compact JWS.

        Raises:
            SignerError: it cannot be signed now.
        """


class HeldSigner:
    """Signs one type of payload with a key that somebody keeps."""

    def __init__(self, key: HeldKey, type_: str) -> None:
        """Sign with ``key``; ``type_`` is the header's ``typ``."""
        self._key = key
        self._heads = Heads(key.kid, key.algorithm, type_)

    async def sign(self, payload: bytes, signed_at: datetime) -> bytes:
        """See ``AwaitedSigner.sign``."""
        head = self._heads.of(int(signed_at.timestamp()))
        signed = head + base64url.encode(payload)
        signature = await self._key.sign(signed)
        return b"%b.%b" % (signed, base64url.encode(signature))
