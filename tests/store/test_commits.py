"""Nothing is asked again while nobody committed, and everything once somebody did."""

import sqlite3
from pathlib import Path

from sqlalchemy import text

from store.commits import Commits, UntilCommitted
from store.store import Store
from tests.store.test_writer import add


async def count(store: Store) -> int:
    async with store.engine.connect() as connection:
        return await connection.scalar(text("SELECT count(*) FROM used_tokens")) or 0


async def use(store: Store, token: str, *, is_committed: bool = True) -> None:
    """Add a row on a connection of another one's."""
    async with store.engine.connect() as connection:
        transaction = await connection.begin()
        await connection.run_sync(add, token)
        await (transaction.commit() if is_committed else transaction.rollback())


class Counted:
    """Reads from a store, and counts how often."""

    def __init__(self, store: Store) -> None:
        self.times = 0
        self._store = store
        self._kept = UntilCommitted[int](store.commits)

    async def get(self, about: object = None) -> int:
        return await self._kept.get(about, self._read)

    async def _read(self) -> int:
        self.times += 1
        return await count(self._store)


async def test_what_somebody_committed_is_seen_at_once(store: Store) -> None:
    counted = Counted(store)

    found = [await counted.get()]
    for number in range(3):
        await use(store, f"{number}")
        found.append(await counted.get())

    assert found == [0, 1, 2, 3]


async def test_what_the_writer_committed_is_seen_at_once(store: Store) -> None:
    counted = Counted(store)
    await counted.get()

    await store.writer.write(lambda connection: add(connection, "a"))

    assert await counted.get() == 1


async def test_a_file_is_read_once_while_nobody_commits(
    store: Store, database_kind: str
) -> None:
    counted = Counted(store)
    await counted.get()
    await use(store, "a", is_committed=False)
    await counted.get()

    assert counted.times == (1 if database_kind == "sqlite" else 2)


async def test_about_something_else_it_is_asked(store: Store) -> None:
    counted = Counted(store)
    for about in (1, 2, 1):
        await counted.get(about)

    assert counted.times == 3


async def test_what_came_while_it_was_read_is_not_taken_for_known(
    store: Store,
) -> None:
    kept = UntilCommitted[int](store.commits)

    async def read() -> int:
        found = await count(store)
        await use(store, f"{found}")
        return found

    assert [await kept.get(None, read) for _ in range(3)] == [0, 1, 2]


def test_another_process_commits(tmp_path: Path) -> None:
    file = tmp_path / "a.db"
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("PRAGMA journal_mode = WAL")
    commits = Commits(file)
    marks = [commits.mark()]
    for statement in (
        "CREATE TABLE t (a)",
        "INSERT INTO t VALUES (1)",
        "SELECT * FROM t",
    ):
        other.execute(statement)
        marks.append(commits.mark())
    other.close()
    commits.close()

    assert len(set(marks)) == 3
    assert marks[2] == marks[3]


def test_where_nothing_is_known_nothing_is_said(tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.db"
    damaged.write_bytes(b"no database" * 100)
    closed = Commits(tmp_path / "new.db")
    closed.close()

    assert [Commits().mark(), Commits(damaged).mark(), closed.mark()] == [None] * 3
