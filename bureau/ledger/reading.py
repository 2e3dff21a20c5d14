"""Decisions as they are read back: by claim, by page, and all of a period.

The ledger is only added to, so what was read up to a row stays as it was: a long list
is read in parts, and says what held when it began.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from bureau.ledger.book import Authorities, Districts
from bureau.ledger.entries import Decision, DecisionOutcome
from bureau.ledger.payments import ClaimPayment
from policy.documents import Document
from policy.payment_states import PaymentState


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionSelection:
    """A selection of decisions: all conditions hold, ``None`` does not select."""

    authorities: Authorities
    districts: Districts
    claim: str | None = None
    people: Sequence[str] | None = None
    """All pseudonyms of one person."""
    certificate: str | None = None
    document: Document | None = None
    """What the certificate's id says of it."""
    district: str | None = None
    decided_from: date | None = None
    decided_to: date | None = None
    """The last day, included."""
    outcomes: Sequence[DecisionOutcome] | None = None
    states: Sequence[PaymentState] | None = None
    """The claim's payment is in one of these states now."""


@dataclass(frozen=True, slots=True)
class Extent:
    """How far the ledger had come at a moment: its newest decision, and step."""

    decision: int
    step: int


@dataclass(frozen=True, slots=True)
class BookedDecision:
    """A decision, the state of its claim's payment, and what was paid by it."""

    decision: Decision
    state: PaymentState | None
    paid_yuan: int
    """What its steps paid less what they took back."""


class DecisionReader(Protocol):
    """Reads decisions.

    Every method raises ``StoreUnavailableError`` if the database is away.
    """

    async def page(
        self, selection: DecisionSelection, *, first: int, before: int | None
    ) -> Sequence[Decision]:
        """Return the selected decisions, newest first, below ``before``."""

    async def count(self, selection: DecisionSelection) -> int:
        """Return how many are selected."""

    async def payments(self, claims: Sequence[str]) -> Sequence[ClaimPayment | None]:
        """Return the payment of each claim, ``None`` where there is none."""

    async def extent(self) -> Extent:
        """Return how far the ledger has come."""

    async def booked(
        self, selection: DecisionSelection, extent: Extent, *, first: int, after: int
    ) -> Sequence[BookedDecision]:
        """Return the selected decisions as of ``extent``, oldest first."""
