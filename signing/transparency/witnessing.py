"""What a witness is asked, and what it may say to it (c2sp.org/tlog-witness).

A log submits a checkpoint, the size of the one that the witness saw last, and the
proof that the log only grew in between. ``judge`` compares that with what was seen, and
is the whole of a witness's duty: it cosigns what is ``CONSISTENT``, and nothing else.
"""

import base64
import re
from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from signing.transparency.checkpoints import Checkpoint
from signing.transparency.merkle import (
    EMPTY_ROOT,
    HASH_SIZE,
    ProofError,
    require_consistency,
)

SUBMISSION_LIMIT = 32_768
"""Bytes of a submission: the longest proof, and half a dozen signatures."""
PROOF_LIMIT = 63
"""Hashes of a proof, by the specification."""
_OLD = re.compile("old (0|[1-9][0-9]{0,18})")


class SubmissionError(ValueError):
    """What was sent is no submission; the message says why."""


class Submission(NamedTuple):
    """What a log sends; nothing of it is believed yet."""

    old: int
    """The size that it says the witness saw last."""
    proof: Sequence[bytes]
    note: str
    """The checkpoint, with the log's signatures."""

    def __str__(self) -> str:
        lines = [base64.b64encode(sibling).decode() + "\n" for sibling in self.proof]
        return f"old {self.old}\n{''.join(lines)}\n{self.note}"


class Verdict(StrEnum):
    """What a submission is to a witness."""

    CONSISTENT = "CONSISTENT"
    """The log only grew from what was seen; this is cosigned."""
    BACKWARDS = "BACKWARDS"
    """It says that it grew shorter, which nothing can prove."""
    STALE = "STALE"
    """It begins at another size than what was seen last; the log tries again."""
    FORK = "FORK"
    """Of the size that was seen it has another root: the log has two histories."""
    UNPROVEN = "UNPROVEN"
    """The proof does not lead here from what was seen."""


def first_seen(origin: str) -> Checkpoint:
    """Return what a witness has seen of a log that it never saw: no entry."""
    return Checkpoint(origin, 0, EMPTY_ROOT)


def judge(seen: Checkpoint, submission: Submission, checkpoint: Checkpoint) -> Verdict:
    """Return what ``submission`` of ``checkpoint`` is to who last saw ``seen``.

    Whether the log signed it is not looked at.
    """
    old, proof, _ = submission
    if old > checkpoint.size:
        return Verdict.BACKWARDS
    if checkpoint.size == seen.size and checkpoint.root != seen.root:
        return Verdict.FORK
    if old != seen.size:
        return Verdict.STALE
    try:
        require_consistency(old, checkpoint.size, proof, seen.root, checkpoint.root)
    except ProofError:
        return Verdict.UNPROVEN
    return Verdict.CONSISTENT


def read_submission(raw: bytes) -> Submission:
    """Read a submission; its checkpoint is not looked at.

    Raises:
        SubmissionError: it is none.
    """
    if len(raw) > SUBMISSION_LIMIT:
        raise SubmissionError(
            f"a submission has at most {SUBMISSION_LIMIT} bytes, not {len(raw)}"
        )
    try:
        text = raw.decode("utf-8", "strict")
    except UnicodeDecodeError as error:
        raise SubmissionError("a submission is UTF-8") from error
    head, empty, note = text.partition("\n\n")
    first, *lines = head.split("\n")
    said = _OLD.fullmatch(first)
    if said is None or not empty:
        raise SubmissionError(
            "a submission is 'old SIZE', hashes, an empty line and a checkpoint"
        )
    if len(lines) > PROOF_LIMIT:
        raise SubmissionError(f"a proof has at most {PROOF_LIMIT} hashes")
    submission = Submission(int(said[1]), [_hash_of(line) for line in lines], note)
    if str(submission) != text:
        raise SubmissionError("a hash is base64 in another spelling")
    return submission


def _hash_of(line: str) -> bytes:
    """Return the hash that a line has.

    Raises:
        SubmissionError: it has none.
    """
    try:
        sibling = base64.b64decode(line, validate=True)
    except ValueError as error:
        raise SubmissionError(f"this is no base64: {line[:60]!r}") from error
    if len(sibling) != HASH_SIZE:
        raise SubmissionError(f"a hash has {HASH_SIZE} bytes, not {len(sibling)}")
    return sibling
