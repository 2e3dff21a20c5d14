"""Run whole transactions, at the least cost to the event loop.

SQLite's driver waits, so an asynchronous engine hands each statement of a transaction
to a thread and back: begin, insert, commit. Here the whole transaction is handed over
once, to a thread with a connection of its own. PostgreSQL is spoken to from the event
loop, and its writers wait for each other. Either way one transaction runs after the
other, of all gateways; a gateway that stops in the middle of one loses it
(``postgresql.HELD_SECONDS``), so that the others go on, and does it anew.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Protocol, TypeVar

import structlog
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from connectors.errors import StoreUnavailableError
from connectors.spans import Part, part
from store.connections import Reader, begin
from store.driver_errors import as_store_errors
from store.postgresql import LOCK_SECONDS, LOOK_SECONDS, end_frozen, wait_for_writers
from store.spans import Operation, note
from store.sqlite import READS, open_waiting
from store.turns import TOO_LONG, Turns

LOOKS = round(LOCK_SECONDS / LOOK_SECONDS)
logger = structlog.get_logger("gateway.store")

T = TypeVar("T")
Work = Callable[[Connection], T]


class Writer(Protocol):
    """Runs transactions one after the other."""

    @property
    def waiting(self) -> int:
        """How many transactions of this process wait for their turn."""

    async def write(self, work: Work[T], *, is_urgent: bool = False) -> T:
        """Return what ``work`` returns, once all it did is committed.

        No other process writes between its first statement and the commit. What is
        urgent goes before whatever else waits in this process. ``work`` may be called
        twice: a transaction that was ended before its commit is begun anew, once. So
        it changes nothing but by its connection.

        Raises:
            StoreUnavailableError: it is not committed, or not known to be.
        """

    async def read(self, work: Work[T]) -> T:
        """Return what ``work`` finds, without queueing with who writes.

        Raises:
            StoreUnavailableError: the database is away.
        """


class _EndedError(Exception):
    """The connection was lost in the middle of a transaction, before its commit."""


class _LoopWriter:
    """Runs transactions from the event loop."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._reader = Reader(engine)
        self._turns = Turns()

    @property
    def waiting(self) -> int:
        """See ``Writer``."""
        return self._turns.waiting

    async def write(self, work: Work[T], *, is_urgent: bool = False) -> T:
        """See ``Writer``."""
        # Its turn, too; the transaction is a part of it.
        with part(Part.STORE, holds_others=True) as span:
            note(span, self._engine.dialect.name, Operation.WRITE, work)
            return await self._written(work, is_urgent=is_urgent)

    async def _written(self, work: Work[T], *, is_urgent: bool) -> T:
        async with self._turns.turn(is_urgent=is_urgent):
            try:
                return await self._committed(work)
            except _EndedError:
                # It stood still, as a machine does that is moved, and the others went
                # on. Nothing was committed, so it begins anew, by what is there now.
                logger.warning("a transaction was ended by others, and is begun anew")
            try:
                return await self._committed(work)
            except _EndedError as error:
                raise StoreUnavailableError(str(error)) from None

    async def _committed(self, work: Work[T]) -> T:
        async with self._alone() as connection:
            try:
                return await connection.run_sync(work)
            except DBAPIError as error:
                # Lost before it asked for its commit: that much is known.
                if error.connection_invalidated:
                    raise _EndedError(type(error).__name__) from error
                raise

    @asynccontextmanager
    async def _alone(self) -> AsyncIterator[AsyncConnection]:
        """Begin a transaction while no other gateway's writer has one."""
        for _ in range(LOOKS):
            async with begin(self._engine) as connection:
                if await connection.run_sync(wait_for_writers):
                    yield connection
                    return
            # Whoever may not look waits on, as for one that is at work.
            with contextlib.suppress(StoreUnavailableError):
                async with self._reader.connect() as connection:
                    if await connection.run_sync(end_frozen):
                        logger.warning("ended the transaction of a frozen gateway")
        raise StoreUnavailableError(TOO_LONG)

    async def read(self, work: Work[T]) -> T:
        """See ``Writer``."""
        async with self._reader.connect() as connection:
            return await connection.run_sync(work)


class _ThreadWriter:
    """Runs transactions in a thread."""

    def __init__(self, engine: Engine, thread: ThreadPoolExecutor) -> None:
        self._engine = engine
        self._reading = engine.execution_options(**{READS: True})
        self._thread = thread
        self._turns = Turns()
        self._connection: Connection | None = None
        """Kept: to borrow it and give it back takes as long as to begin and commit."""

    @property
    def waiting(self) -> int:
        """See ``Writer``."""
        return self._turns.waiting

    async def write(self, work: Work[T], *, is_urgent: bool = False) -> T:
        """See ``Writer``."""
        loop = asyncio.get_running_loop()
        with part(Part.STORE) as span:
            note(span, self._engine.dialect.name, Operation.WRITE, work)
            async with self._turns.turn(is_urgent=is_urgent):
                # The thread finishes what it began, even if nobody waits any more.
                with as_store_errors():
                    return await loop.run_in_executor(self._thread, self._write, work)

    async def read(self, work: Work[T]) -> T:
        """See ``Writer``."""
        loop = asyncio.get_running_loop()
        with part(Part.STORE) as span:
            note(span, self._engine.dialect.name, Operation.READ, work)
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
