"""Write the audit log out, a JSON object a line, for auditors who work offline."""

from collections.abc import AsyncIterator, Callable
from dataclasses import asdict
from datetime import date, datetime, time, timedelta

import orjson

from bureau.look_ups.audit import AuditEvent, AuditRecord
from connectors.errors import StoreUnavailableError
from gateway.errors import StartError
from policy.calendar import SHANGHAI
from store.audit.log import StoredAuditLog, open_audit_log
from store.store import open_store

EXPORTER = "gateway audit export"


async def export(
    database_url: str,
    *,
    first: date | None,
    last: date | None,
    now: datetime,
    write: Callable[[bytes], object],
) -> int:
    """Write the records of the days from ``first`` to ``last``; return how many.

    Days are Shanghai's, both included. That the log was read is put on it.

    Raises:
        StartError: the database cannot be opened or written.
    """
    from_ = None if first is None else datetime.combine(first, time.min, SHANGHAI)
    to = None
    if last is not None:
        to = datetime.combine(last + timedelta(days=1), time.min, SHANGHAI)
    count = 0
    async with (
        open_store(database_url) as store,
        open_audit_log(store) as log,
    ):
        try:
            await log.write(AuditRecord(at=now, event=AuditEvent.READ, caller=EXPORTER))
        except StoreUnavailableError:
            raise StartError(
                "the audit log takes no record of being read, so it is not; "
                "see whether its disk is full or its file cannot be written"
            ) from None
        async for line in _lines(log, from_, to):
            write(line)
            count += 1
    return count


async def _lines(
    log: StoredAuditLog, from_: datetime | None, to: datetime | None
) -> AsyncIterator[bytes]:
    async for record in log.export(from_, to):
        line = asdict(record)
        line |= line.pop("elements")
        yield orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)
