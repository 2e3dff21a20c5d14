"""Remove what has been kept for its time: of the audit log, and marks of certificates.

What is removed of the log is said on it. A mark is no evidence; nothing is said of it.
"""

from datetime import date, datetime, time

from sqlalchemy import and_, delete, func, insert, select, tuple_
from sqlalchemy.ext.asyncio import AsyncEngine

from bureau.look_ups.audit import AuditEvent, AuditRecord
from policy.calendar import SHANGHAI
from store.audit.rows import row_of
from store.audit.tables import audit_records
from store.connections import begin
from store.quality.tables import seen_certificates, seen_versions, whole_lists

RETENTION_CALLER = "gateway"
"""Who applies retention: no caller, the process itself."""
REMOVED_AT_ONCE = 5_000
"""The most records that one transaction removes."""


async def apply_retention(
    engine: AsyncEngine, kept_from: datetime, now: datetime
) -> int:
    """Remove what is older than ``kept_from``, and say so on the log itself.

    The record comes first: the database removes nothing that no record on the
    log says is to be removed. A process that dies on the way begins anew.

    Raises:
        StoreUnavailableError: not all of it is removed, or that is not known.
    """
    column = audit_records.c
    old = column.at < kept_from
    async with begin(engine) as connection:
        removed = await connection.scalar(select(func.count()).where(old)) or 0
        await connection.execute(
            insert(audit_records),
            [
                row_of(
                    AuditRecord(
                        at=now,
                        event=AuditEvent.RETENTION_APPLIED,
                        caller=RETENTION_CALLER,
                        kept_from=kept_from,
                        removed=removed,
                    )
                )
            ],
        )
    some = select(column.id).where(old).limit(REMOVED_AT_ONCE)
    remaining = removed
    while remaining > 0:
        async with begin(engine) as connection:
            done = await connection.execute(
                delete(audit_records).where(column.id.in_(some))
            )
        remaining = remaining - done.rowcount if done.rowcount else 0
    return removed


async def forget_marks(engine: AsyncEngine, kept_from: date) -> int:
    """Remove marks of certificates, versions and whole lists from before ``kept_from``.

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
        (seen_versions, and_(version.seen_at < begins, version.signed_at < begins)),
    ):
        key = tuple_(*table.primary_key)
        some = select(*table.primary_key).where(is_old).limit(REMOVED_AT_ONCE)
        removed = REMOVED_AT_ONCE
        while removed == REMOVED_AT_ONCE:
            async with begin(engine) as connection:
                done = await connection.execute(delete(table).where(key.in_(some)))
            removed = done.rowcount
            forgotten += removed
    return forgotten
