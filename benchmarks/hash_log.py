"""What the log of hashes takes: to append, to prove and to verify, at a given length.

The log is first built to that length straight in the store: real entries of salted
commitments, with their leaves, tiles and head, by the code that appends; but of rows
that are only made up for it, many in a transaction, and past the queue. What is
measured comes after: rows that a table gets, queued by its trigger, and appended as a
gateway appends them.
"""

import asyncio
import os
import time
from collections.abc import Awaitable, Sequence
from functools import partial
from random import Random
from typing import TypeVar

from sqlalchemy import Connection, insert, select, text, update

from benchmarks.ledgers import AT_ONCE, COUNTED
from benchmarks.measuring import MICROSECONDS, percentile
from benchmarks.processes import BenchmarkError
from benchmarks.stage import Stage
from bureau.transparency.rows import row_bytes
from bureau.transparency.sources import SOURCES
from signing.transparency.edge import Edge
from signing.transparency.entries import SALT_SIZE, entry
from signing.transparency.merkle import (
    leaf_hash,
    require_consistency,
    require_inclusion,
)
from store.migrate import upgrade_database
from store.store import Store, open_store
from store.transparency.appending import StoredLog
from store.transparency.entries import entry_row
from store.transparency.finding import StoredRows
from store.transparency.publishing import StoredTree
from store.transparency.tables import log_entries, log_head
from store.transparency.tiles import tile_reader, write_tiles

T = TypeVar("T")
BUILT_AT_ONCE = 2_000
"""How many entries one transaction has while the log is built.

They are made inside of it: ten thousand can take longer, where others work too, than
``store.postgresql.HELD_SECONDS``, after which PostgreSQL ends the transaction.
"""
MEASURED = 20_000
"""How many rows are appended to it then, at most."""
PROOFS = 500
SOURCE = SOURCES["claim_moves"]
BUILT = "seen_versions"
"""Under this source stand the entries that are built; it has no rows here."""
_ROWS = f"""{COUNTED} INSERT INTO claim_moves (claim, from_district, to_district,
  reason, moved_at, moved_by) SELECT 'claim-' || i, '310115', '310104', 'moved',
  '2026-01-01 00:00:00+00:00', 'hr' FROM n"""  # noqa: S608 - of what stands here
MOVED = {
    "from_district": "310115",
    "to_district": "310104",
    "reason": "moved",
    "moved_at": "2026-01-01T00:00:00Z",
    "moved_by": "hr",
    "officer": None,
}


def logged(stage: Stage, database_url: str, leaves: int) -> dict[str, float]:
    """Return what a log that has ``leaves`` already takes.

    Raises:
        BenchmarkError: something is not in the log, or is not proved by its proof.
    """
    del stage
    return asyncio.run(_logged(database_url, leaves))


async def _logged(url: str, leaves: int) -> dict[str, float]:
    await upgrade_database(url)
    async with open_store(url) as store:
        before = await _bytes(store)
        began = time.perf_counter()
        await _build(store, leaves)
        built = time.perf_counter() - began
        taken = await _bytes(store) - before
        found = {
            "leaves": float(leaves),
            "built_a_second": leaves / built,
            "bytes_a_leaf": taken / leaves,
        }
        found |= await _appended(store, min(leaves, MEASURED))
        return found | await _proved(store)


async def _build(store: Store, leaves: int) -> None:
    for first in range(0, leaves, BUILT_AT_ONCE):
        last = min(first + BUILT_AT_ONCE, leaves)
        await store.writer.write(partial(_build_some, first=first, last=last))


def _build_some(connection: Connection, *, first: int, last: int) -> None:
    edge = Edge(first, tile_reader(connection))
    salts = os.urandom(SALT_SIZE * (last - first))
    rows = []
    for index in range(first, last):
        begin = (index - first) * SALT_SIZE
        raw = row_bytes(SOURCE, {"id": index + 1, "claim": f"claim-{index}", **MOVED})
        salt = salts[begin : begin + SALT_SIZE]
        rows.append(entry_row(index, BUILT, SOURCE.kind, [(index + 1, salt, raw)]))
        edge.append(rows[-1]["leaf"])
    connection.execute(insert(log_entries), rows)
    write_tiles(connection, first, edge.take_tiles())
    head = {"size": edge.size, "root": edge.root}
    column = log_head.c
    connection.execute(update(log_head).values(**head, rounds=column.rounds + 1))


async def _appended(store: Store, rows: int) -> dict[str, float]:
    """Append rows that are queued; return how fast, and at what cost here."""
    for first in range(1, rows + 1, AT_ONCE):
        numbers = {"first": first, "last": min(first + AT_ONCE - 1, rows)}
        async with store.engine.begin() as connection:
            await connection.execute(text(_ROWS), numbers)
    log = StoredLog(store)
    old = (await log.head()).size
    used, began = time.process_time(), time.perf_counter()
    while (await log.append()).rows:
        pass
    took, used = time.perf_counter() - began, time.process_time() - used
    grown = (await log.head()).size - old
    if grown != rows:
        raise BenchmarkError(f"{grown} of {rows} rows are in the log")
    return {
        "appended": float(rows),
        "appended_a_second": rows / took,
        "cpu_us_a_leaf": used / rows * MICROSECONDS,
    }


async def _proved(store: Store) -> dict[str, float]:
    """Prove rows, and that the log only grew; verify each proof."""
    rows, tree = StoredRows(store), StoredTree(store)
    head = await StoredLog(store).head()
    anywhere = Random(head.size)  # noqa: S311 - the same places each time
    async with store.engine.connect() as connection:
        column = log_entries.c
        some = select(column.last_row).where(column.source == SOURCE.name)
        ids = (await connection.execute(some)).scalars().all()
    chosen = anywhere.choices(list(ids), k=PROOFS)
    olds = [anywhere.randrange(1, head.size) for _ in range(PROOFS // 10)]

    made, verified = [], []
    for id_ in chosen:
        took, row = await _timed(rows.find(SOURCE.name, id_))
        if row is None:
            raise BenchmarkError(f"row {id_} is not in the log")
        made.append(took)
        began = time.perf_counter()
        leaf = leaf_hash(entry(row.kind, row.commitments))
        require_inclusion(leaf, row.index, row.size, row.proof, head.root)
        verified.append(time.perf_counter() - began)
    grew, compared = [], []
    for old in olds:
        old_root = await tree.root(old)
        took, proof = await _timed(tree.consistency(old, head.size))
        grew.append(took)
        began = time.perf_counter()
        require_consistency(old, head.size, proof, old_root, head.root)
        compared.append(time.perf_counter() - began)
    return {
        "proof_us": _median_us(made),
        "verify_us": _median_us(verified),
        "consistency_us": _median_us(grew),
        "verify_consistency_us": _median_us(compared),
    }


async def _timed(work: Awaitable[T]) -> tuple[float, T]:
    began = time.perf_counter()
    found = await work
    return time.perf_counter() - began, found


def _median_us(seconds: Sequence[float]) -> float:
    return percentile(sorted(round(one * MICROSECONDS) for one in seconds), 50)


async def _bytes(store: Store) -> float:
    """Return how many bytes the database has."""
    sqlite = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
    postgresql = "SELECT pg_database_size(current_database())"
    async with store.engine.connect() as connection:
        asked = text(postgresql if store.file is None else sqlite)
        return float(await connection.scalar(asked) or 0)
