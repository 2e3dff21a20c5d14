"""Claims as the ledger has them; implements ``LedgerEntries``.

A claim's decision is its newest, and its state that of its newest step. The ledger is
only added to, so both are known as of any extent of it.
"""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    exists,
    false,
    func,
    select,
    true,
)

from bureau.ledger.entries import DecisionOutcome
from bureau.ledger.reading import Extent
from bureau.ledger.reconciliation import ClaimState, Entry, Window
from store.connections import Reader
from store.ledger.payment_tables import payment_steps
from store.ledger.reading import extent_of, newest_step, seen
from store.ledger.tables import decisions
from store.store import Store

T = TypeVar("T")
STRETCH = 2_000
"""How many rows of the ledger are looked through at once."""
column = decisions.c
step = payment_steps.c
_newer = decisions.alias()
_SHOWN = (
    column.claim,
    column.outcome,
    column.amount_yuan,
    column.district,
    column.person,
    column.certificate,
    column.decided_on,
)
_REFUSED = column.outcome == DecisionOutcome.REFUSED


class StoredEntries:
    """Reads claims beside the writer."""

    def __init__(self, store: Store) -> None:
        self._reader = Reader(store.engine)

    async def extent(self) -> Extent:
        """See ``LedgerEntries``."""
        return await self._read(extent_of)

    async def entries(
        self, claims: Sequence[str], window: Window, extent: Extent
    ) -> Mapping[str, Entry]:
        """See ``LedgerEntries``."""
        statement: Select[Any] = (
            select(*_SHOWN, step.after, step.booked_on)
            .select_from(decisions)
            .outerjoin(
                payment_steps, and_(step.claim == column.claim, *newest_step(extent))
            )
            .where(column.claim.in_(claims), *_theirs(window, extent))
        )
        found = await self._read(lambda c: c.execute(statement).all())
        return {row.claim: _entry_of(row) for row in found}

    async def within(
        self, window: Window, extent: Extent
    ) -> AsyncIterator[Sequence[str]]:
        """See ``LedgerEntries``."""
        for number, day, statement in (
            (step.id, step.booked_on, _paid(window, extent)),
            (column.id, column.decided_on, _refused(window, extent)),
        ):
            within = day.between(window.first, window.last)
            bounds = select(func.min(number), func.max(number)).where(within)
            (found,) = await self._rows(bounds)
            first, last = tuple(found)
            # By stretches of numbers, and not by a limit: for each page of a limit
            # PostgreSQL may read, and sort, all that is left.
            for start in range(first or 1, (last or 0) + 1, STRETCH):
                stretch = number.between(start, start + STRETCH - 1)
                if rows := await self._rows(statement.where(within, stretch)):
                    yield [row.claim for row in rows]

    async def _rows(self, statement: Select[Any]) -> Sequence[Row[Any]]:
        return await self._read(lambda c: c.execute(statement).all())

    async def _read(self, work: Callable[[Connection], T]) -> T:
        async with self._reader.connect() as connection:
            return await connection.run_sync(work)


def _theirs(window: Window, extent: Extent) -> list[ColumnElement[bool]]:
    """Return the conditions that a decision is its claim's newest, and to be seen."""
    newer = exists().where(
        _newer.c.claim == column.claim,
        _newer.c.id > column.id,
        _newer.c.id <= extent.decision,
    )
    return [
        ~newer,
        column.id <= extent.decision,
        *seen(window.authorities, window.districts),
    ]


def _stated(window: Window) -> list[ColumnElement[bool]]:
    return [] if window.stated is None else [column.district.in_(window.stated)]


def _paid(window: Window, extent: Extent) -> Select[Any]:
    """Return the claims with a payment, in the states of the window."""
    states = [] if window.states is None else [step.after.in_(window.states)]
    return (
        select(column.claim)
        .join(payment_steps, step.claim == column.claim)
        .where(~_REFUSED, *newest_step(extent), *states)
        .where(*_theirs(window, extent), *_stated(window))
    )


def _refused(window: Window, extent: Extent) -> Select[Any]:
    """Return the claims that were refused, if the window has those."""
    is_asked = window.states is None or ClaimState.REFUSED in window.states
    return (
        select(column.claim)
        .where(_REFUSED, true() if is_asked else false())
        .where(*_theirs(window, extent), *_stated(window))
    )


def _entry_of(row: Row[Any]) -> Entry:
    is_refused = row.outcome == DecisionOutcome.REFUSED
    return Entry(
        claim=row.claim,
        amount_yuan=row.amount_yuan,
        district=row.district,
        person=row.person,
        certificate=row.certificate,
        day=row.decided_on if is_refused else row.booked_on,
        state=ClaimState.REFUSED if is_refused else ClaimState(row.after),
    )
