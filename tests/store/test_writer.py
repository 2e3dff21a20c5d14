"""A transaction is committed whole or not at all, whoever runs it."""

import asyncio
import threading

import pytest
from sqlalchemy import Connection, func, insert, select

from store.database import open_database
from store.errors import RefusedRowsError
from store.store import Store
from store.used_tokens import used_tokens
from store.writer import Writer, _LoopWriter, open_writer
from tests.store.audit.records import NOON


@pytest.fixture(name="writer", params=["in a thread", "on the event loop"])
def _writer(request: pytest.FixtureRequest, store: Store) -> Writer:
    if request.param == "in a thread":
        return store.writer
    # What databases get whose drivers do not wait.
    return _LoopWriter(store.engine)


def add(connection: Connection, *tokens: str) -> int:
    rows = [{"token": token, "until": NOON} for token in tokens]
    connection.execute(insert(used_tokens), rows)
    return len(rows)


def count(connection: Connection) -> int:
    return connection.scalar(select(func.count()).select_from(used_tokens)) or 0


async def test_what_is_done_is_committed_and_what_is_found_returned(
    writer: Writer,
) -> None:
    assert await writer.write(lambda connection: add(connection, "a", "b")) == 2
    assert await writer.read(count) == 2


async def test_what_fails_half_way_is_not_there(writer: Writer) -> None:
    def work(connection: Connection) -> None:
        add(connection, "a")
        add(connection, "b", "a")

    with pytest.raises(RefusedRowsError):
        await writer.write(work)

    assert await writer.read(count) == 0


async def test_what_fails_keeps_nothing_from_being_written_next(
    writer: Writer,
) -> None:
    with pytest.raises(RefusedRowsError):
        await writer.write(lambda connection: add(connection, "a", "a"))

    await writer.write(lambda connection: add(connection, "a"))

    assert await writer.read(count) == 1


async def test_one_transaction_runs_after_the_other(writer: Writer) -> None:
    def work(connection: Connection) -> int:
        found = count(connection)
        add(connection, str(found))
        return found

    found = await asyncio.gather(*(writer.write(work) for _ in range(20)))

    assert sorted(found) == list(range(20))


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_what_was_begun_is_committed_before_the_writer_is_closed(
    database_url: str,
) -> None:
    begun, may_end = threading.Event(), threading.Event()

    def slowly(connection: Connection) -> int:
        begun.set()
        may_end.wait(5)
        return add(connection, "a")

    async with open_database(database_url) as engine:
        async with open_writer(engine) as writer:
            writing = asyncio.create_task(writer.write(slowly))
            await asyncio.to_thread(begun.wait, 5)
            threading.Timer(0.1, may_end.set).start()

        assert await writing == 1
        async with engine.connect() as connection:
            assert await connection.run_sync(count) == 1
