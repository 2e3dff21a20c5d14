"""Answer what logs submit, as a witness does (c2sp.org/tlog-witness).

Everything that is refused is refused before it is cosigned, and everything that is
cosigned is kept before anybody is told: comparing with what was seen last, signing and
keeping are one turn. What a log signed and what does not go with its past is kept as
evidence, whatever it was sent for.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from http import HTTPStatus
from typing import NamedTuple

import structlog

from signing.transparency.checkpoints import (
    Checkpoint,
    NoteSigner,
    read_checkpoint,
    signers,
)
from signing.transparency.notes import Note, NoteError, VerifierKey
from signing.transparency.witnessing import (
    Submission,
    SubmissionError,
    Verdict,
    judge,
    read_submission,
)
from store.witness.seen import Seen

TEXT = "text/plain; charset=utf-8"
SIZE = "text/x.tlog.size"
STATUSES: Mapping[Verdict, HTTPStatus] = {
    Verdict.CONSISTENT: HTTPStatus.OK,
    Verdict.BACKWARDS: HTTPStatus.BAD_REQUEST,
    Verdict.STALE: HTTPStatus.CONFLICT,
    Verdict.FORK: HTTPStatus.CONFLICT,
    Verdict.UNPROVEN: HTTPStatus.UNPROCESSABLE_ENTITY,
}
CONFLICTS = (Verdict.FORK, Verdict.UNPROVEN)


class Answer(NamedTuple):
    """What is sent back."""

    status: HTTPStatus
    body: str
    media_type: str = TEXT


class Witness:
    """A witness of some logs. Usable by many threads."""

    def __init__(
        self,
        logs: Sequence[VerifierKey],
        cosigners: Sequence[NoteSigner],
        seen: Seen,
        now: Callable[[], datetime],
    ) -> None:
        """Cosign what ``logs`` sign, by every one of ``cosigners``."""
        self._logs = logs
        self._cosigners = cosigners
        self._seen = seen
        self._now = now
        self._logger = structlog.get_logger("gateway.witness")

    def add_checkpoint(self, raw: bytes) -> Answer:
        """Answer a submission.

        Raises:
            StoreUnavailableError: what was seen cannot be read or kept.
        """
        try:
            submission = read_submission(raw)
            checkpoint, note = read_checkpoint(submission.note.encode())
        except (SubmissionError, NoteError) as error:
            return Answer(HTTPStatus.BAD_REQUEST, f"{error}\n")
        keys = [key for key in self._logs if key.name == checkpoint.origin]
        if not keys:
            return Answer(HTTPStatus.NOT_FOUND, "this log is not known here\n")
        try:
            signed_by = signers(checkpoint, note, keys)
        except NoteError as error:
            return Answer(HTTPStatus.FORBIDDEN, f"{error}\n")
        if not signed_by:
            return Answer(
                HTTPStatus.FORBIDDEN, "no key of this log that is known here signed\n"
            )
        own = [one for signer in signed_by for one in note.of(signer.key)]
        return self._compare(submission, checkpoint, str(Note(note.text, own)))

    def _compare(
        self, submission: Submission, checkpoint: Checkpoint, note: str
    ) -> Answer:
        """Answer what is signed by the log, and keep what has to be kept."""
        with self._seen.turn(checkpoint.origin) as turn:
            seen, at = turn.last(), self._now()
            verdict = judge(seen, submission, checkpoint)
            if verdict in CONFLICTS:
                turn.keep_conflict(verdict, checkpoint, note, at)
            lines = ""
            if verdict is Verdict.CONSISTENT:
                # Here, so that no earlier time stands on what is longer.
                lines = "".join(
                    f"{one.sign(checkpoint, at)}\n" for one in self._cosigners
                )
                turn.keep(checkpoint, note, at)
        if verdict in CONFLICTS:
            self._logger.warning(
                "a log submitted what does not go with its past",
                log=checkpoint.origin,
                verdict=verdict,
                seen=seen.size,
                submitted=checkpoint.size,
            )
        status = STATUSES[verdict]
        match verdict:
            case Verdict.CONSISTENT:
                return Answer(status, lines)
            case Verdict.STALE | Verdict.FORK:
                return Answer(status, f"{seen.size}\n", SIZE)
            case Verdict.BACKWARDS:
                return Answer(status, "the old size is more than the checkpoint's\n")
            case Verdict.UNPROVEN:
                return Answer(status, f"this is no proof from size {seen.size}\n")
