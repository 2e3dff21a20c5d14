"""Remove what has been kept for its time: of the audit log, and marks of certificates.

What is removed of the log is said on it, and row by row in the log of hashes. A mark is
no evidence; nothing is said of it. It is removed in small pieces, each by a turn of the
writer's: whoever is answered waits for one of them at most, and after each the disk is
theirs for a multiple of its time.
"""

import asyncio
import time as clock
from collections.abc import Callable
from datetime import date, datetime, time
from functools import partial

from sqlalchemy import (
    ColumnElement,
    Connection,
    Table,
    and_,
    bindparam,
    delete,
    func,
    insert,
    select,
    tuple_,
)

from bureau.look_ups.audit import AuditEvent, AuditRecord
from policy.calendar import SHANGHAI
from store.audit.rows import row_of
from store.audit.tables import audit_records
from store.credentials.tables import issued_credentials
from store.quality.tables import seen_certificates, seen_versions, whole_lists
from store.store import Store
from store.transparency.erasing import note_retention

RETENTION_CALLER = "gateway"
"""Who applies retention: no caller, the process itself."""
REMOVED_AT_ONCE = 200
"""The most rows that one transaction removes."""
PAUSE_SHARE = 3
"""How long nothing is removed after a piece, in times of what that took."""

column = audit_records.c
Place = tuple[datetime, int]
"""A record's place in time."""


async def apply_retention(store: Store, kept_from: datetime, now: datetime) -> int:
    """Remove what is older than ``kept_from``, and say so on the log itself.

    The record comes first: the database removes nothing that no record on the
    log says is to be removed. A process that dies on the way begins anew.

    Raises:
        StoreUnavailableError: not all of it is removed, or that is not known.
    """
    removed = await store.writer.read(
        lambda connection: connection.scalar(
            select(func.count()).where(column.at < kept_from)
        )
    )
    said = AuditRecord(
        at=now,
        event=AuditEvent.RETENTION_APPLIED,
        caller=RETENTION_CALLER,
        kept_from=kept_from,
        removed=removed or 0,
    )
    await store.writer.write(
        lambda connection: connection.execute(insert(audit_records), [row_of(said)])
    )

    def some(connection: Connection, after: Place | None) -> tuple[int, Place | None]:
        return _remove_some(connection, kept_from, after, now)

    return await _in_pieces(store, some)


async def forget_marks(store: Store, kept_from: date) -> int:
    """Remove marks of certificates, versions and lists from before ``kept_from``.

    And of credentials that expired before.

    Return how many. A certificate that comes after its mark has gone is new again.

    Raises:
        StoreUnavailableError: not all of them are removed, or that is not known.
    """
    forgotten = 0
    version = seen_versions.c
    begins = datetime.combine(kept_from, time.min, SHANGHAI)
    for table, is_old in (
        (seen_certificates, seen_certificates.c.first_seen_on < kept_from),
        (whole_lists, whole_lists.c.listed_on < kept_from),
        (issued_credentials, issued_credentials.c.expires_at < begins),
        (seen_versions, and_(version.seen_at < begins, version.signed_at < begins)),
    ):
        forgotten += await _in_pieces(store, partial(_forget_some, table, is_old))
    return forgotten


def _forget_some(
    table: Table,
    is_old: ColumnElement[bool],
    connection: Connection,
    _after: Place | None,
) -> tuple[int, Place | None]:
    key = table.primary_key.columns
    found = connection.execute(select(*key).where(is_old).limit(REMOVED_AT_ONCE)).all()
    if found:
        # One by one: of pairs in a list SQLite looks at every row there is.
        mark = and_(*(one == bindparam(f"of_{one.name}") for one in key))
        names = [f"of_{one.name}" for one in key]
        values = [dict(zip(names, one, strict=True)) for one in found]
        connection.execute(delete(table).where(mark), values)
    return len(found), None


def _remove_some(
    connection: Connection, kept_from: datetime, after: Place | None, now: datetime
) -> tuple[int, Place | None]:
    """Remove the oldest records after a place; return how many, and the last one's.

    From where it stopped: before that PostgreSQL has all that was removed to step over.
    """
    oldest = select(column.at, column.id).where(column.at < kept_from)
    if after is not None:
        oldest = oldest.where(tuple_(column.at, column.id) > after)
    found = connection.execute(
        oldest.order_by(column.at, column.id).limit(REMOVED_AT_ONCE)
    ).all()
    if not found:
        return 0, after
    ids = [row.id for row in found]
    note_retention(connection, ids, kept_from, now)
    connection.execute(delete(audit_records).where(column.id.in_(ids)))
    return len(ids), (found[-1].at, found[-1].id)


def _from(
    some: Callable[[Connection, Place | None], tuple[int, Place | None]],
    after: Place | None,
) -> Callable[[Connection], tuple[int, Place | None]]:
    return lambda connection: some(connection, after)


async def _in_pieces(
    store: Store,
    some: Callable[[Connection, Place | None], tuple[int, Place | None]],
) -> int:
    """Remove ``some`` until there are fewer than one transaction may remove.

    Each time it is told where it came to the last time.
    """
    removed = 0
    after: Place | None = None
    while True:
        began = clock.perf_counter()
        count, after = await store.writer.write(_from(some, after))
        removed += count
        if count < REMOVED_AT_ONCE:
            return removed
        await asyncio.sleep(PAUSE_SHARE * (clock.perf_counter() - began))
