"""However an append fails, the log is whole, and every row is in it once.

Failed: nothing was done, and it is done again. Failed but done: nobody was told, and it
is not done again. After each, every hash of every tile is made anew from the entries.
"""

import asyncio
import random
import signal
import subprocess
import sys
import time
from contextlib import suppress
from functools import partial

import pytest
from sqlalchemy import Connection, event, literal, select, union_all

from bureau.transparency.sources import SOURCES
from connectors.errors import StoreUnavailableError
from store.store import Store, open_store
from store.transparency.appending import (
    StoredLog,
    _Draft,
    _drafted,
    _MeanwhileError,
    _write,
)
from store.transparency.committed import TABLES
from tests import nursery
from tests.store.transparency.appending import engines_of
from tests.store.transparency.written import (
    add_audit,
    add_moves,
    append_all,
    entries_of,
    queue_of,
    require_whole,
)

KILLS = 6
POINTS = {"sqlite": range(1, 14), "postgresql": range(7, 23)}
"""The statements and commits of two appends, on PostgreSQL but for those that read."""


async def require_all_once(store: Store) -> None:
    """See that every row there is is in the log, once, by entries that are whole."""
    await append_all(store)
    await require_whole(store)
    logged = [(one.source, id_) for one in await entries_of(store) for id_ in one.ids]
    async with store.engine.connect() as connection:
        rows = await connection.execute(
            union_all(*(select(literal(name), TABLES[name].c.id) for name in SOURCES))
        )
        there = sorted((name, id_) for name, id_ in rows)
    assert sorted(logged) == there
    assert await queue_of(store) == []


def run_to_its_end(url: str, *arguments: str) -> int:
    process = nursery.Popen(
        [sys.executable, "-m", "tests.store.transparency.appending", url, *arguments],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        # A point that is beyond the last is passed in one round or another.
        process.stdout.read()
        return process.wait()
    finally:
        process.stdout.close()


@pytest.mark.long
async def test_killed_before_any_statement_of_an_append_the_log_is_whole(
    store: Store, database_url: str
) -> None:
    ends = []
    points = POINTS[store.engine.dialect.name]
    for point in points:
        ends.append(await asyncio.to_thread(run_to_its_end, database_url, str(point)))
        await require_whole(store)

    assert ends == [-signal.SIGKILL] * len(points)
    await require_all_once(store)


async def test_killed_at_any_moment_the_log_is_whole(
    store: Store, database_url: str
) -> None:
    dice = random.Random(219)  # noqa: S311 - where to strike, no secret
    for _ in range(KILLS):
        await asyncio.to_thread(strike, database_url, dice)
        await require_whole(store)

    await require_all_once(store)


def strike(url: str, dice: random.Random) -> None:
    """Kill after a round or two and a moment."""
    process = nursery.Popen(
        [sys.executable, "-m", "tests.store.transparency.appending", url],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        for _ in range(1 + dice.randrange(2)):
            assert process.stdout.readline()
        time.sleep(dice.random() * 0.05)
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.mark.parametrize("is_done", [False, True], ids=["failed", "failed but done"])
async def test_a_commit_of_which_nobody_is_told_is_made_once(
    store: Store, is_done: bool
) -> None:
    await add_moves(store, 100)
    await append_all(store)
    await add_moves(store, 200, 100)
    await add_audit(store, 5)
    log = StoredLog(store)
    lost = 0

    def lose(connection: Connection) -> None:
        nonlocal lost
        lost += 1
        # What the driver would do, and then the answer does not come.
        (connection.connection.commit if is_done else connection.connection.rollback)()
        raise OSError("the answer is lost")

    before = (await log.head()).size
    for engine in engines_of(store):
        event.listen(engine, "commit", lose)
    with pytest.raises(StoreUnavailableError):
        await log.append()
    for engine in engines_of(store):
        event.remove(engine, "commit", lose)

    assert lost == 1
    grown = (await log.head()).size - before
    assert (grown > 0) is is_done
    await require_all_once(store)


@pytest.mark.parametrize("seed", range(4))
async def test_whatever_two_gateways_do_one_after_the_other_the_log_is_one(
    store: Store, database_url: str, seed: int
) -> None:
    """Rounds are prepared and written in any order, some of them long after."""
    dice = random.Random(seed)  # noqa: S311 - no secret
    async with open_store(database_url) as other:
        stores = [store, other]
        drafts: list[tuple[Store, _Draft]] = []
        written = 0
        for step in range(60):
            one = dice.choice(stores)
            match dice.randrange(4):
                case 0:
                    await add_moves(one, dice.randrange(1, 200), step * 1000)
                case 1:
                    await add_audit(one, dice.randrange(1, 20), step * 1000)
                case 2:
                    async with one.engine.connect() as connection:
                        drafts.append((one, await connection.run_sync(_drafted)))
                case _:
                    if not drafts:
                        continue
                    of, draft = drafts.pop(dice.randrange(len(drafts)))
                    with suppress(_MeanwhileError):
                        await of.writer.write(partial(_write, draft=draft))
                        written += 1
        await require_whole(store)

    assert written
    await require_all_once(store)
