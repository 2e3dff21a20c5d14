"""A log that cannot be written takes nobody's look-up, and forgets none it took."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bureau.look_ups.audit import AuditEvent, AuditSelection
from connectors.errors import StoreUnavailableError
from store.audit import log as audit
from store.audit.log import StoredAuditLog, open_audit_log
from store.store import Store, open_store
from tests.postgresql import PostgreSQL
from tests.store.audit.records import record

EVERYTHING = AuditSelection()
TOO_LONG = 60.0


class Seen:
    """An observer that remembers."""

    def __init__(self) -> None:
        self.written: list[int] = []
        self.failed: list[tuple[int, str]] = []
        self.unconfirmed = 0

    def audit_written(self, records: int, seconds: float) -> None:
        assert 0 < seconds < TOO_LONG
        self.written.append(records)

    def audit_failed(self, records: int, seconds: float, reason: str) -> None:
        assert 0 < seconds < TOO_LONG
        self.failed.append((records, reason))

    def audit_unconfirmed(self, records: int) -> None:
        self.unconfirmed += records


@asynccontextmanager
async def table_away(
    engine: AsyncEngine, table: str = "audit_records"
) -> AsyncIterator[None]:
    """Take a table away for a while, as a broken disk would."""
    async with engine.begin() as connection:
        await connection.execute(text(f"ALTER TABLE {table} RENAME TO elsewhere"))
    yield
    async with engine.begin() as connection:
        await connection.execute(text(f"ALTER TABLE elsewhere RENAME TO {table}"))


async def opened_again(log: StoredAuditLog) -> None:
    """Wait until the log takes records."""
    async with asyncio.timeout(5):
        while not is_open(log):  # noqa: ASYNC110 - the log tells nobody
            await asyncio.sleep(audit.RETRY_SECONDS / 5)


def is_open(log: StoredAuditLog) -> bool:
    try:
        log.require_open()
    except StoreUnavailableError:
        return False
    return True


async def test_a_look_up_that_cannot_be_kept_is_refused(
    store: Store,
) -> None:
    seen = Seen()
    async with open_audit_log(store, seen) as log, table_away(store.engine):
        # At once, and with what the database said.
        with pytest.raises(StoreUnavailableError, match="Error"):
            await log.write(record())

    assert seen.failed[0] in [(1, "OperationalError"), (1, "ProgrammingError")]


async def test_from_then_on_nobody_is_looked_up(
    log: StoredAuditLog, engine: AsyncEngine
) -> None:
    async with table_away(engine):
        with pytest.raises(StoreUnavailableError):
            await log.write(record())

        with pytest.raises(StoreUnavailableError):
            log.require_open()


async def test_when_the_table_is_back_the_log_is_open_and_tells_what_was_refused(
    log: StoredAuditLog, engine: AsyncEngine
) -> None:
    async with table_away(engine):
        with pytest.raises(StoreUnavailableError):
            await log.write(record(certificates=2))

    await opened_again(log)

    (found,) = await log.page(EVERYTHING, first=10, before=None)
    assert (found.event, found.certificates) == (AuditEvent.ABANDONED, None)


async def test_what_was_asked_before_the_log_closed_is_told_as_abandoned(
    store: Store,
) -> None:
    async with open_audit_log(store) as log:
        log.close()
        for event in (AuditEvent.LOOKED_UP, AuditEvent.READ):
            with pytest.raises(StoreUnavailableError, match="takes no record"):
                await log.write(record(event=event, certificates=2))

    async with open_audit_log(store) as log:
        found = await log.page(EVERYTHING, first=10, before=None)
    assert [(one.event, one.certificates) for one in found] == [
        (AuditEvent.READ, 2),
        (AuditEvent.ABANDONED, None),
    ]


async def test_who_waits_no_more_when_it_is_written_is_told_as_abandoned(
    log: StoredAuditLog,
) -> None:
    """Whose client is gone, or who waited too long, was not answered."""
    events = AuditEvent.LOOKED_UP, AuditEvent.READ
    leaving = [
        asyncio.ensure_future(log.write(record(event=event, certificates=2)))
        for event in events
    ]
    await asyncio.sleep(0)
    for one in leaving:
        one.cancel()
    await log.write(record(certificates=1))

    found = await log.page(EVERYTHING, first=10, before=None)
    assert [(one.event, one.certificates) for one in found] == [
        (AuditEvent.LOOKED_UP, 1),
        (AuditEvent.READ, 2),
        (AuditEvent.ABANDONED, None),
    ]


async def test_what_is_noted_is_written_without_anything_that_follows(
    log: StoredAuditLog,
) -> None:
    log.note(record())

    async with asyncio.timeout(5):
        while not await log.page(EVERYTHING, first=1, before=None):  # noqa: ASYNC110 - the log tells nobody
            await asyncio.sleep(0.01)


@pytest.mark.parametrize(
    "caller",
    [
        pytest.param("\ud800", id="no Unicode"),
        pytest.param(None, id="no text"),
    ],
)
async def test_a_record_that_can_never_be_written_stops_no_other(
    log: StoredAuditLog, caller: str | None
) -> None:
    refused = log.write(record(caller=caller))
    good = log.write(record())
    outcomes = await asyncio.gather(refused, good, return_exceptions=True)
    assert isinstance(outcomes[0], StoreUnavailableError)

    await opened_again(log)

    assert len(await log.page(EVERYTHING, first=10, before=None)) == 1


async def test_a_database_that_others_hold_makes_look_ups_wait_then_refused(
    engine: AsyncEngine, log: StoredAuditLog
) -> None:
    async with engine.begin() as other:
        if engine.dialect.name == "postgresql":
            await other.execute(text("LOCK TABLE audit_records IN EXCLUSIVE MODE"))
        with pytest.raises(StoreUnavailableError):
            await log.write(record())


async def test_a_connection_that_was_cut_is_made_anew(
    postgresql: PostgreSQL,
) -> None:
    name = await postgresql.make_newest()
    async with (
        open_store(postgresql.url(name)) as store,
        open_audit_log(store) as log,
    ):
        await log.write(record())
        await postgresql.cut_off(name)

        await log.write(record())

        assert len(await log.page(EVERYTHING, first=10, before=None)) == 2


async def test_too_many_that_wait_refuse_the_next(store: Store) -> None:
    log = StoredAuditLog(store, None, 2)
    waiting = [asyncio.create_task(log.write(record())) for _ in range(2)]
    await asyncio.sleep(0)

    with pytest.raises(StoreUnavailableError):
        await log.write(record())

    for task in waiting:
        task.cancel()


async def test_notes_are_bounded_too(store: Store) -> None:
    log = StoredAuditLog(store, None, 2)
    for _ in range(9):
        log.note(record())
    writing = asyncio.create_task(log.keep_writing())
    log.close()
    await writing

    assert len(await log.page(EVERYTHING, first=10, before=None)) == 4


async def test_what_waits_together_is_committed_together(store: Store) -> None:
    seen = Seen()
    async with open_audit_log(store, seen) as log:
        await asyncio.gather(*(log.write(record()) for _ in range(50)))

    assert sum(seen.written) == 50
    assert len(seen.written) <= 2
