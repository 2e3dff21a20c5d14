"""Totals (汇总): the dimensions of sums, and their measures."""

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum


class TotalsBy(StrEnum):
    """A dimension of totals."""

    MONTH = "MONTH"
    AUTHORITY = "AUTHORITY"
    DISTRICT = "DISTRICT"
    ITEM = "ITEM"
    LEVEL = "LEVEL"


@dataclass(frozen=True, slots=True, kw_only=True)
class TotalsAsked:
    """The days, both included, and by what they are summed."""

    first: date
    last: date
    by: AbstractSet[TotalsBy]
    authorities: AbstractSet[str] | None
    """Whose sums may be seen; ``None`` for everybody's."""
    districts: AbstractSet[str] | None = None
    """Which districts' may be; ``None`` for all, and for what has no district."""
    authority_of: Callable[[str | None, str | None], str | None]
    """Returns the authority of a connector's record of an item, by its code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A row's place in the dimensions; ``None`` where not summed by, or not known."""

    month: str | None = None
    authority: str | None = None
    district: str | None = None
    item: str | None = None
    level: str | None = None


@dataclass(slots=True, kw_only=True)
class Measures:
    """The measures of one place."""

    certificates_collected: int = 0
    state_changes: int = 0
    revocations: int = 0
    approved: int = 0
    refused: int = 0
    paid: int = 0
    """Payments made less those that came back or were reversed."""
    paid_yuan: int = 0
    returned: int = 0
    returned_yuan: int = 0
    corrected: int = 0
    corrected_yuan: int = 0
    """By how much corrections changed what was paid."""
    recoveries_opened: int = 0
    recoveries_opened_yuan: int = 0
    recovered_yuan: int = 0

    def add(self, name: str, value: int) -> None:
        """Count ``value`` more of the measure ``name``."""
        setattr(self, name, getattr(self, name) + value)


MEASURES = tuple(field.name for field in fields(Measures))
PLACE = tuple(field.name for field in fields(Place))


@dataclass(frozen=True, slots=True)
class TotalsRow:
    """The sums of one place."""

    place: Place
    measures: Measures
