"""Sign texts, and read signed ones (c2sp.org/signed-note).

A note is a text, an empty line, and one line a signature. Who signed is known by a name
and four bytes of a hash of name, kind and key; lines of others are passed over, and
one of a known key that does not fit refuses the whole note. A key is written as a
verifier key: ``name+id+base64(kind || key)``.

The kinds: the log's own Ed25519 over the text, and cosignatures with a time, of Ed25519
or ML-DSA-44 (c2sp.org/tlog-cosignature), over what ``signing.transparency.checkpoints``
says of a checkpoint. SM2 with SM3 is in no registry: its byte is that of signatures
without one (0xff), and a longer name follows, in the key and so in its id.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

from signing.errors import TrustBundleError
from signing.sm2 import curve
from signing.sm2.keys import Sm2PublicKey

NOTE_LIMIT = 1_000_000
"""Bytes of a note; what is longer is not read."""
SIGNATURES_LIMIT = 64
_ID_SIZE = 4
_FORBIDDEN_IN_TEXT = re.compile("[\x00-\x09\x0b-\x1f]")
_FORBIDDEN_IN_NAME = re.compile(r"[\s+\x00-\x1f]")


class NoteError(ValueError):
    """A note, a key or a signature is not what it has to be; the message says how."""


class Kind(IntEnum):
    """What a signature is made of; its byte in a verifier key."""

    ED25519 = 0x01
    COSIGNATURE_ED25519 = 0x04
    COSIGNATURE_ML_DSA_44 = 0x06
    COSIGNATURE_SM2 = 0xFF


SM2_NAME = b"certificate-gateway/cosignature-sm2@v1\n"
"""What a key of SM2 begins with, before both coordinates of its point."""
KEY_SIZES = {
    Kind.ED25519: 32,
    Kind.COSIGNATURE_ED25519: 32,
    Kind.COSIGNATURE_ML_DSA_44: 1312,
    Kind.COSIGNATURE_SM2: len(SM2_NAME) + 2 * curve.BYTES,
}


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """Whose signature counts.

    Raises:
        NoteError: the name cannot stand in a note, the key has another length, or is no
            point of SM2's curve.
    """

    name: str
    kind: Kind
    key: bytes

    def __post_init__(self) -> None:
        if not self.name or _FORBIDDEN_IN_NAME.search(self.name):
            raise NoteError(f"a key is named without space and +, not {self.name!r}")
        if len(self.key) != KEY_SIZES[self.kind]:
            found, allowed = len(self.key), KEY_SIZES[self.kind]
            raise NoteError(
                f"a key of kind {self.kind:#04x} has {allowed} bytes, not {found}"
            )
        if self.kind is Kind.COSIGNATURE_SM2:
            self.sm2_key()

    @property
    def id(self) -> bytes:
        """Return the four bytes by which its signatures are known."""
        said = self.name.encode() + b"\n" + bytes([self.kind]) + self.key
        return hashlib.sha256(said).digest()[:_ID_SIZE]

    def sm2_key(self) -> Sm2PublicKey:
        """Return the key of SM2 that it is; it signs under the default id, raw.

        Raises:
            NoteError: it is none that may be one.
        """
        if not self.key.startswith(SM2_NAME):
            raise NoteError(f"a key of kind {self.kind:#04x} is of another algorithm")
        point = self.key[len(SM2_NAME) :]
        x, y = point[: curve.BYTES], point[curve.BYTES :]
        try:
            return Sm2PublicKey((int.from_bytes(x), int.from_bytes(y)))
        except TrustBundleError as error:
            raise NoteError(f"the key of {self.name}: {error}") from None

    def __str__(self) -> str:
        encoded = base64.b64encode(bytes([self.kind]) + self.key).decode()
        return f"{self.name}+{self.id.hex()}+{encoded}"


class Signature(NamedTuple):
    """One line below a note."""

    name: str
    id: bytes
    value: bytes

    def is_of(self, key: VerifierKey) -> bool:
        """Say whether it claims to be of ``key``."""
        return (self.name, self.id) == (key.name, key.id)

    def __str__(self) -> str:
        return f"— {self.name} {base64.b64encode(self.id + self.value).decode()}"


class Note(NamedTuple):
    """A text, and what stands below it; nothing of it is believed yet."""

    text: str
    signatures: Sequence[Signature]

    def __str__(self) -> str:
        lines = "".join(f"{signature}\n" for signature in self.signatures)
        return f"{self.text}\n{lines}"

    def of(self, key: VerifierKey) -> list[Signature]:
        """Return the signatures that claim to be of ``key``."""
        return [signature for signature in self.signatures if signature.is_of(key)]


def signature_of(key: VerifierKey, value: bytes) -> Signature:
    """Return the line of a signature that was made with ``key``."""
    return Signature(key.name, key.id, value)


def read_note(raw: bytes) -> Note:
    """Read a note; whether its signatures are right is not looked at.

    Raises:
        NoteError: it is none.
    """
    if len(raw) > NOTE_LIMIT:
        raise NoteError(f"a note has at most {NOTE_LIMIT} bytes, not {len(raw)}")
    try:
        whole = raw.decode("utf-8", "strict")
    except UnicodeDecodeError as error:
        raise NoteError("a note is UTF-8") from error
    if _FORBIDDEN_IN_TEXT.search(whole):
        raise NoteError("a note has no control characters but line feeds")
    text, empty, below = whole.rpartition("\n\n")
    if not empty or not below.endswith("\n"):
        raise NoteError("a note ends in an empty line and lines of signatures")
    lines = below[:-1].split("\n")
    if len(lines) > SIGNATURES_LIMIT:
        raise NoteError(f"a note has at most {SIGNATURES_LIMIT} signatures")
    return Note(f"{text}\n", read_signatures(lines))


def read_signatures(lines: Iterable[str]) -> list[Signature]:
    """Read lines of signatures.

    Raises:
        NoteError: one of them is none.
    """
    signatures = []
    for line in lines:
        dash, _, rest = line.partition(" ")
        name, _, encoded = rest.partition(" ")
        if dash != "—" or not name or _FORBIDDEN_IN_NAME.search(name):
            raise NoteError("a signature is '— name base64'")
        raw = _decoded(encoded)
        if len(raw) <= _ID_SIZE:
            raise NoteError("a signature has four bytes of its key's id, and more")
        signatures.append(Signature(name, raw[:_ID_SIZE], raw[_ID_SIZE:]))
    return signatures


def read_verifier_key(line: str) -> VerifierKey:
    """Read a verifier key.

    Raises:
        NoteError: it is none, or its id is another's.
    """
    # Base64 has a plus, and a name none.
    name, _, rest = line.partition("+")
    told, _, encoded = rest.partition("+")
    raw = _decoded(encoded)
    try:
        kind = Kind(raw[0]) if raw else None
    except ValueError:
        kind = None
    if kind is None:
        known = ", ".join(f"{kind:#04x}" for kind in Kind)
        raise NoteError(f"a verifier key is name+id+base64, of a kind of {known}")
    key = VerifierKey(name, kind, raw[1:])
    if key.id.hex() != told:
        raise NoteError(f"the id of {name} is {key.id.hex()}, and {told} stands there")
    return key


def _decoded(encoded: str) -> bytes:
    """Return what base64 stands for, in its one spelling.

    Raises:
        NoteError: it is no base64.
    """
    try:
        raw = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise NoteError(f"this is no base64: {encoded[:40]!r}") from error
    if base64.b64encode(raw).decode() != encoded:
        raise NoteError(f"this is base64 in another spelling: {encoded[:40]!r}")
    return raw
