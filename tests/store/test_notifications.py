"""Whoever follows is told at once of what other gateways change, or have changed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import text

from store.background import Supervisor
from store.notifications import Notifier, listening_for_changes
from store.registration.registrations import StoredRegistrations
from store.store import Store, open_store
from tests.postgresql import PostgreSQL

SECONDS = 30.0
"""How long a notice is waited for; it comes at once, or never."""


@dataclass(frozen=True, slots=True)
class Two:
    """Two gateways' stores on one database, of which one listens."""

    one: Store
    other: Store
    server: PostgreSQL
    name: str

    async def change(self) -> None:
        """Change something at the other gateway."""
        async with StoredRegistrations(self.other.engine).work():
            """That there was a step is what is told."""


@pytest.fixture(name="two")
async def _two(postgresql: PostgreSQL) -> AsyncIterator[Two]:
    name = await postgresql.make_newest()
    url = postgresql.url(name)
    async with open_store(url) as one, open_store(url) as other:
        yield Two(one, other, postgresql, name)
    await postgresql.give_back(name)


@pytest.fixture(name="file_url")
def _file_url(newest_file: Path, tmp_path: Path) -> str:
    file = tmp_path / "gateway.db"
    file.write_bytes(newest_file.read_bytes())
    return f"sqlite:///{file}"


async def heard(told: asyncio.Event) -> None:
    await asyncio.wait_for(told.wait(), SECONDS)
    told.clear()


def test_all_who_follow_are_told_each_time() -> None:
    notifier = Notifier()
    one, other = notifier.follow(), notifier.follow()

    notifier.notify()
    both = one.is_set(), other.is_set()
    one.clear()
    # One has looked, the other is still to.
    left = one.is_set(), other.is_set()
    notifier.notify()

    assert (both, left) == ((True, True), (False, True))
    assert one.is_set()


async def test_it_is_told_of_before_it_listened_and_of_every_change(two: Two) -> None:
    told = asyncio.Event()

    async with listening_for_changes(two.one.engine, told.set, Supervisor()):
        await heard(told)
        for _ in range(2):
            await two.change()
            await heard(told)


async def test_who_lost_the_connection_listens_anew_and_catches_up(two: Two) -> None:
    told, supervisor = asyncio.Event(), Supervisor(first_pause=0.01)

    async with listening_for_changes(two.one.engine, told.set, supervisor):
        await heard(told)
        await two.server.cut_off(two.name)
        await heard(told)
        await two.change()
        await heard(told)

    assert supervisor.restarts["changes"] >= 1


async def test_what_listened_is_given_to_nobody_else(two: Two) -> None:
    told = asyncio.Event()
    async with listening_for_changes(two.one.engine, told.set, Supervisor()):
        await heard(told)

    async with AsyncExitStack() as stack:
        for _ in range(2):
            connection = await stack.enter_async_context(two.one.engine.connect())
            found = await connection.execute(text("SELECT pg_listening_channels()"))
            assert found.all() == []


async def test_nobody_listens_to_a_file(file_url: str) -> None:
    supervisor, told = Supervisor(), asyncio.Event()

    async with (
        open_store(file_url) as store,
        listening_for_changes(store.engine, told.set, supervisor),
    ):
        assert supervisor.going == {}
    assert not told.is_set()
