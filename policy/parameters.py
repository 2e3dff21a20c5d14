"""The figures of the rules, each with the day it is in force from and its source.

A rule asks ``Parameters.in_force(as_of)`` for the ``Figures`` of the day asked
about, so a verdict on an old day uses the old figures. The first value of a
parameter also serves earlier days: nothing issued before the notice is paid for,
whatever the figure.

A figure whose source is ``public copy`` was taken from public copies of
沪人社规〔2022〕17号 and its official Q&A, not from the official page.
"""

import hashlib
import re
from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import Any, TypeVar

from policy.errors import AnnexError
from policy.evidence import Acquisition, ClaimantCategory, Fund
from policy.finding import FindingOutcome
from policy.level import Level
from policy.table import Table, parse_table, read_annex
from policy.text import Text

E = TypeVar("E", bound=StrEnum)
_WHOLE_PERCENT = 100
# A code of the 职业分类大典, or one of its groups: 6-31, 6-31-01, 6-31-01-03.
_NATIONAL_GROUP = re.compile(r"[1-8](?:-[0-9]{2}){1,3}")


class Source(StrEnum):
    """The source of a figure."""

    NOTICE = "notice"
    PUBLIC_COPY = "public copy"
    # Both texts are silent: the project chose, and says why.
    OPEN = "open"


class Grouping(StrEnum):
    """Whether items that may be one occupation are treated as one (17-once)."""

    ONE = "ONE"
    SEPARATE = "SEPARATE"
    UNDETERMINED = "UNDETERMINED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One dated value as the file states it."""

    name: str
    clause: str
    in_force_from: date
    source: Source
    value: object
    note: Text | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Every parameter's value on one day."""

    first_eligible_day: date
    review_overdue: FindingOutcome
    transferred: FindingOutcome
    share_percent: Mapping[ClaimantCategory, int]
    college_levels: Mapping[Level, FindingOutcome]
    veteran_months: int
    vocational_payments: int
    amount_yuan: Mapping[Level, int]
    open_to_other_hukou: frozenset[ClaimantCategory]
    window_months: int
    occupation_groups: tuple[frozenset[str], ...]
    occupation_grouping: Grouping
    # By the annex's code: national codes, or their groups, that may be of one
    # occupation with the row.
    doubtful_occupations: Mapping[str, tuple[str, ...]]
    excluded_acquisitions: frozenset[Acquisition]
    # How long a payment is published before it is made; 0 where it need not be.
    publication_days: int
    # Whether a payment bars later ones after all of it was paid back.
    recovered_payment_bars: bool
    # Whether a decision leaves 219-2c open that does not say who claims.
    claimant_has_to_be_stated: bool
    # Whether an officer may rule on a claim whose certificate nobody signed.
    unsigned_may_be_ruled_on: bool
    # Rules that may exist, each off by 0, false or nothing.
    yearly_payments: int
    yearly_yuan: int
    held_higher_bars: bool
    excluding_funds: frozenset[Fund]
    days_between_payments: int
    # Those of them that are on, by their clauses, in reporting order.
    optional_clauses: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Say once which rules are on, so that those that are off cost nothing."""
        clauses = (
            ("17-yearly", self.yearly_payments or self.yearly_yuan),
            ("17-held", self.held_higher_bars),
            ("17-fund", self.excluding_funds),
            ("17-interval", self.days_between_payments),
        )
        on = tuple(clause for clause, is_on in clauses if is_on)
        object.__setattr__(self, "optional_clauses", on)


@dataclass(frozen=True, slots=True)
class Parameters:
    """All dated parameters, and the figures from each day on which one changes."""

    entries: tuple[Parameter, ...]
    days: tuple[date, ...]
    figures: tuple[Figures, ...]
    digest: str = ""
    """SHA-256 of the file they were read from, in hexadecimal."""

    def in_force(self, as_of: date) -> Figures:
        """Return the figures of the day ``as_of``."""
        return self.figures[self._place(as_of)]

    def version(self, as_of: date) -> date:
        """Return from which day on the figures of ``as_of`` are in force."""
        return self.days[self._place(as_of)]

    def _place(self, as_of: date) -> int:
        return max(bisect_right(self.days, as_of) - 1, 0)


@cache
def load_parameters() -> Parameters:
    """Return the project's parameters, read once.

    Raises:
        AnnexError: the project's own file is broken.
    """
    return read_parameters(read_annex("clauses.toml"))


def read_parameters(text: str) -> Parameters:
    """Read the ``parameter`` tables of TOML; the ``clause`` tables are not looked at.

    Raises:
        AnnexError: a parameter is unknown, missing, impossible, or dated twice.
    """
    root = parse_table(text, "clauses.toml").table("parameter")
    entries = {name: _read_entries(root, name) for name in _READERS}
    root.finish()
    every = tuple(entry for found in entries.values() for entry in found)
    days = tuple(sorted({entry.in_force_from for entry in every}))
    figures = tuple(
        Figures(**{name: _value_on(found, day) for name, found in entries.items()})
        for day in days
    )
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Parameters(every, days, figures, digest)


def _read_entries(root: Table, name: str) -> tuple[Parameter, ...]:
    read = _READERS[name]
    found = []
    for table in root.tables(name):
        note = table.take_optional("note", dict)
        found.append(
            Parameter(
                name=name,
                clause=table.take("clause", str),
                in_force_from=table.take("from", date),
                source=_one(Source, table.take("source", str), table.where),
                value=read(table),
                note=None if note is None else Table(note, table.where).text(),
            )
        )
        table.finish()
    if not found:
        raise AnnexError(root.where, f"{name} has no value")
    days = [entry.in_force_from for entry in found]
    if days != sorted(set(days)):
        raise AnnexError(root.where, f"{name} is not in the order of its days")
    return tuple(found)


# Any: each reader of ``_READERS`` returns what the field of ``Figures`` declares,
# which a test compares.
def _value_on(entries: tuple[Parameter, ...], day: date) -> Any:  # noqa: ANN401
    in_force = [entry for entry in entries if entry.in_force_from <= day]
    return (in_force or entries)[-1 if in_force else 0].value


def _one(kind: type[E], word: object, where: str) -> E:
    for member in kind:
        if member.value == word:
            return member
    raise AnnexError(where, f"{word} is none of {', '.join(kind)}")


def _count(table: Table) -> int:
    value = table.take("value", int)
    if value < 0:
        raise AnnexError(table.where, f"value is {value}, at least 0 is allowed")
    return value


def _review_outcome(table: Table) -> FindingOutcome:
    return _one(FindingOutcome, table.take("value", str), table.where)


def _transferred_outcome(table: Table) -> FindingOutcome:
    outcome = _one(FindingOutcome, table.take("value", str), table.where)
    # Another register knows what became of it, so this one cannot call it good.
    if outcome is FindingOutcome.MET:
        raise AnnexError(table.where, "value is MET, UNMET or UNDETERMINED is allowed")
    return outcome


# Tables are whole: a new entry that named the changed row alone would drop the rest.
def _shares(table: Table) -> Mapping[ClaimantCategory, int]:
    value = table.table("value")
    shares = {category: value.take(category, int) for category in ClaimantCategory}
    value.finish()
    for category, share in shares.items():
        if not 0 < share <= _WHOLE_PERCENT:
            raise AnnexError(value.where, f"{category} is no share from 1 to 100")
    return MappingProxyType(shares)


def _amounts(table: Table) -> Mapping[Level, int]:
    value = table.table("value")
    amounts = {level: value.take(level, int) for level in Level}
    value.finish()
    for level, amount in amounts.items():
        # Whole hundreds, so that any percentage of them is whole yuan.
        if amount <= 0 or amount % _WHOLE_PERCENT:
            raise AnnexError(value.where, f"{level} is no positive multiple of 100")
    return MappingProxyType(amounts)


def _outcomes_by_level(table: Table) -> Mapping[Level, FindingOutcome]:
    value = table.table("value")
    outcomes = {
        level: _one(FindingOutcome, value.take(level, str), value.where)
        for level in Level
    }
    value.finish()
    return MappingProxyType(outcomes)


def _members(kind: type[E]) -> Callable[[Table], frozenset[E]]:
    def read(table: Table) -> frozenset[E]:
        return frozenset(_one(kind, word, table.where) for word in table.texts("value"))

    return read


def _groups(table: Table) -> tuple[frozenset[str], ...]:
    groups = []
    for group in table.tables("value"):
        groups.append(frozenset(group.texts("item_codes")))
        group.finish()
    return tuple(groups)


def _grouping(table: Table) -> Grouping:
    return _one(Grouping, table.take("value", str), table.where)


def _relations(table: Table) -> Mapping[str, tuple[str, ...]]:
    related: dict[str, tuple[str, ...]] = {}
    for relation in table.tables("value"):
        doubtful = relation.texts("doubtful")
        for code in relation.texts("item_codes"):
            related[code] = related.get(code, ()) + doubtful
        if not all(_NATIONAL_GROUP.fullmatch(group) for group in doubtful):
            raise AnnexError(relation.where, "doubtful holds no national code or group")
        relation.finish()
    return MappingProxyType(related)


_READERS: Mapping[str, Callable[[Table], object]] = MappingProxyType(
    {
        "first_eligible_day": lambda table: table.take("value", date),
        "review_overdue": _review_outcome,
        "transferred": _transferred_outcome,
        "share_percent": _shares,
        "college_levels": _outcomes_by_level,
        "veteran_months": _count,
        "vocational_payments": _count,
        "amount_yuan": _amounts,
        "open_to_other_hukou": _members(ClaimantCategory),
        "window_months": _count,
        "occupation_groups": _groups,
        "occupation_grouping": _grouping,
        "doubtful_occupations": _relations,
        "excluded_acquisitions": _members(Acquisition),
        "publication_days": _count,
        "recovered_payment_bars": lambda table: table.take("value", bool),
        "claimant_has_to_be_stated": lambda table: table.take("value", bool),
        "unsigned_may_be_ruled_on": lambda table: table.take("value", bool),
        "yearly_payments": _count,
        "yearly_yuan": _count,
        "held_higher_bars": lambda table: table.take("value", bool),
        "excluding_funds": _members(Fund),
        "days_between_payments": _count,
    }
)
