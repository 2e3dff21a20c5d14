"""The signed bytes that decisions rest on, sealed under a key of the operator's.

Bytes are kept once, by their digest, with AES-256-GCM (NIST SP 800-38D); the digest is
authenticated with them, so no bytes can be put in another's place. What is erased
leaves the digest: whoever still has the bytes can be held to them. The first key
seals, the others only open what was sealed under them.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from signing.envelope import Envelope

KEY_BYTES = 32
_NONCE_BYTES = 12
_KEY_ID_CHARACTERS = 16


class UnreadableEvidenceError(Exception):
    """It was sealed under a key that is not here, or is not what was sealed."""


@dataclass(frozen=True, slots=True)
class SealedEvidence:
    """Bytes that nobody reads without the key; ``digest`` is in hexadecimal."""

    digest: str
    key: str
    """Which key it is, and nothing of it."""
    nonce: bytes
    sealed: bytes


class Vault:
    """Seals signed bytes under the first key, and opens them by any."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._ciphers = {_name_of(key): AESGCM(key) for key in reversed(keys)}
        self._present = _name_of(keys[0])

    def seal(self, envelope: Envelope) -> SealedEvidence:
        """Return what came, sealed."""
        digest, nonce = envelope.digest, secrets.token_bytes(_NONCE_BYTES)
        sealed = self._ciphers[self._present].encrypt(nonce, envelope.came, digest)
        return SealedEvidence(digest.hex(), self._present, nonce, sealed)

    def open(self, evidence: SealedEvidence) -> bytes:
        """Return what came.

        Raises:
            UnreadableEvidenceError: see there.
        """
        cipher = self._ciphers.get(evidence.key)
        if cipher is None:
            raise UnreadableEvidenceError
        digest = bytes.fromhex(evidence.digest)
        try:
            return cipher.decrypt(evidence.nonce, evidence.sealed, digest)
        except InvalidTag:
            raise UnreadableEvidenceError from None


def _name_of(key: bytes) -> str:
    return hashlib.sha256(b"evidence\x1f" + key).hexdigest()[:_KEY_ID_CHARACTERS]
