"""Compare somebody's list of claims with the ledger: claim by claim, field by field.

What a list leaves out is not compared. A claim is as its newest decision and its newest
step say; of what the caller may not see there is nothing here. Whose a claim is is
compared and never shown, and once a list: else a list of guesses would tell it.
"""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from bureau.ledger.book import Authorities, Districts
from bureau.ledger.reading import Extent


class Comparison(StrEnum):
    """What comparing a claim comes to."""

    MATCH = "MATCH"
    DIFFERENT = "DIFFERENT"
    MISSING_HERE = "MISSING_HERE"
    MISSING_THERE = "MISSING_THERE"
    REFUSED = "REFUSED"


class Compared(StrEnum):
    """A field that is compared, by its name in an answer."""

    AMOUNT = "amountYuan"
    DISTRICT = "district"
    PERSON = "person"
    CERTIFICATE = "certificate"
    DAY = "day"
    STATE = "state"


class ClaimState(StrEnum):
    """The state of a claim: of its payment, or that it was refused."""

    APPROVED = "APPROVED"
    PUBLISHED = "PUBLISHED"
    PAID = "PAID"
    RETURNED = "RETURNED"
    CANCELLED = "CANCELLED"
    REVERSED = "REVERSED"
    REFUSED = "REFUSED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A claim as a list has it; ``None`` where the list leaves something out."""

    claim: str
    amount_yuan: Decimal | None = None
    district: str | None = None
    people: Sequence[str] | None = None
    """All pseudonyms of the person."""
    certificate: str | None = None
    day: date | None = None
    state: ClaimState | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A claim as the ledger has it."""

    claim: str
    amount_yuan: int | None
    district: str
    person: str
    certificate: str
    day: date
    """When it came into its state."""
    state: ClaimState

    def shown(self) -> Mapping[Compared, object]:
        """Return what is shown of it: not whose it is."""
        return {
            Compared.AMOUNT: self.amount_yuan,
            Compared.DISTRICT: self.district,
            Compared.CERTIFICATE: self.certificate,
            Compared.DAY: self.day.isoformat(),
            Compared.STATE: self.state,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """What a list should have: days, both included, districts and states."""

    first: date
    last: date
    authorities: Authorities
    districts: Districts
    """Whose claims the caller sees."""
    stated: Districts = None
    """Of which the list is, of those."""
    states: Sequence[ClaimState] | None = None


Same = Callable[[str, str], bool]
"""Says whether two ids are of one certificate."""


def differing(listed: Listed, entry: Entry, is_same: Same) -> list[Compared]:
    """Return the fields that are stated and differ."""
    pairs = (
        (Compared.AMOUNT, listed.amount_yuan, entry.amount_yuan),
        (Compared.DISTRICT, listed.district, entry.district),
        (Compared.DAY, listed.day, entry.day),
        (Compared.STATE, listed.state, entry.state),
    )
    found = [field for field, there, here in pairs if there not in (None, here)]
    if listed.people is not None and entry.person not in listed.people:
        found.append(Compared.PERSON)
    certificate = listed.certificate
    if certificate is not None and not is_same(certificate, entry.certificate):
        found.append(Compared.CERTIFICATE)
    return [field for field in Compared if field in found]


class LedgerEntries(Protocol):
    """Reads claims as the ledger has them.

    Every method raises ``StoreUnavailableError`` if the database is away.
    """

    async def extent(self) -> Extent:
        """Return how far the ledger has come."""

    async def entries(
        self, claims: Sequence[str], window: Window, extent: Extent
    ) -> Mapping[str, Entry]:
        """Return those of ``claims`` that the caller may see, as of ``extent``."""

    def within(self, window: Window, extent: Extent) -> AsyncIterator[Sequence[str]]:
        """Yield all claims of ``window`` as of ``extent``, some at a time."""
