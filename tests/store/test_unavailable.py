"""While the database is away, whatever is asked of a store raises one error.

Methods are found by looking through the package: one that is new has to be called here.
"""

import asyncio
import importlib
import inspect
import pkgutil
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, closing
from datetime import timedelta
from pathlib import Path
from types import FunctionType

import pytest
from sqlalchemy import func, insert, select, text
from sqlalchemy.engine import make_url

import store as package
from connectors.errors import StoreUnavailableError
from store.columns import metadata
from store.connections import begin
from store.errors import RefusedRowsError
from store.migrate import upgrade_database
from store.registration.registrations import StoredRegistrations
from store.store import Store, open_store
from store.used_tokens import used_tokens
from tests.postgresql import PostgreSQL
from tests.store.audit.records import NOON
from tests.store.calls import CALLS, work

NOT_ASKED = {
    "audit.log.StoredAuditLog.keep_writing": "tries again; test_log_failing has it",
    "audit.log.StoredAuditLog.settle": "tries again later",
    "audit.log.open_audit_log": "opens nothing until something is written",
    "background.Supervisor.running": "knows no database",
    "background.wait_for_change": "knows no database",
    "backup.backup.back_up": "raises UnusableDatabaseError, for a command",
    "backup.backup.restore": "raises UnusableDatabaseError, for a command",
    "backup.postgresql.dump": "raises UnusableDatabaseError, for a command",
    "backup.postgresql.restore_dump": "raises UnusableDatabaseError, for a command",
    "collection.reading.CollectedReader.close": "ends what was begun",
    "commits.UntilCommitted.get": "asks for no table; test_commits has it",
    "collection.reading.open_collected": "opens nothing until something is asked",
    "database.engine_at": "opens nothing until something is asked",
    "database.open_database": "raises UnusableDatabaseError, at the start",
    "turns.Turns.turn": "knows no database",
    "database.step_of": "raises UnusableDatabaseError, for a command",
    "ledger.counted.check_sums": "raises UnusableDatabaseError, for a command",
    "migrate.upgrade_database": "raises UnusableDatabaseError, for a command",
    "notifications.listening_for_changes": "listens again",
    "status.events.StoredEvents.after": "has no table; each kind of event is asked",
    "status.events.StoredEvents.has": "has no table; each kind of event is asked",
    "status.events.StoredEvents.newest": "has no table; each kind of event is asked",
    "store.open_store": "raises UnusableDatabaseError, at the start",
    "store.Store.require_writable": "asks for no table; tests/gateway/test_health.py",
    "transparency.checking.check_log": "raises UnusableDatabaseError, for a command",
    "writer.open_writer": "opens nothing until something is written",
}


def public_async() -> Iterator[str]:
    """Name every public function and method of the store that is awaited."""
    for found in pkgutil.walk_packages(package.__path__, "store."):
        if found.name.startswith("store.migrations"):
            continue
        module = importlib.import_module(found.name)
        for name, value in vars(module).items():
            if name.startswith("_") or getattr(value, "__module__", "") != found.name:
                continue
            place = f"{found.name.removeprefix('store.')}.{name}"
            if isinstance(value, FunctionType) and is_async(value):
                yield place
            elif inspect.isclass(value) and not getattr(value, "_is_protocol", False):
                yield from (
                    f"{place}.{method}"
                    for method, function in inspect.getmembers(
                        value, inspect.isfunction
                    )
                    if not method.startswith("_") and is_async(function)
                )


def is_async(function: Callable[..., object]) -> bool:
    inner = inspect.unwrap(function)
    return inspect.iscoroutinefunction(inner) or inspect.isasyncgenfunction(inner)


def test_whatever_is_awaited_of_the_store_is_called_here() -> None:
    found = set(public_async())

    assert found == CALLS.keys() | NOT_ASKED.keys()
    assert not CALLS.keys() & NOT_ASKED.keys()


@asynccontextmanager
async def without_tables(store: Store) -> AsyncIterator[None]:
    """Take every table away, as if the disk were broken."""
    async with store.engine.begin() as connection:
        for table in metadata.tables:
            await connection.execute(text(f"ALTER TABLE {table} RENAME TO no_{table}"))
    yield


@asynccontextmanager
async def without_file(store: Store) -> AsyncIterator[None]:
    """Put something else where SQLite's file was."""
    await store.engine.dispose()
    replace_file(Path(str(store.engine.url.database)))
    yield


def replace_file(file: Path) -> None:
    for one in file.parent.glob(f"{file.name}*"):
        one.unlink()
    file.write_bytes(b"no database, but long enough for one" * 99)


@asynccontextmanager
async def without_database(store: Store, server: PostgreSQL) -> AsyncIterator[None]:
    """Cut every connection to PostgreSQL's database, and have nobody connect."""
    name = str(store.engine.url.database)
    await server.cut_off(name)
    await server.run(f"ALTER DATABASE {name} RENAME TO no_{name}")
    try:
        yield
    finally:
        await server.run(f"ALTER DATABASE no_{name} RENAME TO {name}")


async def outcomes(store: Store) -> dict[str, str]:
    """Return how every call ended, by the kind of what it raised or returned."""
    found = {}
    for name, call in CALLS.items():
        (end,) = await asyncio.gather(call(store), return_exceptions=True)
        found[name] = type(end).__name__
    return found


UNAVAILABLE = dict.fromkeys(CALLS, StoreUnavailableError.__name__)


async def test_every_call_fails_by_one_error_without_its_tables(store: Store) -> None:
    async with without_tables(store):
        assert await outcomes(store) == UNAVAILABLE


async def test_every_call_fails_by_one_error_without_its_database(
    store: Store, request: pytest.FixtureRequest
) -> None:
    if store.engine.dialect.name == "sqlite":
        away = without_file(store)
    else:
        away = without_database(store, request.getfixturevalue("postgresql"))
    async with away:
        assert await outcomes(store) == UNAVAILABLE


async def test_sqlite_that_another_process_holds_is_unavailable(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/gateway.db"
    await upgrade_database(url)
    async with open_store(url) as store:
        with closing(sqlite3.connect(make_url(url).database or "")) as other:
            other.execute("BEGIN EXCLUSIVE")
            ends = await asyncio.gather(
                CALLS["used_tokens.StoredUsedTokens.use"](store),
                work(store),
                return_exceptions=True,
            )

    assert [type(end) for end in ends] == [StoreUnavailableError] * 2


async def test_a_connection_cut_half_way_is_unavailable(postgresql: PostgreSQL) -> None:
    name = await postgresql.make_newest()
    async with open_store(postgresql.url(name)) as store:
        registrations = StoredRegistrations(store.engine)

        async def cut() -> None:
            async with registrations.work() as begun:
                await postgresql.cut_off(name)
                await begun.connectors()

        with pytest.raises(StoreUnavailableError):
            await cut()

        assert await registrations.sequence() == 0
    await postgresql.give_back(name)


@pytest.mark.parametrize(
    "values",
    [
        pytest.param([{"token": "a"}], id="less than there must be"),
        pytest.param([{"token": "\ud800", "until": NOON}], id="no Unicode"),
        pytest.param([{"token": "a", "until": NOON}] * 2, id="twice"),
    ],
)
async def test_rows_that_will_never_be_written_are_told_apart(
    store: Store, values: list[dict[str, object]]
) -> None:
    with pytest.raises(RefusedRowsError):
        await store.writer.write(
            lambda connection: connection.execute(insert(used_tokens), values)
        )
    with pytest.raises(RefusedRowsError):
        async with begin(store.engine) as connection:
            await connection.execute(insert(used_tokens), values)

    async with store.engine.connect() as connection:
        count = await connection.scalar(select(func.count()).select_from(used_tokens))
    assert count == 0


async def test_the_message_is_a_word_and_no_row(store: Store) -> None:
    row = {"token": "SECRET", "until": NOON + timedelta(days=1)}
    with pytest.raises(StoreUnavailableError) as refused:
        await store.writer.write(
            lambda connection: connection.execute(insert(used_tokens), [row, row])
        )

    assert str(refused.value) == "IntegrityError"
