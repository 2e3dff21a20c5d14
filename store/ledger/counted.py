"""Totals counted from the rows: what the sums that are kept have to come to.

One statement a table, grouped by what was asked for. Days are Shanghai's, which has had
no summer time since 1991: a moment's month is that of the moment eight hours later.
"""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    case,
    func,
    null,
    or_,
    select,
)

from bureau.ledger.entries import DecisionOutcome
from bureau.ledger.sums import (
    Measures,
    Place,
    TotalsAsked,
    TotalsBy,
    TotalsRow,
)
from policy.calendar import SHANGHAI
from policy.payment_states import PaymentStep
from policy.recovery import OPENING_STATES, RecoveryStep
from store.collection.tables import collected_records
from store.database import (
    POSTGRESQL,
    engine_at,
    naming,
    open_database,
    read_database_url,
)
from store.ledger.payment_tables import payment_steps
from store.ledger.tables import decisions, recovery_events
from store.ledger.totals import merged, totals
from store.status.tables import state_changes

Column = ColumnElement[Any]
UTC_TO_SHANGHAI = f"{SHANGHAI.utcoffset(None) // timedelta(hours=1):+} hours"
NOTHING = null()
FIRST_YEAR, END_YEAR = 2000, 2200
"""What may be asked for, and so what is compared."""
PLACES = ("month", "connector", "item", "authority", "district", "level")


def counted_totals(connection: Connection, asked: TotalsAsked) -> list[TotalsRow]:
    """Return the sums that were asked for, counted from the rows."""
    statements = _statements(connection, asked)
    return merged(asked, (connection.execute(one) for one in statements))


async def check_sums(url: str) -> list[TotalsRow]:
    """Return what ``differing_sums`` finds at ``url``, however long it takes.

    Raises:
        UnusableDatabaseError: it cannot be read, or is at another step.
    """
    address = read_database_url(url)
    async with open_database(url), engine_at(address, statement_seconds=None) as engine:
        with naming(address):
            async with engine.connect() as connection:
                return await connection.run_sync(differing_sums)


def differing_sums(connection: Connection) -> list[TotalsRow]:
    """Return what the rows come to where the sums that are kept say otherwise.

    By month and place, of the months and of the days that are kept; it reads all there
    is. Where the rows come to nothing, the measures are none.
    """
    asked = TotalsAsked(
        first=date(FIRST_YEAR, 1, 1),
        last=date(END_YEAR - 1, 12, 31),
        by=frozenset(TotalsBy),
        authorities=None,
        authority_of=lambda connector, _item: connector,
    )
    due = {row.place: row.measures for row in counted_totals(connection, asked)}
    found: dict[Place, TotalsRow] = {}
    for by_days in (False, True):
        rows = totals(connection, asked, by_days=by_days)
        kept = {row.place: row.measures for row in rows}
        for place in due.keys() | kept.keys():
            measures = due.get(place, Measures())
            if kept.get(place, Measures()) != measures:
                found[place] = TotalsRow(place, measures)
    return list(found.values())


def _statements(
    connection: Connection, asked: TotalsAsked
) -> Iterator[Select[*tuple[Any, ...]]]:
    months = _Months(connection, asked)
    if asked.districts is None:
        yield from _of_registries(months)
    yield from _of_claims(months, asked.districts)


def _of_registries(months: "_Months") -> Iterator[Select[*tuple[Any, ...]]]:
    """Sum up what was sent, which is of no district."""
    record = collected_records.c
    yield _grouped(
        months,
        record.collected_at,
        {"connector": record.connector, "item": record.item, "level": record.level},
        {"certificates_collected": func.count()},
        [record.is_current],
    )
    change = state_changes.c
    known = and_(record.certificate == change.certificate, record.is_current)
    yield _grouped(
        months,
        change.received_at,
        {
            "connector": change.connector,
            # One of each: a registry that sent a record in two streams says one thing.
            "item": select(func.max(record.item)).where(known).scalar_subquery(),
            "level": select(func.max(record.level)).where(known).scalar_subquery(),
        },
        {
            "state_changes": func.count(),
            "revocations": _count(change.state.in_(OPENING_STATES)),
        },
    )


def _of_claims(
    months: "_Months", districts: AbstractSet[str] | None
) -> Iterator[Select[*tuple[Any, ...]]]:
    """Sum up decisions and recoveries, by the district that decided."""
    decision = decisions.c
    seen = [] if districts is None else [decision.district.in_(districts)]
    of_decision: dict[str, Column] = {
        name: decision[name] for name in ("authority", "district", "item", "level")
    }
    yield _grouped(
        months,
        decision.decided_on,
        of_decision,
        {
            "approved": _count(decision.outcome == DecisionOutcome.APPROVED),
            "refused": _count(decision.outcome == DecisionOutcome.REFUSED),
        },
        seen,
    )
    yield _payments(months, of_decision, seen)
    event = recovery_events.c
    owed = func.coalesce(event.owed_yuan, 0)
    yield _grouped(
        months,
        event.at,
        of_decision,
        {
            "recoveries_opened": func.sum(func.sign(owed)),
            "recoveries_opened_yuan": func.sum(owed),
            "recovered_yuan": func.sum(
                case((event.step == RecoveryStep.REPAY, event.amount_yuan), else_=0)
            ),
        },
        [or_(event.owed_yuan.is_not(None), event.step == RecoveryStep.REPAY), *seen],
    ).select_from(recovery_events.join(decisions, decision.id == event.decision))


def _payments(
    months: "_Months",
    of_decision: dict[str, Column],
    seen: Sequence[ColumnElement[bool]],
) -> Select[*tuple[Any, ...]]:
    """Return the sums of what was paid, came back and was corrected, by its own day."""
    booked = payment_steps.c
    came_back = booked.step == PaymentStep.RETURN
    corrects = booked.step.in_([PaymentStep.REVERSE, PaymentStep.CORRECT])
    return _grouped(
        months,
        booked.booked_on,
        of_decision,
        {
            "paid": func.sum(booked.payments),
            "paid_yuan": func.sum(booked.amount_yuan),
            "returned": _count(came_back),
            "returned_yuan": func.sum(case((came_back, -booked.amount_yuan), else_=0)),
            "corrected": _count(booked.step == PaymentStep.REVERSE),
            "corrected_yuan": func.sum(case((corrects, booked.amount_yuan), else_=0)),
        },
        [booked.payments != 0, *seen],
    ).select_from(
        payment_steps.join(decisions, decisions.c.id == payment_steps.c.decision)
    )


class _Months:
    """The days that were asked for, and the month of a day or moment."""

    def __init__(self, connection: Connection, asked: TotalsAsked) -> None:
        self.by = asked.by
        self._is_postgresql = connection.dialect.name == POSTGRESQL
        self._days = (asked.first, asked.last + timedelta(days=1))
        self._moments = tuple(
            datetime.combine(day, time.min, SHANGHAI) for day in self._days
        )

    def within(self, when: Column) -> ColumnElement[bool]:
        """Return whether ``when`` is in the days asked for."""
        first, end = self._days if _is_day(when) else self._moments
        return and_(when >= first, when < end)

    def month(self, when: Column) -> Column:
        """Return the month of ``when``, as 2026-11."""
        if self._is_postgresql:
            local = when if _is_day(when) else func.timezone(str(SHANGHAI), when)
            return func.to_char(local, "YYYY-MM")
        hours = () if _is_day(when) else (UTC_TO_SHANGHAI,)
        return func.strftime("%Y-%m", when, *hours)


def _is_day(when: Column) -> bool:
    return when is decisions.c.decided_on or when is payment_steps.c.booked_on


def _count(condition: ColumnElement[bool]) -> Column:
    return func.sum(case((condition, 1), else_=0))


def _grouped(
    months: _Months,
    when: Column,
    places: dict[str, Column],
    measures: dict[str, Column],
    conditions: Sequence[ColumnElement[bool]] = (),
) -> Select[*tuple[Any, ...]]:
    """Return a statement of the measures by place, within the days asked for."""
    known = dict(places)
    if TotalsBy.MONTH in months.by:
        known["month"] = months.month(when)
    for by in (TotalsBy.DISTRICT, TotalsBy.LEVEL):
        if by not in months.by:
            known.pop(by.lower(), None)
    named = {name: column.label(name) for name, column in known.items()}
    nothing = [NOTHING.label(name) for name in PLACES if name not in known]
    return (
        select(
            *named.values(),
            *nothing,
            *(measure.label(name) for name, measure in measures.items()),
        )
        .where(months.within(when), *conditions)
        .group_by(*named.values())
    )
