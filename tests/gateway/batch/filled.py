"""Sheets as people fill them in, and what has to be read of each."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from gateway.batch.columns import REQUIRED, Column
from gateway.batch.workbook import address_of


@dataclass(frozen=True, slots=True)
class Words:
    text: str


@dataclass(frozen=True, slots=True)
class Day:
    on: date
    form: int | str
    """The format: its number, if programs have it built in, or what it is."""


@dataclass(frozen=True, slots=True)
class Moment:
    at: datetime
    form: int | str


@dataclass(frozen=True, slots=True)
class Number:
    value: int | float


@dataclass(frozen=True, slots=True)
class Truth:
    value: bool


@dataclass(frozen=True, slots=True)
class Failure:
    code: str


@dataclass(frozen=True, slots=True)
class Formula:
    text: str
    """One that nobody computed."""


Cell = Words | Day | Moment | Number | Truth | Failure | Formula | None


@dataclass(frozen=True, slots=True)
class Filled:
    """A cell and what a claim has of it: "" is nothing, ``None`` refuses the row."""

    cell: Cell
    means: str | None


@dataclass(frozen=True, slots=True)
class Sheet:
    rows: tuple[tuple[Filled, ...], ...]
    """The cells of all columns in their order."""
    is_merged: bool
    """Whether each name of a column goes over two lines."""

    @property
    def first_line(self) -> int:
        """The line of the first row."""
        return 3 if self.is_merged else 2


@dataclass(frozen=True, slots=True)
class Right:
    """What has to be read of a row."""

    line: int
    shown: Mapping[Column, str]
    """Of the cells that do not refuse it."""
    claim: Mapping[str, str]
    refused: frozenset[str]
    """The addresses of cells of which one has to be told; none if the row is read."""


_MARGIN = timedelta(minutes=1)
KEYS = {
    Column.NAME: "name",
    Column.ID_NUMBER: "idNumber",
    Column.ID_TYPE: "idType",
    Column.ITEM: "item",
    Column.LEVEL: "level",
    Column.ISSUED_ON: "issuedOn",
    Column.NUMBER: "number",
}


def right_of(sheet: Sheet) -> list[Right]:
    """Return what has to be read of a sheet."""
    return [
        _right(line, dict(zip(Column, row, strict=True)))
        for line, row in enumerate(sheet.rows, start=sheet.first_line)
        if any(each.means is None or shown(each.cell) for each in row)
    ]


def _right(line: int, row: Mapping[Column, Filled]) -> Right:
    places = {c: address_of(i, line) for i, c in enumerate(row, start=1)}
    unread = {column for column, each in row.items() if each.means is None}
    missing = {column for column in REQUIRED if row[column].means == ""}
    return Right(
        line=line,
        shown={c: shown(each.cell) for c, each in row.items() if c not in unread},
        claim={KEYS[c]: each.means for c, each in row.items() if each.means},
        refused=frozenset(places[column] for column in unread | missing),
    )


def shown(cell: Cell) -> str:
    """Return how a cell shows, without what is around it."""
    match cell:
        case Words():
            return cell.text.strip()
        case Day():
            return cell.on.isoformat()
        case Moment():
            from_midnight = cell.at - datetime.combine(cell.at, time())
            nearest = round(from_midnight / timedelta(days=1))
            day = cell.at.date() + timedelta(days=nearest)
            is_day = abs(cell.at - datetime.combine(day, time())) <= _MARGIN
            return day.isoformat() if is_day else cell.at.isoformat(" ")
        case Number():
            whole = float(cell.value).is_integer()
            return str(int(cell.value)) if whole else repr(cell.value)
        case _:
            return ""
