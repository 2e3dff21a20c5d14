"""Tell about whom something was collected since, to who keeps what was read."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import NamedTuple

from sqlalchemy import func, select

from store.collection.records import STREAM
from store.collection.tables import collected_records, collection_streams
from store.commits import UntilCommitted
from store.connections import Reader
from store.store import Store

PAGE = 2_000
"""How many people are told at once; beyond, that there were many."""


class Since(NamedTuple):
    """What came since a record."""

    sequences: Mapping[str, int]
    """The highest number that each connector sent a record under; at least everything
    up to there was looked at."""
    last: int
    """The number of the last record."""
    people: Sequence[str] | None
    """Whom it concerns; ``None`` if they are many."""


class CollectedPeople:
    """Reads whom new records are about, and whom what they replace was about.

    Records are written by writers who wait for each other until they have committed,
    so numbers are committed in their order: nothing comes before one that was read.
    """

    def __init__(self, store: Store) -> None:
        self._reader = Reader(store.engine)
        self._since = UntilCommitted[Since](store.commits)

    async def after(self, id_: int) -> Since:
        """Return whom records after ``id_`` concern, and how far they go.

        Raises:
            StoreUnavailableError: the database is away.
        """
        return await self._since.get(id_, partial(self._after, id_))

    async def _after(self, id_: int) -> Since:
        new, version = collected_records.alias(), collected_records.alias()
        # A record that is another holder's now is no more the one's who had it.
        concerned = (
            select(new.c.id, version.c.person)
            .join(version, version.c.document == new.c.document)
            .where(new.c.id > id_)
            .order_by(new.c.id)
            .limit(PAGE + 1)
        )
        newest = select(func.max(collected_records.c.id))
        column = collection_streams.c
        streams = select(column.connector, column.sequence).where(
            column.stream == STREAM
        )
        async with self._reader.connect() as connection:
            # First: what comes between the two is told about, and not promised.
            found = (await connection.execute(streams)).all()
            sequences = {row.connector: row.sequence for row in found}
            rows = (await connection.execute(concerned)).all()
            if len(rows) > PAGE:
                last = await connection.scalar(newest) or 0
                return Since(sequences, last, None)
        last = rows[-1].id if rows else id_
        return Since(sequences, last, [row.person for row in rows])

    async def newest(self) -> int:
        """Return the number of the last record; 0 if there is none.

        Raises:
            StoreUnavailableError: the database is away.
        """
        async with self._reader.connect() as connection:
            newest = select(func.max(collected_records.c.id))
            return await connection.scalar(newest) or 0
