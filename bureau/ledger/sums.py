"""Totals (汇总): by what they may be summed, and what is counted."""

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum


class TotalsBy(StrEnum):
    """By what totals are told apart."""

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
    authority_of: Callable[[str | None, str | None], str | None]
    """Tells the authority of a connector's record of an item, by its code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Which sums a row has; ``None`` where that is not told apart, or not known."""

    month: str | None = None
    authority: str | None = None
    district: str | None = None
    item: str | None = None
    level: str | None = None


@dataclass(slots=True, kw_only=True)
class Measures:
    """What is counted."""

    certificates_collected: int = 0
    state_changes: int = 0
    revocations: int = 0
    approved: int = 0
    refused: int = 0
    paid: int = 0
    paid_yuan: int = 0
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
