"""Of several servers the one is written to that can be, and nothing done is lost."""

import asyncio
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from sqlalchemy import select
from sqlalchemy.engine import make_url

from connectors.errors import StoreUnavailableError
from gateway.demo.demo import HOST
from sandbox.link import DROPS, SO_ATTACH_FILTER
from store.errors import UnusableDatabaseError
from store.migrate import upgrade_database
from store.postgresql import CONNECT_SECONDS
from store.store import Store, open_store
from store.used_tokens import used_tokens
from tests.faults.database import USUAL_PORT, Cluster, new_cluster, standby_of
from tests.faults.parts import Part
from tests.postgresql import PostgreSQL
from tests.store.test_writer import add


@dataclass(frozen=True, slots=True)
class Pair:
    """A server, and one that follows it and is waited for by each commit."""

    primary: Cluster
    standby: Cluster
    running: Part
    """The process of the first."""
    following: Part
    """And of who follows it."""

    def kill(self) -> None:
        self.running.signal(signal.SIGKILL)
        self.running.end()


@pytest.fixture(name="pair")
def _pair() -> Iterator[Pair]:
    with new_cluster() as primary:
        first = Part(primary.running)
        first.begin()
        try:
            with standby_of(primary) as standby:
                second = Part(standby.running)
                second.begin()
                try:
                    primary.wait_for_standby()
                    yield Pair(primary, standby, first, second)
                finally:
                    second.end()
        finally:
            first.end()


def url(*ports: int) -> str:
    places = "&".join(f"host={HOST}:{port}" for port in ports)
    return f"postgresql://postgres@/postgres?{places}"


async def tokens(store: Store) -> set[str]:
    async with store.engine.connect() as connection:
        return set(await connection.scalars(select(used_tokens.c.token)))


async def write(store: Store, token: str) -> None:
    await store.writer.write(lambda connection: add(connection, token))


async def test_what_was_done_is_there_when_the_standby_is_promoted(pair: Pair) -> None:
    both = url(pair.standby.port, pair.primary.port)
    await upgrade_database(both)
    async with open_store(both) as store:
        # While the standby is silent nothing is acknowledged.
        pair.following.signal(signal.SIGSTOP)
        try:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(1):
                    await write(store, "given up")
        finally:
            pair.following.signal(signal.SIGCONT)
        await write(store, "before")
        # Whoever is first in the address shows what was, and is not asked.
        with pytest.raises(UnusableDatabaseError, match="primary"):
            async with open_store(url(pair.standby.port)):
                pass

        pair.kill()
        with pytest.raises(StoreUnavailableError):
            await write(store, "on nothing that can be written to")
        pair.standby.promote()
        await write(store, "after")

        assert await tokens(store) - {"given up"} == {"before", "after"}


@contextmanager
def nobody() -> Iterator[int]:
    """Give the port of a machine that is gone: nothing says that it is."""
    with socket.create_server((HOST, 0)) as gone:
        gone.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, DROPS)
        yield gone.getsockname()[1]


@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
async def test_whose_machine_is_gone_is_not_waited_for_twice(
    database_url: str, postgresql: PostgreSQL
) -> None:
    name = make_url(database_url).database
    with nobody() as gone:
        there = f"host={postgresql.folder}:{USUAL_PORT}"
        both = f"postgresql://postgres@/{name}?host={HOST}:{gone}&{there}"
        async with open_store(both) as store:
            loop = asyncio.get_running_loop()
            began = loop.time()
            # As many connections as there are: one of them was opened already.
            async with store.engine.connect(), store.engine.connect():
                await write(store, "by the third")

            assert loop.time() - began < CONNECT_SECONDS / 2
            assert await tokens(store) == {"by the third"}
