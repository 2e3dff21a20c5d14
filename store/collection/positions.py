"""Tell how far each stream has come, and which bytes came under which number.

A sender leaves out what is here already, and it can only know that by the bytes: a
number alone says that something came, not what. So digests are told by number, some
thousand at a time, however long a stream is.
"""

from sqlalchemy import select

from bureau.collection import KeptLines, Position
from store.collection.sequences import position_of
from store.collection.tables import collected_records
from store.connections import Reader
from store.status.tables import state_changes
from store.store import Store

DIGESTS_AT_ONCE = 10_000
"""How many digests one answer has; 800 kB of JSON."""
_TABLES = {"records": collected_records, "states": state_changes}
"""Where the lines of each stream are kept."""


class StoredPositions:
    """Implements ``gateway.collection.intake.Positions``."""

    def __init__(self, store: Store) -> None:
        self._reader = Reader(store.engine)

    async def position(self, connector: str, stream: str) -> Position:
        """Return how far a stream has come.

        Raises:
            StoreUnavailableError: that cannot be known now.
        """
        async with self._reader.connect() as connection:
            return await connection.run_sync(position_of, connector, stream)

    async def kept_after(self, connector: str, stream: str, number: int) -> KeptLines:
        """Return what is kept of a stream after ``number``, or the first of it.

        Raises:
            StoreUnavailableError: that cannot be known now.
        """
        column = _TABLES[stream].c
        statement = (
            select(column.sequence, column.digest)
            .where(column.connector == connector, column.sequence > number)
            .order_by(column.sequence)
            .limit(DIGESTS_AT_ONCE + 1)
        )
        async with self._reader.connect() as connection:
            rows = (await connection.execute(statement)).all()
        lines = [(row.sequence, row.digest) for row in rows[:DIGESTS_AT_ONCE]]
        return KeptLines(number, lines, len(rows) <= DIGESTS_AT_ONCE)
