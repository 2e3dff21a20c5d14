"""Changes of state in the database: written once, in order, and never taken back.

A change is written within the transaction of whoever takes it in, with what follows
from it, so that both are there or neither. The order of the rows is the order in which
they were committed: all who write wait for each other.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncEngine

from bureau.status import KeptChange
from policy.certificate import CertificateState, StateChange
from store.database import POSTGRESQL
from store.registration.registrations import CHANNEL
from store.registration.tables import change_sequence
from store.sqlite import READS
from store.status.tables import state_changes

PEOPLE_A_STATEMENT = 500
PAGE = 2000
"""How many rows are read at once to learn who has changes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewChange:
    """A change that an agency sent, as it is written."""

    connector: str
    sequence: int
    digest: str
    certificate: str
    """The sealed id."""
    person: str
    """A pseudonym."""
    state: CertificateState
    effective_on: date
    reason: str
    envelope: str
    key_id: str
    signed_at: datetime
    received_at: datetime


Follow = Callable[[Connection, NewChange], None]
"""What follows from a change, in its transaction."""


def nothing_follows(_connection: Connection, _change: NewChange) -> None:
    """Let a change stand by itself."""


class StoredStates:
    """Writes and reads changes of state."""

    def __init__(self, engine: AsyncEngine, follow: Follow = nothing_follows) -> None:
        self._reading = engine.execution_options(**{READS: True})
        self._is_shared = engine.dialect.name == POSTGRESQL
        self._follow = follow

    def is_known(self, connection: Connection, connector: str, digest: str) -> bool:
        """Say whether the very bytes were taken in before."""
        column = state_changes.c
        found = connection.execute(
            select(column.id)
            .where(column.connector == connector)
            .where(column.digest == digest)
        )
        return found.first() is not None

    def add(self, connection: Connection, change: NewChange) -> int:
        """Write ``change`` and what follows from it; return its place in the order."""
        row = {name: getattr(change, name) for name in NewChange.__slots__}
        added = connection.execute(
            insert(state_changes).values(row).returning(state_changes.c.id)
        )
        id_: int = added.scalar_one()
        self._follow(connection, change)
        return id_

    def tell(self, connection: Connection) -> None:
        """Tell all gateways, once it is committed, that something changed."""
        connection.execute(
            update(change_sequence).values(value=change_sequence.c.value + 1)
        )
        if self._is_shared:
            connection.execute(text(f"NOTIFY {CHANNEL}"))

    async def people_after(self, id_: int) -> tuple[int, list[str]]:
        """Return whom the next page of changes after ``id_`` is about, and its end."""
        column = state_changes.c
        statement = (
            select(column.id, column.person)
            .where(column.id > id_)
            .order_by(column.id)
            .limit(PAGE)
        )
        async with self._reading.connect() as connection:
            rows = (await connection.execute(statement)).all()
        return (rows[-1].id if rows else id_), [row.person for row in rows]

    async def of(self, people: Collection[str]) -> Sequence[tuple[str, KeptChange]]:
        """Return what was sent about ``people``, each by the pseudonym, in order.

        The order is the agency's: a number that came late stands where it belongs.
        """
        found: list[tuple[str, KeptChange]] = []
        everybody = list(people)
        async with self._reading.connect() as connection:
            for start in range(0, len(everybody), PEOPLE_A_STATEMENT):
                some = everybody[start : start + PEOPLE_A_STATEMENT]
                rows = await connection.execute(
                    select(state_changes)
                    .where(state_changes.c.person.in_(some))
                    .order_by(state_changes.c.id)
                )
                found += _kept(rows.all())
        return found


def _kept(rows: Sequence[Row[Any]]) -> Iterator[tuple[str, KeptChange]]:
    # A connector that replaced another goes on after all of the other's.
    begun = {row.connector: row.id for row in reversed(rows)}
    for row in sorted(rows, key=lambda row: (begun[row.connector], row.sequence)):
        change = StateChange(
            state=CertificateState(row.state),
            effective_on=row.effective_on,
            received_at=row.received_at,
            reason=row.reason,
        )
        yield row.person, KeptChange(row.certificate, change)
