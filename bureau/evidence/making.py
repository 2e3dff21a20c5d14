"""Ask for an evidence bundle: what is made, who may see it, and why there is none."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Protocol

from bureau.evidence.bundle import Subject
from bureau.ledger.book import Authorities, Districts
from bureau.ledger.entries import Decision


class EvidenceRefusal(Enum):
    """A reason not to give a bundle."""

    UNKNOWN = "UNKNOWN"
    NOT_YOUR_DISTRICT = "NOT_YOUR_DISTRICT"
    NOT_YOUR_AUTHORITY = "NOT_YOUR_AUTHORITY"
    PENDING = "PENDING"
    NOT_SIGNED = "NOT_SIGNED"
    ALTERED = "ALTERED"
    NO_KEY = "NO_KEY"
    OTHER_KEY = "OTHER_KEY"


class NotMadeError(Exception):
    """There is no bundle to give; the message is for operators."""

    def __init__(self, refusal: EvidenceRefusal, message: str) -> None:
        super().__init__(message)
        self.refusal = refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeBundle:
    """A bundle, and what is said of it without reading it."""

    text: bytes
    digest: str
    """Its own member ``digest``."""
    made_at: datetime
    erased: int
    """How many signed envelopes it would have, had they not been erased."""


class EvidenceMaker(Protocol):
    """Makes bundles of what was kept; asks no agency, and no manifest."""

    async def make(self, subject: Subject, as_of: date, now: datetime) -> MadeBundle:
        """Return the bundle of all that was kept by the end of ``as_of``.

        Who may have it, and that it is on the audit log, is the caller's to see to.

        Raises:
            NotMadeError: there is none.
            StoreUnavailableError: the database is away.
        """


def hidden_from(
    decision: Decision, authorities: Authorities, districts: Districts
) -> EvidenceRefusal | None:
    """Return why somebody who sees these alone does not see ``decision``."""
    if authorities is not None and decision.authority not in authorities:
        return EvidenceRefusal.NOT_YOUR_AUTHORITY
    if districts is not None and decision.district not in districts:
        return EvidenceRefusal.NOT_YOUR_DISTRICT
    return None
