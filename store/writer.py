"""Run whole transactions, at the least cost to the event loop.

SQLite's driver waits, so an asynchronous engine hands each statement of a transaction
to a thread and back: begin, insert, commit. Here the whole transaction is handed over
once, to a thread with a connection of its own. PostgreSQL is spoken to from the event
loop, and its writers wait for each other. Either way one transaction runs after the
other, of all gateways.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Protocol, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.ext.asyncio import AsyncEngine

from store.connections import Reader, begin
from store.driver_errors import as_store_errors
from store.postgresql import wait_for_writers
from store.sqlite import READS, open_waiting

T = TypeVar("T")
Work = Callable[[Connection], T]


class Writer(Protocol):
    """Runs transactions one after the other."""

    async def write(self, work: Work[T]) -> T:
        """Return what ``work`` returns, once all it did is committed.

        No other process writes between its first statement and the commit.

        Raises:
            StoreUnavailableError: it is not committed, or not known to be.
        """

    async def read(self, work: Work[T]) -> T:
        """Return what ``work`` finds, without queueing with who writes.

        Raises:
            StoreUnavailableError: the database is away.
        """


class _LoopWriter:
    """Runs transactions from the event loop."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._reader = Reader(engine)
        self._turn = asyncio.Lock()

    async def write(self, work: Work[T]) -> T:
        """See ``Writer``."""
        async with self._turn, begin(self._engine) as connection:
            await connection.run_sync(wait_for_writers)
            return await connection.run_sync(work)

    async def read(self, work: Work[T]) -> T:
        """See ``Writer``."""
        async with self._turn, self._reader.connect() as connection:
            return await connection.run_sync(work)


class _ThreadWriter:
    """Runs transactions in a thread."""

    def __init__(self, engine: Engine, thread: ThreadPoolExecutor) -> None:
        self._engine = engine
        self._reading = engine.execution_options(**{READS: True})
        self._thread = thread
        self._connection: Connection | None = None
        """Kept: to borrow it and give it back takes as long as to begin and commit."""

    async def write(self, work: Work[T]) -> T:
        """See ``Writer``."""
        loop = asyncio.get_running_loop()
        # The thread finishes what it began, even if nobody waits for it any more.
        with as_store_errors():
            return await loop.run_in_executor(self._thread, self._write, work)

    async def read(self, work: Work[T]) -> T:
        """See ``Writer``."""
        loop = asyncio.get_running_loop()
        with as_store_errors():
            return await loop.run_in_executor(self._thread, self._read, work)

    def _write(self, work: Work[T]) -> T:
        if self._connection is None:
            self._connection = self._engine.connect()
        with self._connection.begin():
            return work(self._connection)

    def _read(self, work: Work[T]) -> T:
        with self._reading.connect() as connection:
            return work(connection)

    def close(self) -> None:
        """Close the connection, once the thread has ended."""
        if self._connection is not None:
            self._connection.close()
        self._engine.dispose()


@asynccontextmanager
async def open_writer(engine: AsyncEngine) -> AsyncIterator[Writer]:
    """Open a writer to the database of ``engine``."""
    if engine.dialect.name != "sqlite":
        yield _LoopWriter(engine)
        return
    with ThreadPoolExecutor(1, thread_name_prefix="store") as thread:
        writer = _ThreadWriter(open_waiting(engine.url), thread)
        try:
            yield writer
        finally:
            thread.shutdown()
            writer.close()
