"""Whether a question notices the log of hashes: with it on, off and stuck, in turn.

*On* is as a gateway runs: what is written is queued, appended and signed. *Off* is
less than any setting makes of it: the triggers are taken away, so nothing is queued.
*Stuck*: what is written is queued, and the database refuses whatever is appended, so
that the queue grows. One gateway after the other on the same database, over and over.
"""

import asyncio
import statistics
import time
from collections.abc import Sequence
from enum import StrEnum

from sqlalchemy import delete, text

from benchmarks.gateway import open_on
from benchmarks.measuring import Measurement, Volume, measure
from benchmarks.phases import load_of, plan
from benchmarks.processes import BenchmarkError
from benchmarks.questions import question_about
from benchmarks.stage import Phase, Stage, await_answer
from bureau.transparency.sources import triggers
from store.migrate import upgrade_database
from store.store import Store, open_store
from store.transparency.appending import StoredLog
from store.transparency.tables import log_queue

VOLUME = Volume(1_500, 4_000, 15.0)
REPEATS = 5
REFUSES = "the_log_is_stuck"


class LogState(StrEnum):
    """How the log is."""

    OFF = "off"
    ON = "on"
    STUCK = "stuck"


def answered_beside(stage: Stage, database_url: str) -> dict[str, float]:
    """Return what a warm question takes in each state, and beside the log off.

    Raises:
        BenchmarkError: the log was not in the state that it is called.
    """
    asyncio.run(upgrade_database(database_url))
    found: dict[LogState, list[Measurement]] = {state: [] for state in LogState}
    for repeat in range(REPEATS):
        for state in LogState:
            with_triggers = asyncio.run(_prepare(database_url, state))
            try:
                one = _measured(stage, database_url, state, repeat)
                asyncio.run(_require(database_url, state, one.answered))
                found[state].append(one)
            finally:
                asyncio.run(_restore(database_url, with_triggers))
    figures: dict[str, float] = {}
    for state, measurements in found.items():
        figures[f"{state}_cpu_us"] = statistics.median(m.cpu_us for m in measurements)
        for name in ("p50", "p99"):
            took = [getattr(one, f"{name}_us") / 1000 for one in measurements]
            figures[f"{state}_{name}_ms"] = statistics.median(took)
    for state in (LogState.ON, LogState.STUCK):
        # Of the two in the same turn, as with peers.
        ratios = [
            100 * (one.p99_us / off.p99_us - 1)
            for one, off in zip(found[state], found[LogState.OFF], strict=True)
        ]
        figures[f"{state}_p99_more"] = statistics.median(ratios)
    return figures


def _measured(
    stage: Stage, database_url: str, state: LogState, repeat: int
) -> Measurement:
    folder = stage.folder / f"log-{state}-{time.monotonic_ns()}"
    phase, core = Phase.WARM, stage.cores.server
    with open_on(
        stage,
        phase,
        folder,
        core,
        database_url,
        is_for_offices=False,
        has_log=state is not LogState.OFF,
    ) as server:
        first = question_about(server.dialect)(stage.corpus.sizes.checked_from)
        await_answer(server, first.body)
        load = load_of(stage, server, phase, plan(phase, VOLUME))
        return measure(stage, server, load, VOLUME, of=(phase, repeat))


async def _prepare(url: str, state: LogState) -> Sequence[str]:
    """Put the log into a state; return what puts it back."""
    async with open_store(url) as store:
        is_sqlite = store.file is not None
        match state:
            case LogState.ON:
                return []
            case LogState.OFF:
                return await _without_triggers(store, is_sqlite=is_sqlite)
            case LogState.STUCK:
                return await _refusing(store, is_sqlite=is_sqlite)


async def _without_triggers(store: Store, *, is_sqlite: bool) -> Sequence[str]:
    tables = [table for table, _ in triggers()]
    async with store.engine.begin() as connection:
        if not is_sqlite:
            for table in tables:
                trigger = f"TRIGGER {table}_are_logged"
                await connection.execute(text(f"ALTER TABLE {table} DISABLE {trigger}"))
            return [
                f"ALTER TABLE {table} ENABLE TRIGGER {table}_are_logged"
                for table in tables
            ]
        back = []
        for table in tables:
            name = f"{table}_are_logged"
            of = text("SELECT sql FROM sqlite_master WHERE name = :name")
            back.append(str(await connection.scalar(of, {"name": name})))
            await connection.execute(text(f"DROP TRIGGER {name}"))
        return back


async def _refusing(store: Store, *, is_sqlite: bool) -> Sequence[str]:
    trigger = f"CREATE TRIGGER {REFUSES} BEFORE UPDATE ON log_head"
    if is_sqlite:
        made = [f"{trigger} BEGIN SELECT RAISE(FAIL, 'stuck'); END"]
        back = [f"DROP TRIGGER {REFUSES}"]
    else:
        raising = "BEGIN RAISE EXCEPTION 'stuck' USING ERRCODE = 'disk_full'; END"
        function = f"CREATE FUNCTION {REFUSES}() RETURNS trigger LANGUAGE plpgsql"
        made = [
            f"{function} AS $$ {raising} $$",
            f"{trigger} FOR EACH ROW EXECUTE FUNCTION {REFUSES}()",
        ]
        back = [f"DROP TRIGGER {REFUSES} ON log_head", f"DROP FUNCTION {REFUSES}()"]
    async with store.engine.begin() as connection:
        for statement in made:
            await connection.execute(text(statement))
    return back


async def _require(url: str, state: LogState, answered: int) -> None:
    """Make sure that the log was as it is called.

    Raises:
        BenchmarkError: it was not.
    """
    async with open_store(url) as store:
        # Each answer is on the audit log, whose rows are logged.
        queued = await StoredLog(store).queued(answered)
        is_right = {
            LogState.OFF: queued == 0,
            LogState.ON: queued < answered,
            LogState.STUCK: queued == answered,
        }[state]
        if not is_right:
            raise BenchmarkError(f"with the log {state}, {queued} rows are queued")


async def _restore(url: str, statements: Sequence[str]) -> None:
    async with open_store(url) as store, store.engine.begin() as connection:
        for statement in statements:
            # A trigger has colons of its own.
            await connection.exec_driver_sql(statement)
        # What one state left is no work of the next.
        await connection.execute(delete(log_queue))
