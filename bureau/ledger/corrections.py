"""Corrections: a wrong payment is reversed beside itself, by two people.

One proposes, another confirms or rejects; both are kept, and so is the wrong payment.
What is confirmed is booked on its own day: the wrong sum goes where it stood, the right
one where it belongs. A payment that was reversed is not reversed again, and a reversal
is none: what was reversed by mistake is decided anew.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from bureau.ledger.entries import Decision, StatedDecision
from bureau.ledger.evidence import SealedEvidence
from bureau.ledger.judging import Judge


class CorrectionAnswer(StrEnum):
    """What the second person says."""

    CONFIRM = "CONFIRM"
    REJECT = "REJECT"


class CorrectionRefusal(StrEnum):
    """A reason not to propose or answer a correction."""

    UNKNOWN_DECISION = "UNKNOWN_DECISION"
    NOT_PAID = "NOT_PAID"
    REVERSED_BEFORE = "REVERSED_BEFORE"
    PROPOSED_BEFORE = "PROPOSED_BEFORE"
    NOT_SAID = "NOT_SAID"
    NOT_A_PAYMENT = "NOT_A_PAYMENT"
    OTHER_CLAIM = "OTHER_CLAIM"
    UNKNOWN_CORRECTION = "UNKNOWN_CORRECTION"
    ANSWERED_BEFORE = "ANSWERED_BEFORE"
    SAME_PERSON = "SAME_PERSON"
    OTHER_OFFICER = "OTHER_OFFICER"


class CorrectionError(Exception):
    """A correction is not proposed, or not answered."""

    def __init__(self, refusal: CorrectionRefusal) -> None:
        super().__init__(refusal)
        self.refusal = refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A correction as it is proposed."""

    decision: int
    replacement: StatedDecision | None
    """What should have been recorded; ``None`` if nothing should have been paid."""
    officer: str
    reason: str
    actor: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the second person says of a correction."""

    correction: int
    answer: CorrectionAnswer
    officer: str
    reason: str
    actor: str
    at: datetime
    day: date
    """The day of ``at`` in Shanghai, on which it is booked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """An answer that is kept."""

    answer: CorrectionAnswer
    officer: str
    reason: str
    actor: str
    at: datetime
    replaced_by: int | None
    """The decision that was put beside the wrong one, if any was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A correction that is kept."""

    id: int
    claim: str
    proposal: Proposal
    answered: Answered | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Redrawn:
    """The decision that is put beside a wrong one, and what judges it."""

    decision: Decision
    people: Sequence[str]
    """All pseudonyms of its holder."""
    judge: Judge
    evidence: Sequence[SealedEvidence] = ()
