"""Find a row in the log, and prove that it is there."""

from collections.abc import Sequence

from sqlalchemy import Connection, func, select

from bureau.transparency.log import AlteredRowError, LoggedRow
from bureau.transparency.rows import gone_bytes
from bureau.transparency.sources import SOURCES
from signing.transparency.entries import commitment
from signing.transparency.merkle import inclusion, root
from signing.transparency.tiles import hashes_of
from store.connections import Reader
from store.store import Store
from store.transparency.committed import rows_of
from store.transparency.entries import NO_SALT, entry_with
from store.transparency.tables import log_checkpoints, log_head
from store.transparency.tiles import require_within, tile_reader


class StoredRows:
    """Implements ``bureau.transparency.log.LoggedRows``."""

    def __init__(self, store: Store, *, witnessed: bool = False) -> None:
        """Let rows be pending until a checkpoint, a ``witnessed`` one, has them."""
        self._reader = Reader(store.engine)
        self._witnessed = witnessed

    async def find(
        self, source: str, id_: int, size: int | None = None
    ) -> LoggedRow | None:
        """See ``LoggedRows``."""
        async with self._reader.connect() as connection:
            return await connection.run_sync(_find, source, id_, size, self._witnessed)

    async def are_integrated(self, source: str, ids: Sequence[int]) -> bool:
        """See ``LoggedRows``."""

        def all_are(connection: Connection) -> bool:
            size = published(connection, self._witnessed)
            found = (entry_with(connection, source, id_) for id_ in ids)
            return all(entry is not None and entry.index < size for entry in found)

        async with self._reader.connect() as connection:
            return await connection.run_sync(all_are)


def _find(
    connection: Connection, name: str, id_: int, size: int | None, witnessed: bool
) -> LoggedRow | None:
    if size is None:
        size = published(connection, witnessed)
    else:
        require_within(connection, size)
    found = entry_with(connection, name, id_)
    if found is None or found.index >= size:
        return None
    position = found.ids.index(id_)
    salt, committed = found.salts[position], found.commitments[position]
    if salt == NO_SALT:
        return None
    source = SOURCES[name]
    there = rows_of(connection, source, [id_]).get(id_)
    raw = gone_bytes(source, id_) if there is None else there[1]
    if commitment(salt, raw) != committed:
        if there is None:
            return None
        raise AlteredRowError(name, id_)
    hashes = hashes_of(size, tile_reader(connection))
    return LoggedRow(
        kind=found.kind,
        row=raw,
        salt=salt,
        commitments=found.commitments,
        position=position,
        index=found.index,
        proof=inclusion(found.index, size, hashes),
        size=size,
        root=root(size, hashes),
    )


def published(connection: Connection, witnessed: bool) -> int:
    """Return how many leaves the latest checkpoint has, or the log if there is none."""
    newest = select(func.max(log_checkpoints.c.size))
    if witnessed:
        newest = newest.where(log_checkpoints.c.is_witnessed)
    latest = connection.execute(newest).scalar()
    if latest is None and not witnessed:
        latest = connection.execute(select(log_head.c.size)).scalar_one()
    return int(latest or 0)
