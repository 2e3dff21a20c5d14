"""Which district a claim is, and moving it to another: a step of its own.

A claim is the district's that decided on it first, until it is moved. What was decided
before a move stays that district's, in totals and in recoveries; what is decided after
it is the new one's. A move is kept beside the others and never taken back: a claim that
was moved by mistake is moved again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bureau.ledger.entries import CLAIM, is_text
from bureau.privacy.masks import has_identity_number
from policy.districts import DISTRICTS

MAX_REASON = 500


class MoveRefusal(StrEnum):
    """A reason not to move a claim."""

    UNKNOWN_CLAIM = "UNKNOWN_CLAIM"
    BAD_DISTRICT = "BAD_DISTRICT"
    BAD_REASON = "BAD_REASON"
    MOVED_MEANWHILE = "MOVED_MEANWHILE"


class MoveError(Exception):
    """A claim is not moved."""

    def __init__(self, refusal: MoveRefusal) -> None:
        super().__init__(refusal)
        self.refusal = refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimMove:
    """One move of a claim, from the district that was seen."""

    claim: str
    from_district: str
    to_district: str
    reason: str
    moved_at: datetime
    moved_by: str
    officer: str | None
    """A pseudonym; ``None`` if none was stated."""


@dataclass(frozen=True, slots=True)
class ClaimPlace:
    """A claim's district now, and how it came there."""

    claim: str
    district: str
    moves: Sequence[ClaimMove]


def is_claim(claim: str) -> bool:
    """Say whether there may be a claim of this id."""
    return bool(CLAIM.fullmatch(claim)) and not has_identity_number(claim)


def require_sensible(move: ClaimMove) -> None:
    """Refuse what cannot be a move, whatever anybody knows.

    Raises:
        MoveError: with the first thing that is wrong.
    """
    if not is_claim(move.claim):
        raise MoveError(MoveRefusal.UNKNOWN_CLAIM)
    if move.to_district not in DISTRICTS or move.to_district == move.from_district:
        raise MoveError(MoveRefusal.BAD_DISTRICT)
    if not is_text(move.reason, MAX_REASON):
        raise MoveError(MoveRefusal.BAD_REASON)
