"""A gateway that stops half-way keeps the others waiting for a moment, not for ever."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest
from sqlalchemy import Connection, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from connectors.errors import StoreUnavailableError
from store import postgresql
from store.database import engine_at
from store.errors import UnusableDatabaseError
from store.migrate import upgrade_database
from store.postgresql import (
    LOCK_SECONDS,
    MIGRATION_LOCK,
    SOCKET_OPTIONS,
    STATEMENT_SECONDS,
    WRITER_LOCK,
)
from store.store import Store, open_store
from store.turns import TOO_LONG
from store.used_tokens import used_tokens
from tests.postgresql import PostgreSQL
from tests.serving import serving
from tests.store.test_writer import add

pytestmark = pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
BOUNDS = {
    "lock_timeout": "5s",
    "statement_timeout": "30s",
    "idle_in_transaction_session_timeout": "1min",
}
DEADLINE_SECONDS = 2.0
"""Of a gateway's answer, by its settings."""


async def stopped(process: asyncio.subprocess.Process) -> None:
    """Wait until a process has stopped itself."""
    _, status = await asyncio.to_thread(os.waitpid, process.pid, os.WUNTRACED)
    assert os.WIFSTOPPED(status)


@asynccontextmanager
async def frozen_writer(
    url: str, times: int = 1
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Another process that wrote, and stopped before its commit."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.store.freezing", url, str(times)),
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        await stopped(process)
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def tokens(store: Store) -> set[str]:
    async with store.engine.connect() as connection:
        return set(await connection.scalars(select(used_tokens.c.token)))


async def test_what_a_frozen_gateway_holds_is_given_to_the_next(
    database_url: str,
) -> None:
    loop = asyncio.get_running_loop()
    async with open_store(database_url) as store, frozen_writer(database_url) as other:
        began = loop.time()
        await store.writer.write(lambda connection: add(connection, "next"))
        waited = loop.time() - began

        os.kill(other.pid, signal.SIGCONT)
        said, _ = await other.communicate()

        assert waited < DEADLINE_SECONDS
        # It has lost its transaction, knows it, and has done it anew.
        assert said.splitlines()[-1] == b"kept"
        assert await tokens(store) == {"next", "frozen 2"}


async def test_who_is_frozen_again_and_again_is_told(database_url: str) -> None:
    async with (
        open_store(database_url) as store,
        frozen_writer(database_url, times=2) as other,
    ):
        await store.writer.write(lambda connection: add(connection, "first"))
        os.kill(other.pid, signal.SIGCONT)
        await stopped(other)
        await store.writer.write(lambda connection: add(connection, "second"))
        os.kill(other.pid, signal.SIGCONT)
        said, _ = await other.communicate()

        assert said.splitlines()[-1].startswith(b"not kept")
        assert await tokens(store) == {"first", "second", "afterwards"}


@asynccontextmanager
async def held(engine: AsyncEngine, afterwards: str) -> AsyncIterator[AsyncConnection]:
    """Hold the lock of writers on a connection, and then run something on it."""
    async with engine.connect() as connection:
        lock = f"SELECT pg_advisory_xact_lock({WRITER_LOCK})"
        await connection.exec_driver_sql(lock)
        running = asyncio.create_task(connection.exec_driver_sql(afterwards))
        try:
            yield connection
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            await connection.invalidate()


async def test_who_says_nothing_is_ended_by_who_waits(store: Store) -> None:
    # As in the middle of a statement, no limit of the server's own is counted.
    async with held(store.engine, "SELECT 1"):
        await store.writer.write(lambda connection: add(connection, "next"))

    assert await tokens(store) == {"next"}


async def test_who_is_at_work_is_waited_for_and_not_for_ever(store: Store) -> None:
    async with held(store.engine, "SELECT pg_sleep(60)") as connection:
        with pytest.raises(StoreUnavailableError, match=TOO_LONG):
            async with asyncio.timeout(3 * LOCK_SECONDS):
                await store.writer.write(lambda connection: add(connection, "late"))
        assert not connection.closed

    await store.writer.write(lambda connection: add(connection, "in time"))

    assert await tokens(store) == {"in time"}


async def test_who_changes_the_tables_is_waited_for_and_not_for_ever(
    database_url: str, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        postgresql, "WAIT_FOR_TURN", postgresql.WAIT_FOR_TURN.replace("60000", "200")
    )
    async with store.engine.connect() as connection:
        lock = f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})"
        await connection.exec_driver_sql(lock)

        with pytest.raises(UnusableDatabaseError, match="lock"):
            async with asyncio.timeout(LOCK_SECONDS):
                await upgrade_database(database_url)


async def test_nothing_that_a_connection_waits_for_is_without_a_bound(
    store: Store,
) -> None:
    async with store.engine.connect() as connection:
        found = {
            setting: await connection.scalar(text(f"SHOW {setting}"))
            for setting in BOUNDS
        }

    assert found == BOUNDS


async def test_who_gives_up_does_not_wait_for_a_silent_database(
    database_url: str, request: pytest.FixtureRequest
) -> None:
    server: PostgreSQL = request.getfixturevalue("postgresql")
    wire, begun = Wire(server), asyncio.Event()
    name = make_url(database_url).database

    def work(connection: Connection) -> None:
        add(connection, "given up")
        wire.is_cut.set()
        begun.set()
        add(connection, "never heard")

    async with (
        serving(wire.passed_on) as port,
        open_store(f"postgresql://postgres@127.0.0.1:{port}/{name}") as store,
    ):
        writing = asyncio.create_task(store.writer.write(work))
        await begun.wait()
        writing.cancel()
        async with asyncio.timeout(STATEMENT_SECONDS / 3):
            await asyncio.wait([writing])

    assert writing.cancelled()
    async with open_store(database_url) as store:
        assert await tokens(store) == set()


class Wire:
    """Passes on what comes to a database, until it is cut without a word."""

    def __init__(self, server: PostgreSQL) -> None:
        self._file = str(server.folder / ".s.PGSQL.5432")
        self.is_cut = asyncio.Event()

    async def passed_on(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        server_reader, server_writer = await asyncio.open_unix_connection(self._file)
        try:
            await asyncio.gather(
                self._copied(reader, server_writer), self._copied(server_reader, writer)
            )
        finally:
            server_writer.close()

    async def _copied(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        while data := await reader.read(65536):
            if not self.is_cut.is_set():
                writer.write(data)
        if self.is_cut.is_set():
            # Nor is it said that there is nobody any more.
            await asyncio.Event().wait()
        writer.close()


async def test_a_machine_that_is_gone_is_noticed_by_both_sides(
    database_url: str, request: pytest.FixtureRequest
) -> None:
    """By the system's own means, of which the driver sets none."""
    wire = Wire(request.getfixturevalue("postgresql"))
    name = make_url(database_url).database
    async with serving(wire.passed_on) as port:
        address = make_url(f"postgresql://postgres@127.0.0.1:{port}/{name}")
        async with engine_at(address) as engine, engine.connect() as connection:
            raw = await connection.get_raw_connection()
            assert raw.driver_connection is not None
            ours = raw.driver_connection._transport.get_extra_info("socket")
            found = [
                ours.getsockopt(level, getattr(socket, option))
                for level, option, _ in SOCKET_OPTIONS
            ]

    assert found == [value for _, _, value in SOCKET_OPTIONS]
