"""Tell about whom something was collected since, to who keeps what was read."""

from collections.abc import Sequence

from sqlalchemy import func, select

from store.collection.tables import collected_records
from store.connections import Reader
from store.store import Store

PAGE = 2_000
"""How many people are told at once; beyond, that there were many."""


class CollectedPeople:
    """Reads whom new records are about, and whom what they replace was about.

    Records are written by writers who wait for each other until they have committed,
    so numbers are committed in their order: nothing comes before one that was read.
    """

    def __init__(self, store: Store) -> None:
        self._reader = Reader(store.engine)

    async def after(self, id_: int) -> tuple[int, Sequence[str] | None]:
        """Return whom records after ``id_`` concern, and the number of the last.

        ``None`` for whom, if they are many.

        Raises:
            StoreUnavailableError: the database is away.
        """
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
        async with self._reader.connect() as connection:
            rows = (await connection.execute(concerned)).all()
            if len(rows) > PAGE:
                return await connection.scalar(newest) or 0, None
        return (rows[-1].id if rows else id_), [row.person for row in rows]

    async def newest(self) -> int:
        """Return the number of the last record; 0 if there is none.

        Raises:
            StoreUnavailableError: the database is away.
        """
        async with self._reader.connect() as connection:
            newest = select(func.max(collected_records.c.id))
            return await connection.scalar(newest) or 0
