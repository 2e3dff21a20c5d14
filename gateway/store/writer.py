"""Add rows in one transaction, at the least cost to the event loop.

SQLite's driver waits, so an asynchronous engine hands each statement of a transaction
to a thread and back: begin, insert, commit. Here the whole transaction is handed over
once, to a thread with a connection of its own. Other databases are spoken to from the
event loop.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any, Protocol

from sqlalchemy import Engine, Table, insert
from sqlalchemy.ext.asyncio import AsyncEngine

from gateway.store.database import open_waiting

Rows = Sequence[Mapping[str, Any]]


class Writer(Protocol):
    """Adds rows to tables."""

    async def add(self, table: Table, rows: Rows) -> None:
        """Return once ``rows`` are committed, all or none.

        Raises:
            SQLAlchemyError: they are not, or not known to be.
        """


class _LoopWriter:
    """Writes from the event loop."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def add(self, table: Table, rows: Rows) -> None:
        """See ``Writer``."""
        async with self._engine.begin() as connection:
            await connection.execute(insert(table), rows)


class _ThreadWriter:
    """Writes from a thread."""

    def __init__(self, engine: Engine, thread: ThreadPoolExecutor) -> None:
        self._engine = engine
        self._thread = thread

    async def add(self, table: Table, rows: Rows) -> None:
        """See ``Writer``."""
        loop = asyncio.get_running_loop()
        # The thread finishes what it began, even if nobody waits for it any more.
        await loop.run_in_executor(self._thread, self._add, table, rows)

    def _add(self, table: Table, rows: Rows) -> None:
        with self._engine.begin() as connection:
            connection.execute(insert(table), rows)


@asynccontextmanager
async def open_writer(engine: AsyncEngine) -> AsyncIterator[Writer]:
    """Open a writer to the database of ``engine``."""
    if engine.dialect.name != "sqlite":
        yield _LoopWriter(engine)
        return
    waiting = open_waiting(engine.url)
    with ThreadPoolExecutor(1, thread_name_prefix="store") as thread:
        try:
            yield _ThreadWriter(waiting, thread)
        finally:
            waiting.dispose()
