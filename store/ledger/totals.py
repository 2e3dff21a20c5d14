"""Totals in the database: read from the sums that are kept by day and by month.

Triggers keep them as rows come (``m0018_kept_sums``). Whole months are read as such,
and days where a month is asked for in part, so that ten years cost little more than
one. What is not known of a row is blank there, and counted where that is not known, so
that a measure comes to the same by whatever dimensions. ``counted`` comes to the same
from the rows themselves.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, func, select

from bureau.ledger.sums import (
    MEASURES,
    PLACE,
    Measures,
    Place,
    TotalsAsked,
    TotalsBy,
    TotalsRow,
)
from store.database import POSTGRESQL
from store.ledger.sum_tables import kept_sums

DAY, MONTH = "DAY", "MONTH"
NOTHING = Measures()
column = kept_sums.c
Rows = Iterable[Row[*tuple[Any, ...]]]


def totals(
    connection: Connection, asked: TotalsAsked, *, by_days: bool = False
) -> list[TotalsRow]:
    """Return the sums that were asked for, in the order of their dimensions.

    ``by_days`` reads days alone, which comes to the same.
    """
    statements = _statements(connection, asked, by_days=by_days)
    return merged(asked, (connection.execute(one) for one in statements))


def merged(asked: TotalsAsked, found: Iterable[Rows]) -> list[TotalsRow]:
    """Return rows of measures by place as the caller may see them, without zeros."""
    sums: dict[Place, Measures] = {}
    for rows in found:
        for row in rows:
            values = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for it
            place = {n: values.pop(n, None) or None for n in (*PLACE, "connector")}
            connector = place.pop("connector")
            place["authority"] = place["authority"] or asked.authority_of(
                connector, place["item"]
            )
            if (
                asked.authorities is not None
                and place["authority"] not in asked.authorities
            ):
                continue
            key = Place(
                **{n: place[n] for n in PLACE if TotalsBy(n.upper()) in asked.by}
            )
            measures = sums.setdefault(key, Measures())
            for name, value in values.items():
                # PostgreSQL's sums are decimal numbers.
                measures.add(name, int(value or 0))
    if not asked.by:
        # One row for all, though there be nothing.
        return [TotalsRow(Place(), sums.get(Place(), NOTHING))]
    places = (place for place, measures in sums.items() if measures != NOTHING)
    return [TotalsRow(place, sums[place]) for place in sorted(places, key=_order)]


def _order(place: Place) -> tuple[tuple[bool, str], ...]:
    """Order by dimension, what is not known last."""
    values = (getattr(place, name) for name in PLACE)
    return tuple((value is None, value or "") for value in values)


def _statements(
    connection: Connection, asked: TotalsAsked, *, by_days: bool
) -> Iterator[Select[*tuple[Any, ...]]]:
    end = asked.last + timedelta(days=1)
    spans = [(DAY, asked.first, end)] if by_days else _spans(asked.first, end)
    places: dict[str, ColumnElement[Any]] = {}
    if TotalsBy.AUTHORITY in asked.by or asked.authorities is not None:
        # A record's authority is found by its connector and item.
        of = ("connector", "authority", "item")
        places = {name: column[name] for name in of}
    if TotalsBy.MONTH in asked.by:
        places["month"] = _month_of(connection)(column.first_day)
    for by in (TotalsBy.DISTRICT, TotalsBy.ITEM, TotalsBy.LEVEL):
        if by in asked.by:
            places[by.lower()] = column[by.lower()]
    for span, first, before in spans:
        statement = (
            select(
                *(one.label(name) for name, one in places.items()),
                *(func.sum(column[name]).label(name) for name in MEASURES),
            )
            .where(
                column.span == span,
                column.first_day >= first,
                column.first_day < before,
            )
            .group_by(*places.values())
        )
        if asked.districts is not None:
            # What was sent is of no district.
            statement = statement.where(column.district.in_(asked.districts))
        yield statement


def _spans(first: date, end: date) -> Iterator[tuple[str, date, date]]:
    """Yield the months from ``first`` until before ``end``, and the days beside."""
    begins = first if first.day == 1 else _next_month(first)
    ends = end.replace(day=1)
    if begins >= ends:
        yield DAY, first, end
        return
    for span in ((DAY, first, begins), (MONTH, begins, ends), (DAY, ends, end)):
        if span[1] < span[2]:
            yield span


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def _month_of(
    connection: Connection,
) -> Callable[[ColumnElement[Any]], ColumnElement[Any]]:
    """Return what makes 2026-11 of a day."""
    if connection.dialect.name == POSTGRESQL:
        return lambda day: func.to_char(day, "YYYY-MM")
    return lambda day: func.strftime("%Y-%m", day)
