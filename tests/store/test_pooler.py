"""Behind a pooler that lends a connection for a transaction the store does all it does.

pgbouncer is Debian's package; what has to be set for it stands in docs/scaling.md.
"""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass

import pytest
from sqlalchemy import Connection, select, text

from benchmarks.poolers import NOT_CARRIED, Pooler, pooled
from store.background import Supervisor
from store.collection.reading import open_collected
from store.errors import UnusableDatabaseError
from store.notifications import listening_for_changes
from store.registration.registrations import CHANNEL
from store.store import Store, open_store
from store.used_tokens import StoredUsedTokens, used_tokens
from tests.architecture.documents import blocks
from tests.postgresql import PostgreSQL

GATEWAYS, TIMES, SESSIONS = 4, 10, 2
SESSIONS_OPEN = """SELECT count(*) FROM pg_stat_activity
  WHERE datname = current_database() AND backend_type = 'client backend'"""
PAGE = "docs/scaling.md"


@dataclass(frozen=True, slots=True)
class Behind:
    """A database behind a pooler."""

    pooler: Pooler
    name: str

    @property
    def url(self) -> str:
        return self.pooler.url(self.name)


@pytest.fixture(name="core")
def _core() -> int:
    if shutil.which("pgbouncer") is None:
        reason = "pgbouncer is not installed"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return min(os.sched_getaffinity(0))


@pytest.fixture(name="name")
async def _name(postgresql: PostgreSQL) -> AsyncIterator[str]:
    """A database in which the role's settings are those that the page says."""
    name = await postgresql.make_newest()
    role = f"ALTER ROLE postgres IN DATABASE {name}"
    [told] = [one.text for one in blocks("sql") if one.page == PAGE]
    for statement in filter(None, map(str.strip, told.split(";"))):
        await postgresql.run(statement.replace("ALTER ROLE gateway", role))
    yield name
    await postgresql.run(f"{role} RESET ALL")
    await postgresql.give_back(name)


@pytest.fixture(name="behind")
def _behind(postgresql: PostgreSQL, name: str, core: int) -> Iterator[Behind]:
    with pooled(postgresql.folder, core=core, sessions=SESSIONS) as pooler:
        yield Behind(pooler, name)


def busy(connection: Connection) -> None:
    """Hold the transaction's connection for a moment."""
    connection.execute(text("SELECT pg_sleep(0.002)"))


async def use(store: Store, gateway: int) -> None:
    """Do what a gateway does all the time: write in turn, read, look people up."""
    tokens = StoredUsedTokens(store.writer)
    async with open_collected(store) as collected:
        for number in range(TIMES):
            await store.writer.write(busy)
            assert await tokens.use("issuer", f"{gateway}-{number}", 2e9, 1e9)
            assert not await tokens.use("issuer", f"{gateway}-{number}", 2e9, 1e9)
            assert await collected.of([str(number)]) == {}
            async with store.engine.connect() as connection:
                await connection.scalars(select(used_tokens.c.token))


async def test_more_gateways_than_connections_do_all_they_do(behind: Behind) -> None:
    async with AsyncExitStack() as stack:
        stores = [
            await stack.enter_async_context(open_store(behind.url))
            for _ in range(GATEWAYS)
        ]
        async with asyncio.TaskGroup() as group:
            for gateway, store in enumerate(stores):
                group.create_task(use(store, gateway))
        async with stores[0].engine.connect() as connection:
            kept = await connection.scalars(select(used_tokens.c.token))
            assert len(set(kept)) == GATEWAYS * TIMES
            sessions = await connection.scalar(text(SESSIONS_OPEN))

    assert sessions <= SESSIONS


async def test_without_the_word_a_gateway_does_not_start_behind_it(
    behind: Behind,
) -> None:
    with pytest.raises(UnusableDatabaseError, match="unsupported startup parameter"):
        async with open_store(behind.pooler.session_url(behind.name)):
            pass


@pytest.mark.parametrize("pooler", ["session", "statement", "on"])
async def test_another_word_is_refused(pooler: str) -> None:
    with pytest.raises(UnusableDatabaseError, match="pooler is transaction"):
        async with open_store(f"postgresql://nobody@nowhere/none?pooler={pooler}"):
            pass


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("synchronous_commit", "off"),
        ("synchronous_commit", "local"),
        ("lock_timeout", "0"),
        ("statement_timeout", "0"),
        ("idle_in_transaction_session_timeout", "0"),
    ],
)
async def test_a_setting_that_the_role_lacks_is_named(
    postgresql: PostgreSQL, behind: Behind, setting: str, value: str
) -> None:
    role = f"ALTER ROLE postgres IN DATABASE {behind.name}"
    await postgresql.run(f"{role} SET {setting} = '{value}'")

    with pytest.raises(UnusableDatabaseError, match=f"{setting} is not in force"):
        async with open_store(behind.url):
            pass


async def test_with_sessions_a_gateway_listens_as_it_does_without(
    postgresql: PostgreSQL, name: str, core: int
) -> None:
    heard = asyncio.Event()
    with pooled(
        postgresql.folder, core=core, mode="session", ignored=NOT_CARRIED
    ) as pooler:
        async with (
            open_store(pooler.session_url(name)) as store,
            listening_for_changes(store.engine, heard.set, Supervisor()),
            asyncio.timeout(10),
        ):
            # Once it listens.
            await heard.wait()
            heard.clear()
            await postgresql.run(f"NOTIFY {CHANNEL}", name)
            await heard.wait()


async def test_with_transactions_nobody_listens(behind: Behind) -> None:
    supervisor = Supervisor()
    async with (
        open_store(behind.url) as store,
        listening_for_changes(store.engine, pytest.fail, supervisor),
    ):
        # Whatever was begun has its turn meanwhile.
        async with store.engine.connect() as connection:
            await connection.execute(text("SELECT 1"))
        assert supervisor.going == {}
