"""Keep checkpoints: all of the last hour, and of each day before it the last one."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from bureau.transparency.log import KeptCheckpoint
from store.connections import Reader
from store.database import POSTGRESQL
from store.store import Store
from store.transparency.tables import log_checkpoints

KEPT = timedelta(hours=1)
column = log_checkpoints.c


class StoredCheckpoints:
    """Implements ``bureau.transparency.log.Checkpoints``."""

    def __init__(self, store: Store) -> None:
        self._reader = Reader(store.engine)
        self._writer = store.writer

    async def latest(self, *, witnessed: bool = False) -> KeptCheckpoint | None:
        """See ``Checkpoints``."""
        newest = select(log_checkpoints).order_by(column.size.desc()).limit(1)
        if witnessed:
            newest = newest.where(column.is_witnessed)
        async with self._reader.connect() as connection:
            row = (await connection.execute(newest)).first()
        return None if row is None else _checkpoint_of(row)

    async def keep(self, checkpoint: KeptCheckpoint) -> None:
        """Keep a checkpoint; one of its size that is witnessed already stays.

        Raises:
            StoreUnavailableError: it is not kept, or nobody knows.
        """

        def work(connection: Connection) -> None:
            is_postgresql = connection.dialect.name == POSTGRESQL
            statement: Any = (postgresql if is_postgresql else sqlite).insert(
                log_checkpoints
            )
            new = statement.excluded
            connection.execute(
                statement.on_conflict_do_update(
                    index_elements=["size"],
                    set_={"note": new.note, "is_witnessed": new.is_witnessed},
                    where=~column.is_witnessed,
                ),
                [
                    {
                        "size": checkpoint.size,
                        "note": checkpoint.note,
                        "at": checkpoint.at,
                        "is_witnessed": checkpoint.is_witnessed,
                    }
                ],
            )

        await self._writer.write(work)

    async def forget(self, now: datetime) -> int:
        """Forget all but the last hour's, and the last of each day; return how many.

        Raises:
            StoreUnavailableError: they are not forgotten, or nobody knows.
        """

        def work(connection: Connection) -> int:
            old = (
                select(column.size, column.at)
                .where(column.at < now - KEPT)
                .order_by(column.size)
            )
            last: dict[date, int] = {}
            sizes = []
            for size, at in connection.execute(old):
                sizes.append(size)
                last[at.astimezone(UTC).date()] = size
            gone = sorted(set(sizes) - set(last.values()))
            for start in range(0, len(gone), 500):
                some = gone[start : start + 500]
                connection.execute(delete(log_checkpoints).where(column.size.in_(some)))
            return len(gone)

        return await self._writer.write(work)


def _checkpoint_of(row: Row[Any]) -> KeptCheckpoint:
    return KeptCheckpoint(
        size=row.size, note=row.note, at=row.at, is_witnessed=row.is_witnessed
    )
