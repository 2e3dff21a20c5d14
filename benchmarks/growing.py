"""What was collected, read from tables that grow, and while records come in."""

import asyncio
import hashlib
import json
import sqlite3
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from itertools import islice
from pathlib import Path
from random import Random

from sqlalchemy import text
from sqlalchemy.engine import make_url

from benchmarks import native
from benchmarks.collecting import AGENCY, signed_lines
from benchmarks.gateway import open_on, send_all
from benchmarks.ledgers import AT_ONCE, COUNTED
from benchmarks.measuring import Volume, percentile
from benchmarks.native import Load
from benchmarks.phases import load_of, plan
from benchmarks.processes import BenchmarkError
from benchmarks.questions import question_about
from benchmarks.stage import Phase, Server, Stage, await_answer
from benchmarks.transfers import LINES_A_TRANSFER, send
from store.collection.reading import open_collected
from store.database import engine_at
from store.migrate import upgrade_database
from store.store import Store, open_store

SMALL = 10_000
RECORDS_A_PERSON = 4
ENVELOPE_BYTES = 1_000
LOOK_UPS = 2_000
CONNECTOR = "transport"
CONNECTIONS = 8
QUESTIONS, SECONDS = 1_000, 10.0
"""How much is asked at a time."""
MEGABYTE = 1e6
_ROWS = f"""{COUNTED} INSERT INTO collected_records (connector, sequence, digest,
  certificate, person, document, envelope, key_id, signed_at, collected_at, is_current)
  SELECT '{CONNECTOR}', i, md5('digest' || i) || md5('of' || i), 'sealed-' || i,
  md5('person' || (i / {RECORDS_A_PERSON})) || md5('of' || (i / {RECORDS_A_PERSON})),
  md5('document' || i) || md5('of' || i), repeat('x', {ENVELOPE_BYTES}),
  '{CONNECTOR}-1', '2026-01-01 00:00:00+00:00', '2026-01-01 00:00:00+00:00', true
  FROM n"""  # noqa: S608 - of what stands here
_PAST_TRIGGERS = "SET LOCAL session_replication_role = replica"
_TRIGGERS = """SELECT name, sql FROM sqlite_master WHERE type = 'trigger'
  AND tbl_name = 'collected_records'"""


def grown(stage: Stage, database_url: str, records: int) -> dict[str, float]:
    """Return what reading a person takes among ten thousand, and among ``records``."""
    del stage
    return asyncio.run(_grown(database_url, records))


async def _grown(url: str, records: int) -> dict[str, float]:
    await upgrade_database(url)
    found: dict[str, float] = {"records": records}
    first = 1
    for name, last in (("small", SMALL), ("large", records)):
        await _fill(url, first, last)
        first = last + 1
        async with open_store(url) as store:
            async with store.engine.begin() as connection:
                await connection.execute(text("ANALYZE"))
            ordered = sorted(await _looked_up(store, last))
            found[f"p50_us_{name}"] = percentile(ordered, 50)
            found[f"p99_us_{name}"] = percentile(ordered, 99)
            table, indexes = await _bytes(store)
            found[f"table_mb_{name}"] = table / MEGABYTE
            found[f"indexes_mb_{name}"] = indexes / MEGABYTE
    found["p99_ratio"] = found["p99_us_large"] / found["p99_us_small"]
    return found


async def _looked_up(store: Store, last: int) -> list[int]:
    """Look people up one after the other; return how long each took, in µs."""
    anybody = Random(last)  # noqa: S311 - the same people each time
    people = anybody.choices(range(1, last // RECORDS_A_PERSON), k=2 * LOOK_UPS)
    took = []
    async with open_collected(store) as collected:
        for number in people:
            person = _md5(f"person{number}") + _md5(f"of{number}")
            began = time.perf_counter()
            found = await collected.of([person])
            took.append(round((time.perf_counter() - began) * 1e6))
            if len(found[person][CONNECTOR]) != RECORDS_A_PERSON:
                raise BenchmarkError(f"person {number} has too few records")
    # The first have the pages read that all share.
    return took[LOOK_UPS:]


async def _fill(url: str, first: int, last: int) -> None:
    """Add records by their numbers, past the queue of the log of hashes."""
    parts = [
        {"first": start, "last": min(start + AT_ONCE - 1, last)}
        for start in range(first, last + 1, AT_ONCE)
    ]
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        _fill_file(Path(address.database or ""), parts)
        return
    async with engine_at(address, statement_seconds=None) as engine:
        for numbers in parts:
            async with engine.begin() as connection:
                await connection.execute(text(_PAST_TRIGGERS))
                await connection.execute(text(_ROWS), numbers)


def _fill_file(file: Path, parts: list[dict[str, int]]) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.create_function("md5", 1, _md5, deterministic=True)
        connection.create_function("repeat", 2, lambda word, times: word * times)
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA cache_size = -400000")
        triggers = connection.execute(_TRIGGERS).fetchall()
        for name, _ in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        for numbers in parts:
            with connection:
                connection.execute(_ROWS, numbers)
        for _, made in triggers:
            connection.execute(made)


def _md5(word: str) -> str:
    # As PostgreSQL has it: it spreads people as pseudonyms do, and protects nothing.
    return hashlib.md5(word.encode(), usedforsecurity=False).hexdigest()


async def _bytes(store: Store) -> tuple[float, float]:
    """Return what the table takes, and what its indexes do."""
    if store.file is None:
        of = "'collected_records'"
        statement = f"SELECT pg_table_size({of}), pg_indexes_size({of})"
    else:
        pages = "SELECT coalesce(sum(pgsize), 0) FROM dbstat WHERE name"
        indexes = (
            "SELECT name FROM sqlite_master WHERE type = 'index' "
            "AND tbl_name = 'collected_records'"
        )
        statement = f"SELECT ({pages} = 'collected_records'), ({pages} IN ({indexes}))"
    async with store.engine.connect() as connection:
        row = (await connection.execute(text(statement))).one()
    return float(row[0]), float(row[1])


def read_meanwhile(stage: Stage, database_url: str, records: int) -> dict[str, float]:
    """Return how long answers from what was collected take: quiet, and meanwhile.

    People of ten thousand records are asked about, nobody's kept in memory twice, while
    an agency that is asked nothing sends others'.

    Raises:
        BenchmarkError: an answer was wrong or refused, or a record was not taken.
    """
    lines = signed_lines(stage, records)
    folder = stage.folder / f"meanwhile-{time.monotonic_ns()}"
    with open_on(
        stage,
        Phase.COLLECTED,
        folder,
        stage.cores.server,
        database_url,
        is_collected=True,
    ) as server:
        first = question_about(server.dialect)(stage.corpus.sizes.checked_from)
        await_answer(server, first.body)
        send_all(server, stage.corpus)
        how = plan(Phase.COLLECTED, Volume(0, QUESTIONS, SECONDS))
        load = load_of(stage, server, Phase.COLLECTED, how)
        load = replace(load, connections=CONNECTIONS)
        quiet = _asked(stage, load)
        with ThreadPoolExecutor(1) as pool:
            began = time.perf_counter()
            sending = pool.submit(_send, server, lines, records)
            meanwhile: list[int] = []
            while not sending.done():
                meanwhile += _asked(stage, load)
            sending.result()
            took = time.perf_counter() - began
    found = {"records": records, "records_a_second": records / took}
    for name, latencies in (("quiet", sorted(quiet)), ("meanwhile", sorted(meanwhile))):
        for percent in (50, 99):
            milliseconds = percentile(latencies, percent) / 1000
            found[f"p{percent}_ms_{name}"] = milliseconds
    found["p99_ratio"] = found["p99_ms_meanwhile"] / found["p99_ms_quiet"]
    return found


def _asked(stage: Stage, load: Load) -> Sequence[int]:
    asked = native.ask(
        stage.folder,
        load,
        cores=(stage.cores.load,),
        requests=QUESTIONS,
        seconds=SECONDS,
    )
    return asked.latencies_us


def _send(server: Server, path: Path, records: int) -> None:
    """Send the lines of ``path`` under numbers that nobody used."""
    with path.open("rb") as file:
        sent = 0
        while some := list(islice(file, min(LINES_A_TRANSFER, records - sent))):
            unnumbered = [_without_number(one) for one in some]
            send(server, AGENCY, unnumbered)
            sent += len(some)


def _without_number(line: bytes) -> bytes:
    record = json.loads(line)["record"]
    return json.dumps({"record": record}).encode() + b"\n"
