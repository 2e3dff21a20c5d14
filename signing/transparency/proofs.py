"""Prove that an entry is in a log and that witnesses saw it (c2sp.org/tlog-proof).

A proof is the entry's place, the path from its leaf to the root, and the checkpoint
with all that signed it, in one text (``.tlog-proof``). It is verified as one: the path
leads to the root of a checkpoint that a policy accepts, or nothing was proved. A path
without a checkpoint, or a checkpoint that nobody witnessed, is of some log or other.
"""

import base64
import re
from collections.abc import Sequence
from typing import NamedTuple

from signing.transparency.checkpoints import Checkpoint, read_checkpoint
from signing.transparency.merkle import HASH_SIZE, require_inclusion
from signing.transparency.notes import NOTE_LIMIT, NoteError
from signing.transparency.policies import Accepted, Policy

FORMAT = "c2sp.org/tlog-proof@v1"
PATH_LIMIT = 63
"""Hashes of a path: a log is no higher."""
_INDEX = re.compile("0|[1-9][0-9]{0,18}")


class ProofFileError(ValueError):
    """A text is no proof; the message says why. What it proves is not looked at."""


class Proof(NamedTuple):
    """What is shown beside an entry; nothing of it is believed yet."""

    place: int
    """The entry's index in the log."""
    path: Sequence[bytes]
    note: str
    """The checkpoint with its signatures, as it came."""
    extra: bytes = b""
    """What nobody signed, and nothing here looks at."""

    def __str__(self) -> str:
        extra = f"extra {_encoded(self.extra)}\n" if self.extra else ""
        path = "".join(f"{_encoded(sibling)}\n" for sibling in self.path)
        return f"{FORMAT}\n{extra}index {self.place}\n{path}\n{self.note}"


class Proved(NamedTuple):
    """What a proof proved, and by whom."""

    checkpoint: Checkpoint
    place: int
    accepted: Accepted


def read_proof(raw: bytes) -> Proof:
    """Read a proof.

    Raises:
        ProofFileError: it is none.
    """
    if len(raw) > NOTE_LIMIT:
        raise ProofFileError(f"a proof has at most {NOTE_LIMIT} bytes, not {len(raw)}")
    try:
        text = raw.decode("utf-8", "strict")
    except UnicodeDecodeError as error:
        raise ProofFileError("a proof is UTF-8") from error
    head, _, note = text.partition("\n\n")
    first, *lines = head.split("\n")
    if first != FORMAT:
        raise ProofFileError(f"the first line of a proof is {FORMAT!r}")
    extra = b""
    if lines and lines[0].startswith("extra "):
        extra = _decoded(lines.pop(0).removeprefix("extra "))
        if not extra:
            raise ProofFileError("a proof with no extra data has no such line")
    said = lines.pop(0).partition("index ") if lines else ("", "", "")
    if said[0] or not _INDEX.fullmatch(said[2]):
        raise ProofFileError("a proof has a line 'index NUMBER' before its path")
    if len(lines) > PATH_LIMIT:
        raise ProofFileError(f"a path has at most {PATH_LIMIT} hashes")
    path = [_decoded(line) for line in lines]
    if any(len(sibling) != HASH_SIZE for sibling in path):
        raise ProofFileError(f"a path is of hashes of {HASH_SIZE} bytes")
    try:
        read_checkpoint(note.encode())
    except NoteError as error:
        raise ProofFileError(f"no checkpoint ends the proof: {error}") from error
    return Proof(int(said[2]), path, note, extra)


def require_proof(proof: Proof, leaf: bytes, policy: Policy) -> Proved:
    """Return what ``proof`` proves of the entry whose leaf hash is ``leaf``.

    The times of cosignatures are told and not compared with any clock.

    Raises:
        NoteError: there is no checkpoint, or a signature on it does not fit.
        QuorumError: no log of the policy signed it, or too few witnesses did.
        ProofError: the path does not lead from ``leaf`` to its root.
    """
    checkpoint, note = read_checkpoint(proof.note.encode())
    accepted = policy.accept(checkpoint, note)
    _, size, root = checkpoint
    require_inclusion(leaf, proof.place, size, proof.path, root)
    return Proved(checkpoint, proof.place, accepted)


def _encoded(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _decoded(encoded: str) -> bytes:
    """Return what base64 stands for, in its one spelling.

    Raises:
        ProofFileError: it is no base64.
    """
    try:
        raw = base64.b64decode(encoded, validate=True)
    except ValueError as error:
        raise ProofFileError(f"this is no base64: {encoded[:40]!r}") from error
    if _encoded(raw) != encoded:
        raise ProofFileError(f"this is base64 in another spelling: {encoded[:40]!r}")
    return raw
