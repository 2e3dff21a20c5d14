"""Say how long a log is and what its root is, signed (c2sp.org/tlog-checkpoint).

A checkpoint is a note of three lines: origin, size, root; ours has no more, and one
that has is refused: known verifiers crash on them. The log signs the text with Ed25519.
A witness says with a cosignature that it saw the log grow from what it saw before, and
when (c2sp.org/tlog-cosignature), with Ed25519 or ML-DSA-44. A cosignature by SM2 has
the form of one by Ed25519.
"""

import base64
import struct
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.asymmetric.mldsa import (
    MLDSA44PrivateKey,
    MLDSA44PublicKey,
)

from signing.sm2.keys import Sm2PublicKey
from signing.sm2.sign import Sm2PrivateKey
from signing.sm2.signatures import sm2_check, why_not
from signing.transparency.merkle import HASH_SIZE
from signing.transparency.notes import (
    SM2_NAME,
    Kind,
    Note,
    NoteError,
    Signature,
    VerifierKey,
    read_note,
    signature_of,
)

_LINES = 3
_TIME = struct.Struct(">Q")
_MOST = 2**63 - 1


class Checkpoint(NamedTuple):
    """How long a log is, and its root."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """Return the text that is signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


class Cosigned(NamedTuple):
    """Who signed a checkpoint, and when they say that they did."""

    key: VerifierKey
    at: datetime | None
    """Nothing for the log's own signature, which has no time."""


def verifier_key(
    name: str, kind: Kind, public: Ed25519PublicKey | MLDSA44PublicKey | Sm2PublicKey
) -> VerifierKey:
    """Return a public key as readers of notes have it.

    Raises:
        NoteError: the name cannot stand in a note, or the key is of another kind.
    """
    if isinstance(public, Sm2PublicKey):
        return VerifierKey(name, kind, SM2_NAME + public.coordinates)
    return VerifierKey(name, kind, public.public_bytes_raw())


class NoteSigner:
    """Signs checkpoints with one key, as a log or as a witness does.

    Raises:
        NoteError: the name cannot stand in a note.
    """

    def __init__(
        self,
        name: str,
        kind: Kind,
        private_key: Ed25519PrivateKey | MLDSA44PrivateKey | Sm2PrivateKey,
    ) -> None:
        self.key = verifier_key(name, kind, private_key.public_key())
        self._private_key = private_key

    def sign(self, checkpoint: Checkpoint, at: datetime) -> Signature:
        """Return the line that signs ``checkpoint``."""
        seconds = int(at.timestamp())
        made = self._private_key.sign(message_of(self.key, checkpoint, seconds))
        return line_of(self.key, seconds, made)


def message_of(key: VerifierKey, checkpoint: Checkpoint, seconds: int) -> bytes:
    """Return the bytes that a key's signature of a POSIX time is made over.

    Raises:
        NoteError: a name is too long for that.
    """
    match key.kind:
        case Kind.ED25519:
            return checkpoint.text.encode()
        case Kind.COSIGNATURE_ED25519 | Kind.COSIGNATURE_SM2:
            return f"cosignature/v1\ntime {seconds}\n{checkpoint.text}".encode()
        case Kind.COSIGNATURE_ML_DSA_44:
            return b"".join(
                (
                    b"subtree/v1\n\x00",
                    _short(key.name),
                    _TIME.pack(seconds),
                    _short(checkpoint.origin),
                    _TIME.pack(0),
                    _TIME.pack(checkpoint.size),
                    checkpoint.root,
                )
            )


def line_of(key: VerifierKey, seconds: int, made: bytes) -> Signature:
    """Return the line of a signature that ``key`` made over ``message_of``."""
    if key.kind is not Kind.ED25519:
        made = _TIME.pack(seconds) + made
    return signature_of(key, made)


def read_checkpoint(raw: bytes) -> tuple[Checkpoint, Note]:
    """Read a checkpoint; whether its signatures are right is not looked at.

    Raises:
        NoteError: it is none.
    """
    note = read_note(raw)
    lines = note.text.split("\n")[:-1]
    if len(lines) != _LINES:
        raise NoteError(f"a checkpoint has {_LINES} lines, not {len(lines)}")
    origin, said, encoded = lines
    size = int(said) if said.isascii() and said.isdecimal() else -1
    if not origin or str(size) != said or size > _MOST:
        raise NoteError("a checkpoint has an origin, and its size in decimal")
    try:
        root = base64.b64decode(encoded, validate=True)
    except ValueError as error:
        raise NoteError("a checkpoint's root is base64") from error
    checkpoint = Checkpoint(origin, size, root)
    if len(root) != HASH_SIZE or checkpoint.text != note.text:
        raise NoteError(f"a checkpoint's root is {HASH_SIZE} bytes of base64")
    return checkpoint, note


def signers(
    checkpoint: Checkpoint, note: Note, keys: Iterable[VerifierKey]
) -> list[Cosigned]:
    """Return who of ``keys`` signed a checkpoint, each once, with the latest time.

    Raises:
        NoteError: a signature that claims to be of one of them is not, whoever else
            signed.
    """
    found = []
    for key in keys:
        seconds = [
            _time_of(key, checkpoint, signature.value) for signature in note.of(key)
        ]
        if not seconds:
            continue
        has_time = key.kind is not Kind.ED25519
        at = datetime.fromtimestamp(max(seconds), UTC) if has_time else None
        found.append(Cosigned(key, at))
    return found


def _time_of(key: VerifierKey, checkpoint: Checkpoint, value: bytes) -> int:
    """Return the POSIX time that a signature says, 0 if it says none.

    Raises:
        NoteError: it is not of ``key``.
    """
    seconds = 0
    if key.kind is not Kind.ED25519:
        if len(value) < _TIME.size:
            raise NoteError(f"a cosignature of {key.name} has no time")
        (seconds,) = _TIME.unpack(value[: _TIME.size])
        value = value[_TIME.size :]
    # A time that no calendar has is not told of, whoever signed it.
    if seconds >= _LATEST:
        raise NoteError(f"a cosignature of {key.name} is of a day that does not come")
    message = message_of(key, checkpoint, int(seconds))
    if key.kind is Kind.COSIGNATURE_SM2:
        sm2 = key.sm2_key()
        if not sm2_check(sm2)(value, message):
            why = why_not(sm2, value, message)
            raise NoteError(f"a signature of {key.name} does not fit: {why}")
        return int(seconds)
    public: Ed25519PublicKey | MLDSA44PublicKey
    if key.kind is Kind.COSIGNATURE_ML_DSA_44:
        public = MLDSA44PublicKey.from_public_bytes(key.key)
    else:
        public = Ed25519PublicKey.from_public_bytes(key.key)
    try:
        public.verify(value, message)
    except InvalidSignature as error:
        raise NoteError(f"a signature of {key.name} does not fit") from error
    return int(seconds)


_LATEST = int(datetime(9999, 1, 1, tzinfo=UTC).timestamp())


def _short(name: str) -> bytes:
    """Return a name with its length before it, in one byte.

    Raises:
        NoteError: it is longer.
    """
    raw = name.encode()
    if not 0 < len(raw) <= 0xFF:  # noqa: PLR2004 - one byte
        raise NoteError(f"a name of 1 to 255 bytes is signed, not of {len(raw)}")
    return bytes([len(raw)]) + raw
