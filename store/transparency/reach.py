"""Read up to which rows the newest published checkpoint covers what answers show.

Rows of a table are queued as they are committed, one writer after the other, and taken
from the queue in that order: of a source's rows that are in the log, all before the
last one are there, too.
"""

from functools import partial

from sqlalchemy import Connection, func, select

from bureau.transparency.inclusion import Reach
from store.collection.tables import collected_records
from store.commits import UntilCommitted
from store.connections import Reader
from store.quality.tables import seen_versions
from store.store import Store
from store.transparency.tables import log_checkpoints, log_entries

column = log_entries.c


class StoredReach:
    """Reads how far the log reaches; asked for again and again, by one who follows."""

    def __init__(self, store: Store, *, witnessed: bool = False) -> None:
        """Count checkpoints, or ``witnessed`` ones alone."""
        self._reader = Reader(store.engine)
        self._witnessed = witnessed
        self._read = UntilCommitted[Reach](store.commits)

    async def after(self, known: Reach) -> Reach:
        """Return how far the log reaches, which is ``known`` if it is as long still.

        Raises:
            StoreUnavailableError: the database is away.
        """
        return await self._read.get(known, partial(self._after, known))

    async def _after(self, known: Reach) -> Reach:
        async with self._reader.connect() as connection:
            return await connection.run_sync(_reach, known, witnessed=self._witnessed)


def _reach(connection: Connection, known: Reach, *, witnessed: bool) -> Reach:
    newest = select(func.max(log_checkpoints.c.size))
    if witnessed:
        newest = newest.where(log_checkpoints.c.is_witnessed)
    size = connection.execute(newest).scalar() or 0
    if size == known.size:
        return known
    return Reach(
        size,
        records=_last(connection, collected_records.name, size),
        versions=_last(connection, seen_versions.name, size),
    )


def _last(connection: Connection, source: str, size: int) -> int:
    """Return the last row of a source among the first ``size`` entries."""
    # From the end of the index: past what no checkpoint covers yet, and no further.
    statement = (
        select(column.last_row)
        .where(column.source == source, column.id < size)
        .order_by(column.last_row.desc())
        .limit(1)
    )
    return connection.execute(statement).scalar() or 0
