"""Rows for the log, and all of a log read and made again from its entries."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, func, insert, select

from bureau.look_ups.audit import AuditEvent, AuditRecord
from bureau.transparency.log import Head
from bureau.versions.memory import SeenVersion
from signing.transparency.edge import Edge
from signing.transparency.merkle import leaf_hash
from store.audit.rows import row_of
from store.audit.tables import audit_records
from store.ledger.tables import claim_moves
from store.quality.versions import StoredVersions
from store.store import Store
from store.transparency.appending import StoredLog
from store.transparency.entries import LoggedEntry, entry_of_row
from store.transparency.tables import log_entries, log_head, log_queue, log_tiles

NOON = datetime(2026, 11, 30, 4, 0, 0, 123456, tzinfo=UTC)


def audit_rows(count: int, first: int = 0) -> list[dict[str, object]]:
    return [
        row_of(
            AuditRecord(
                at=NOON + timedelta(seconds=number),
                event=AuditEvent.LOOKED_UP,
                caller=f"caller-{number}",
                sources={},
            )
        )
        for number in range(first, first + count)
    ]


def moves(count: int, first: int = 0) -> list[dict[str, object]]:
    return [
        {
            "claim": f"claim-{number}",
            "from_district": "310115",
            "to_district": "310104",
            "reason": "搬迁 moved",
            "moved_at": NOON,
            "moved_by": "hr",
            "officer": None,
        }
        for number in range(first, first + count)
    ]


async def add_audit(store: Store, count: int, first: int = 0) -> None:
    rows = audit_rows(count, first)
    await store.writer.write(lambda c: c.execute(insert(audit_records), rows))


async def add_moves(store: Store, count: int, first: int = 0) -> None:
    rows = moves(count, first)
    await store.writer.write(lambda c: c.execute(insert(claim_moves), rows))


async def add_versions(store: Store, count: int, signed_at: datetime = NOON) -> None:
    """See versions of certificates, the first of which were seen before."""
    seen = {
        f"mark-{number}": SeenVersion(signed_at, "said", "digest", "key", NOON)
        for number in range(count)
    }
    await StoredVersions(store).keep(seen)


async def append_all(store: Store) -> Head:
    log = StoredLog(store)
    while (await log.append()).rows:
        pass
    return await log.head()


async def entries_of(store: Store) -> Sequence[LoggedEntry]:
    async with store.engine.connect() as connection:
        rows = await connection.execute(select(log_entries).order_by(log_entries.c.id))
        return [entry_of_row(row) for row in rows]


async def queue_of(store: Store) -> list[tuple[str, int]]:
    async with store.engine.connect() as connection:
        rows = await connection.execute(select(log_queue).order_by(log_queue.c.id))
        return [(row.source, row.row_id) for row in rows]


async def require_whole(store: Store) -> int:
    """Make every tile and the root again from the entries; return how many there are.

    And see that no row is in two of them.
    """
    async with store.engine.connect() as connection:
        return await connection.run_sync(whole)


def whole(connection: Connection) -> int:
    edge = Edge(0, lambda _tile: b"")
    seen: set[tuple[str, int]] = set()
    rows = connection.execute(select(log_entries).order_by(log_entries.c.id)).all()
    for place, row in enumerate(rows):
        entry = entry_of_row(row)
        assert entry.index == place
        assert leaf_hash(entry.bytes) == entry.leaf
        assert not seen & {(entry.source, id_) for id_ in entry.ids}
        seen |= {(entry.source, id_) for id_ in entry.ids}
        edge.append(entry.leaf)
    made = {(t.level, t.place): raw for t, raw in edge.take_tiles()}
    kept = {
        (row.level, row.place): bytes(row.hashes)
        for row in connection.execute(select(log_tiles))
    }
    assert kept == made
    head = connection.execute(select(log_head)).one()
    assert (head.size, bytes(head.root)) == (edge.size, edge.root)
    assert connection.scalar(select(func.count()).select_from(log_entries)) == len(rows)
    return edge.size
