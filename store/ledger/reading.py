"""Decisions read back from the database; implements ``DecisionReader``."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, exists, func, select

from bureau.ledger.book import Authorities, Districts
from bureau.ledger.entries import Decision
from bureau.ledger.payments import ClaimPayment
from bureau.ledger.reading import BookedDecision, DecisionSelection, Extent
from policy.payment_states import PaymentState
from store.connections import Reader
from store.ledger import payments
from store.ledger.decision_rows import decision_of
from store.ledger.payment_tables import payment_steps
from store.ledger.standing import ids_of_one
from store.ledger.tables import decisions
from store.store import Store

T = TypeVar("T")
column = decisions.c
step = payment_steps.c
_later = payment_steps.alias()


class StoredDecisions:
    """Reads decisions beside the writer."""

    def __init__(self, store: Store) -> None:
        self._reader = Reader(store.engine)

    async def page(
        self, selection: DecisionSelection, *, first: int, before: int | None
    ) -> Sequence[Decision]:
        """See ``DecisionReader``."""
        return await self._read(
            lambda c: _page(c, selection, first=first, before=before)
        )

    async def count(self, selection: DecisionSelection) -> int:
        """See ``DecisionReader``."""
        return await self._read(lambda c: _count(c, selection))

    async def payments(self, claims: Sequence[str]) -> Sequence[ClaimPayment | None]:
        """See ``DecisionReader``."""
        found = await self._read(lambda c: payments.of_claims(c, claims))
        return [found.get(claim) for claim in claims]

    async def extent(self) -> Extent:
        """See ``DecisionReader``."""
        return await self._read(extent_of)

    async def booked(
        self, selection: DecisionSelection, extent: Extent, *, first: int, after: int
    ) -> Sequence[BookedDecision]:
        """See ``DecisionReader``."""
        return await self._read(
            lambda c: _booked(c, selection, extent, first=first, after=after)
        )

    async def _read(self, work: Callable[[Connection], T]) -> T:
        async with self._reader.connect() as connection:
            return await connection.run_sync(work)


def seen(authorities: Authorities, districts: Districts) -> list[ColumnElement[bool]]:
    """Return the conditions that a decision is somebody's to see."""
    bound = ((column.authority, authorities), (column.district, districts))
    return [one.in_(allowed) for one, allowed in bound if allowed is not None]


def newest_step(extent: Extent | None = None) -> list[ColumnElement[bool]]:
    """Return the conditions that a step is the last of its claim, as of ``extent``."""
    later = exists().where(
        _later.c.claim == step.claim, _later.c.version > step.version
    )
    if extent is None:
        return [~later]
    return [~later.where(_later.c.id <= extent.step), step.id <= extent.step]


def extent_of(connection: Connection) -> Extent:
    """Return how far the ledger has come."""
    # In one statement, so that no decision is without its step.
    newest = connection.execute(
        select(
            select(func.max(column.id)).scalar_subquery(),
            select(func.max(step.id)).scalar_subquery(),
        )
    ).one()
    return Extent(newest[0] or 0, newest[1] or 0)


def _page(
    connection: Connection,
    selection: DecisionSelection,
    *,
    first: int,
    before: int | None,
) -> list[Decision]:
    statement = select(decisions).where(*_conditions(connection, selection))
    if before is not None:
        statement = statement.where(column.id < before)
    found = connection.execute(statement.order_by(column.id.desc()).limit(first))
    return [decision_of(row) for row in found]


def _count(connection: Connection, selection: DecisionSelection) -> int:
    counted = select(func.count()).select_from(decisions)
    statement = counted.where(*_conditions(connection, selection))
    return connection.execute(statement).scalar_one()


def _booked(
    connection: Connection,
    selection: DecisionSelection,
    extent: Extent,
    *,
    first: int,
    after: int,
) -> list[BookedDecision]:
    statement = (
        select(decisions)
        .where(column.id > after, column.id <= extent.decision)
        .where(*_conditions(connection, selection, extent))
        .order_by(column.id)
        .limit(first)
    )
    found = [decision_of(row) for row in connection.execute(statement)]
    reached = select(step.claim, step.after).where(
        step.claim.in_({one.claim for one in found}), *newest_step(extent)
    )
    states = {row.claim: row.after for row in connection.execute(reached)}
    paid = (
        select(step.decision, func.sum(step.amount_yuan).label("yuan"))
        .where(step.decision.in_([one.id for one in found]), step.id <= extent.step)
        .group_by(step.decision)
    )
    yuan = {row.decision: row.yuan for row in connection.execute(paid)}
    return [
        BookedDecision(
            one,
            PaymentState(states[one.claim]) if one.claim in states else None,
            int(yuan.get(one.id, 0)),
        )
        for one in found
    ]


_CONDITIONS: Mapping[str, Callable[[Any], ColumnElement[bool]]] = MappingProxyType(
    {
        "claim": lambda stated: column.claim == stated,
        "people": column.person.in_,
        "district": lambda stated: column.district == stated,
        "decided_from": lambda stated: column.decided_on >= stated,
        "decided_to": lambda stated: column.decided_on <= stated,
        "outcomes": column.outcome.in_,
    }
)


def _conditions(
    connection: Connection, selection: DecisionSelection, extent: Extent | None = None
) -> list[ColumnElement[bool]]:
    stated = {name: getattr(selection, name) for name in _CONDITIONS}
    conditions = [
        *seen(selection.authorities, selection.districts),
        *(
            condition(stated[name])
            for name, condition in _CONDITIONS.items()
            if stated[name] is not None
        ),
    ]
    if selection.certificate is not None:
        # Under whichever id, of before a correction or another connector, too.
        ids = ids_of_one(connection, selection.certificate, selection.document)
        conditions.append(column.certificate.in_(ids))
    if selection.states is not None:
        conditions.append(
            exists().where(
                step.claim == column.claim,
                step.after.in_(selection.states),
                *newest_step(extent),
            )
        )
    return conditions
