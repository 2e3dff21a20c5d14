"""What is published of the log: tiles, entries, and proofs that it only grew."""

from collections.abc import Sequence

from sqlalchemy import Connection, select

from signing.transparency.merkle import HASH_SIZE, consistency, root
from signing.transparency.tiles import WIDTH, Tile, bundle_of, hashes_of
from store.connections import Reader
from store.store import Store
from store.transparency.entries import entry_of_row
from store.transparency.tables import log_entries
from store.transparency.tiles import require_within, tile_reader


class StoredTree:
    """Reads the tree that the log is."""

    def __init__(self, store: Store) -> None:
        self._reader = Reader(store.engine)

    async def tile(self, tile: Tile) -> bytes | None:
        """Return the hashes of a tile; ``None`` if the log has not so many.

        Raises:
            StoreUnavailableError: the database is away.
        """
        async with self._reader.connect() as connection:
            raw = await connection.run_sync(lambda found: tile_reader(found)(tile))
        return raw if len(raw) == tile.width * HASH_SIZE else None

    async def entries(self, tile: Tile) -> bytes | None:
        """Return the bundle of a tile's entries; ``None`` if the log has not so many.

        Raises:
            StoreUnavailableError: the database is away.
        """
        column, first = log_entries.c.id, tile.place * WIDTH
        some = (
            select(log_entries)
            .where(column >= first, column < first + tile.width)
            .order_by(column)
        )
        async with self._reader.connect() as connection:
            rows = (await connection.execute(some)).all()
        if len(rows) != tile.width:
            return None
        return bundle_of([entry_of_row(row).bytes for row in rows])

    async def consistency(self, old: int, new: int) -> Sequence[bytes]:
        """Return the proof that the first ``new`` leaves go on from the first ``old``.

        Raises:
            ValueError: the log has fewer, or the old ones are more.
            StoreUnavailableError: the database is away.
        """

        def proof(connection: Connection) -> Sequence[bytes]:
            require_within(connection, new)
            return consistency(old, new, hashes_of(new, tile_reader(connection)))

        async with self._reader.connect() as connection:
            return await connection.run_sync(proof)

    async def root(self, size: int) -> bytes:
        """Return the root of the first ``size`` leaves.

        Raises:
            ValueError: the log has fewer.
            StoreUnavailableError: the database is away.
        """

        def found(connection: Connection) -> bytes:
            require_within(connection, size)
            return root(size, hashes_of(size, tile_reader(connection)))

        async with self._reader.connect() as connection:
            return await connection.run_sync(found)
