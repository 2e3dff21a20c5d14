"""Read changes of state from the database; ``intake`` writes them.

The order of the rows is the order in which they were committed.
"""

from collections.abc import Collection, Iterator, Sequence
from functools import partial
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncEngine

from bureau.status import KeptChange
from policy.certificate import CertificateState, StateChange
from store.commits import UNKNOWN, Commits, UntilCommitted
from store.connections import Reader
from store.documents import document_of_row
from store.status.tables import state_changes

PEOPLE_A_STATEMENT = 500
PAGE = 2000
"""How many rows are read at once to learn who has changes."""


class StoredStates:
    """Reads changes of state."""

    def __init__(self, engine: AsyncEngine, commits: Commits = UNKNOWN) -> None:
        self._reader = Reader(engine)
        self._page = UntilCommitted[tuple[int, list[str]]](commits)

    async def people_after(self, id_: int) -> tuple[int, list[str]]:
        """Return whom the next page of changes after ``id_`` is about, and its end.

        Raises:
            StoreUnavailableError: the database is away.
        """
        return await self._page.get(id_, partial(self._people_after, id_))

    async def _people_after(self, id_: int) -> tuple[int, list[str]]:
        column = state_changes.c
        statement = (
            select(column.id, column.person)
            .where(column.id > id_)
            .order_by(column.id)
            .limit(PAGE)
        )
        async with self._reader.connect() as connection:
            rows = (await connection.execute(statement)).all()
        return (rows[-1].id if rows else id_), [row.person for row in rows]

    async def of(self, people: Collection[str]) -> Sequence[tuple[str, KeptChange]]:
        """Return what was sent about ``people``, each by the pseudonym, in order.

        The order is the agency's: a number that came late stands where it belongs.

        Raises:
            StoreUnavailableError: the database is away.
        """
        found: list[tuple[str, KeptChange]] = []
        everybody = list(people)
        async with self._reader.connect() as connection:
            for start in range(0, len(everybody), PEOPLE_A_STATEMENT):
                some = everybody[start : start + PEOPLE_A_STATEMENT]
                rows = await connection.execute(
                    select(state_changes)
                    .where(state_changes.c.person.in_(some))
                    .order_by(state_changes.c.id)
                )
                found += kept_changes(rows.all())
        return found


def kept_changes(rows: Sequence[Row[Any]]) -> Iterator[tuple[str, KeptChange]]:
    """Yield changes in the order they were sent, each with whom it is about."""
    # A connector that replaced another goes on after all of the other's.
    begun = {row.connector: row.id for row in reversed(rows)}
    for row in sorted(rows, key=lambda row: (begun[row.connector], row.sequence)):
        change = StateChange(
            state=CertificateState(row.state),
            effective_on=row.effective_on,
            received_at=row.received_at,
            reason=row.reason,
        )
        document = document_of_row(row)
        yield row.person, KeptChange(row.certificate, change, document)
