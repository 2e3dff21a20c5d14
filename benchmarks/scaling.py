"""Several gateways on one PostgreSQL: what a question takes of them, and of it.

What coordination costs shows in processor time a request, of all processes: on a
machine of two cores four gateways answer no more than two. The same questions are
asked again through a pooler, and with a standby that follows.
"""

import asyncio
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import cycle, islice

from sqlalchemy import select

from benchmarks.databases import Database, Databases
from benchmarks.gateway import open_on, send_all
from benchmarks.measuring import MICROSECONDS, Volume, percentile_ms
from benchmarks.phases import SEEN_PEOPLE, load_of, plan
from benchmarks.poolers import OF_THE_ROLE, pooled
from benchmarks.processes import cpu_seconds, settle
from benchmarks.questions import Dialect, question_about
from benchmarks.stage import COLLECTED, Phase, Server, Stage, await_answer
from benchmarks.standbys import Watch, following
from benchmarks.whole_processes import ask_all
from store.collection.reading import open_collected
from store.collection.tables import collected_records
from store.store import open_store

PHASES = (Phase.SEEN, Phase.COLLECTED)
WARM_UP, REQUESTS, SECONDS = SEEN_PEOPLE, 1_600, 8.0
"""Each gateway is warm once it saw those; then so many are asked of all together."""
READS = 1_000
CONNECTIONS = """SELECT count(*) FROM pg_stat_activity
  WHERE backend_type = 'client backend' AND datname = '{}'"""
WRITTEN = "SELECT (pg_current_wal_lsn() - '0/0')::float8"
AUDITED = """SELECT pg_total_relation_size('audit_records')::float8 /
  (SELECT count(*) FROM audit_records)"""
POOLER, STANDBY = "by pgbouncer", "a standby"


@dataclass(frozen=True, slots=True)
class Setup:
    """How gateways are put up."""

    gateways: int
    beside: str = ""
    """What else is there: a pooler, a standby."""

    @property
    def title(self) -> str:
        """Return it in words."""
        count = f"{self.gateways} gateway{'s' if self.gateways > 1 else ''}"
        return f"{count}, {self.beside}" if self.beside else count


SETUPS = (Setup(1), Setup(2), Setup(4), Setup(2, POOLER), Setup(2, STANDBY))


def row_of(phase: Phase, setup: Setup) -> str:
    """Return how a row of the table is called."""
    return f"{phase}: {setup.title}"


def scaled_out(
    stage: Stage, databases: Databases
) -> Iterator[tuple[str, dict[str, float]]]:
    """Yield what was found of each question and setup, by their names.

    Raises:
        BenchmarkError: an answer was wrong, or something did not start.
    """
    for phase in PHASES:
        pattern = _pattern(stage, databases, phase)
        alone = 0.0
        for setup in SETUPS:
            found = _measured(stage, databases, phase, setup, pattern)
            whole = found["cpu_us"] + found["database_us"] + found["beside_us"]
            alone = alone or whole
            found["more"] = (whole / alone - 1) * 100
            yield row_of(phase, setup), found


def _pattern(stage: Stage, databases: Databases, phase: Phase) -> str:
    """Make the database from which others are copied: with all that was sent."""
    address = databases.empty(Database.POSTGRESQL)
    with _gateways(stage, phase, address, 1) as (server,):
        if phase in COLLECTED:
            send_all(server, stage.corpus)
    return address.partition("?")[0].rpartition("/")[2]


@contextmanager
def _gateways(
    stage: Stage, phase: Phase, address: str, count: int
) -> Iterator[list[Server]]:
    """Start so many, by turns on one core and the other, and wait for each."""
    folder = stage.folder / f"scaling-{time.monotonic_ns()}"
    cores = islice(cycle((stage.cores.server, stage.cores.load)), count)
    with ExitStack() as stack:
        servers = []
        for place, core in enumerate(cores):
            opening = open_on(
                stage,
                phase,
                folder / str(place),
                core,
                address,
                is_collected=phase in COLLECTED,
            )
            server = stack.enter_context(opening)
            first = question_about(Dialect.GATEWAY)(stage.corpus.sizes.checked_from)
            await_answer(server, first.body)
            servers.append(server)
        yield servers


def _measured(
    stage: Stage, databases: Databases, phase: Phase, setup: Setup, pattern: str
) -> dict[str, float]:
    name = f"benchmark_{time.monotonic_ns()}"
    databases.run(f"CREATE DATABASE {name} TEMPLATE {pattern}")
    address, beside = databases.address(name), []
    core = stage.cores.load
    with ExitStack() as stack:
        standby = watch = None
        if setup.beside == POOLER:
            for setting, value in OF_THE_ROLE.items():
                databases.run(
                    f"ALTER ROLE postgres IN DATABASE {name} SET {setting} = '{value}'"
                )
            pooler = stack.enter_context(pooled(databases.socket, core=core))
            address, beside = pooler.url(name), [pooler.pid]
        if setup.beside == STANDBY:
            standby = stack.enter_context(following(databases, core=core))
            watch, beside = Watch(databases), [standby.pid]
        servers = stack.enter_context(_gateways(stage, phase, address, setup.gateways))
        found = _asked(stage, phase, servers, databases, beside, watch)
        found["connections"] = databases.run(CONNECTIONS.format(name))
        found["audit_bytes"] = databases.run(AUDITED, name)
        if watch is not None and standby is not None and phase in COLLECTED:
            read = _read(databases.address(name), databases.pid)
            there = _read(standby.url(name), standby.pid)
            found |= {
                "read_us": read,
                "read_there_us": there,
                "read_share": read / found["database_us"] * 100,
                "lag_p50_ms": percentile_ms(watch.lags_us, 50),
                "lag_slowest_ms": percentile_ms(watch.lags_us, 100),
            }
    return found


def _asked(  # noqa: PLR0913, PLR0917 - who is asked, and who is watched meanwhile
    stage: Stage,
    phase: Phase,
    servers: list[Server],
    databases: Databases,
    beside: list[int],
    watch: Watch | None,
) -> dict[str, float]:
    """Ask all at once, the same of each; say what a request took, of whom."""
    # Nobody is asked about twice where that is what is measured.
    fresh = stage.corpus.sizes.holders - WARM_UP
    each = (min(REQUESTS, fresh) if phase in COLLECTED else REQUESTS) // len(servers)
    how = plan(phase, Volume(WARM_UP, each, SECONDS))
    loads = [load_of(stage, server, phase, how) for server in servers]
    ask_all(stage, loads, WARM_UP, SECONDS)
    settle()
    gateways = [pid for server in servers for pid in server.pids]
    groups = {"cpu_us": gateways, "database_us": [databases.pid], "beside_us": beside}
    before = {name: cpu_seconds(pids) for name, pids in groups.items() if pids}
    written = databases.run(WRITTEN)
    with ThreadPoolExecutor(1) as pool:
        looking = pool.submit(watch.look) if watch is not None else None
        began = time.perf_counter()
        try:
            asked = ask_all(stage, loads, each, SECONDS, skip=WARM_UP)
        finally:
            took = time.perf_counter() - began
            if watch is not None and looking is not None:
                watch.is_over = True
                looking.result()
    answered = sum(part.answered for part in asked)
    latencies = [us for part in asked for us in part.latencies_us]
    used = {
        name: (cpu_seconds(pids) - before[name]) / answered * MICROSECONDS
        for name, pids in groups.items()
        if pids
    }
    return {
        "beside_us": 0.0,
        **used,
        "requests_a_second": answered / took,
        "p50_ms": percentile_ms(latencies, 50),
        "p99_ms": percentile_ms(latencies, 99),
        "wal_kb": (databases.run(WRITTEN) - written) / answered / 1000,
    }


def _read(address: str, pid: int) -> float:
    """Return what the server takes for what is read of one person, in µs."""
    return asyncio.run(_looked_up(address, pid)) / READS * MICROSECONDS


async def _looked_up(address: str, pid: int) -> float:
    """Look people up one after the other; return the server's seconds."""
    async with open_store(address) as store:
        async with store.engine.connect() as connection:
            person = collected_records.c.person
            statement = select(person).distinct().limit(READS)
            people = list(await connection.scalars(statement))
        async with open_collected(store) as collected:
            await collected.of(people[:1])
            used = cpu_seconds([pid])
            for place in range(READS):
                await collected.of([people[place % len(people)]])
            return cpu_seconds([pid]) - used
