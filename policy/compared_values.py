"""What a clause compares, as values: the set of what a fact may be, of four kinds.

Days from one to another, whole numbers likewise, codes, or words. What is known is a
set of one. ``policy.compared`` makes them.
"""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import NamedTuple, TypeAlias

from policy.facts import Fact
from policy.text import Text


class Days(NamedTuple):
    """The days from one to another, both of them in it; ``None`` is without end."""

    first: date | None
    last: date | None


class Numbers(NamedTuple):
    """The whole numbers from one to another; ``None`` is without end."""

    least: int | None
    most: int | None


class Codes(NamedTuple):
    """Some of a closed choice, or codes of the annex."""

    codes: tuple[str, ...]


class Words(NamedTuple):
    """A name, as the annex or an agency has it."""

    words: Text


Value: TypeAlias = Days | Numbers | Codes | Words
Values: TypeAlias = Mapping[Fact, Value]


class Compared(NamedTuple):
    """What a clause expects, what is there, and the day that matters to both."""

    expected: Values = MappingProxyType({})
    actual: Values = MappingProxyType({})
    due_on: date | None = None
    """The last day on which what has to be done is in time, or the day on which the
    clause comes out otherwise by itself; it may have passed. ``None`` if none."""


NOTHING = Compared()


def one(day: date | None) -> Days | None:
    """Return a day by itself; ``None`` if it is not known."""
    return None if day is None else Days(day, day)


def code(value: str | None) -> Codes | None:
    """Return a code by itself; ``None`` if it is not known."""
    return None if value is None else Codes((value,))


def known(values: Mapping[Fact, Value | None]) -> Values:
    """Return ``values`` without those that are not known."""
    return {fact: value for fact, value in values.items() if value is not None}
