"""The audit log keeps what it was given, in order, and lets nothing be changed."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from bureau.caller import Purpose
from bureau.look_ups.audit import (
    AuditEvent,
    AuditSelection,
)
from connectors.errors import StoreUnavailableError
from policy.calendar import SHANGHAI
from store.audit.log import StoredAuditLog, open_audit_log
from store.audit.retention import REMOVED_AT_ONCE, apply_retention
from store.migrate import upgrade_database
from store.store import Store, open_store
from tests.postgresql import PostgreSQL
from tests.store.audit.records import ALICE, BOB, NOON, record

EVERYTHING = AuditSelection()
DAY = timedelta(days=1)


async def ids(log: StoredAuditLog, selection: AuditSelection = EVERYTHING) -> list[int]:
    page = await log.page(selection, first=100, before=None)
    return [found.id for found in page if found.id is not None]


async def test_a_record_comes_back_as_it_was_given(log: StoredAuditLog) -> None:
    await log.write(record())

    (found,) = await log.page(EVERYTHING, first=10, before=None)
    assert found == replace(record(), id=1)


async def test_a_record_comes_back_with_all_it_may_have(log: StoredAuditLog) -> None:
    more = {"event": AuditEvent.RETENTION_APPLIED, "removed": 3}
    given = record(**more, kept_from=NOON.astimezone(SHANGHAI) - DAY)

    await log.write(given)

    (found,) = await log.page(EVERYTHING, first=10, before=None)
    assert found == replace(given, id=1)


async def test_a_record_goes_before_whatever_else_waits_to_be_written(
    log: StoredAuditLog, store: Store
) -> None:
    written: list[int] = []

    async def write(number: int) -> None:
        await store.writer.write(lambda _: written.append(number))

    async with asyncio.TaskGroup() as tasks:
        for number in range(50):
            tasks.create_task(write(number))
        await asyncio.sleep(0)
        await log.write(record())
        before = len(written)

    assert before < len(written) == 50


async def test_a_record_is_kept_once_writing_it_returns(
    log: StoredAuditLog, engine: AsyncEngine
) -> None:
    await log.write(record())

    async with engine.connect() as connection:
        count = await connection.scalar(text("SELECT count(*) FROM audit_records"))
    assert count == 1


async def test_many_at_once_are_all_kept_in_order(log: StoredAuditLog) -> None:
    await asyncio.gather(*(log.write(record(request_id=f"{n}")) for n in range(1200)))

    page = await log.page(EVERYTHING, first=2000, before=None)
    assert [found.request_id for found in reversed(page)] == [
        f"{n}" for n in range(1200)
    ]


async def test_what_is_noted_is_kept_at_the_end(store: Store) -> None:
    async with open_audit_log(store) as log:
        log.note(record(event=AuditEvent.ABANDONED))

    async with open_audit_log(store) as log:
        assert await ids(log) == [1]


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param("UPDATE audit_records SET caller = 'nobody'", id="changed"),
        pytest.param("UPDATE audit_records SET id = 7", id="renumbered"),
        pytest.param("DELETE FROM audit_records", id="removed"),
        pytest.param(
            "INSERT INTO audit_records (id, at, event, caller, sources) "
            "VALUES (1, '2026-11-23', 'READ', 'nobody', '{}')",
            id="put in its place",
        ),
        pytest.param(
            "INSERT INTO audit_records (id, at, event, caller, sources) "
            "VALUES (1, '2026-11-23', 'READ', 'nobody', '{}') "
            "ON CONFLICT (id) DO UPDATE SET caller = 'nobody'",
            id="changed by a second insert",
        ),
        pytest.param(
            "INSERT INTO audit_records (at, event, caller, sources, kept_from) "
            "VALUES ('2026-11-23', 'RETENTION_APPLIED', 'x', '{}', '2099-01-01')",
            id="opened by a retention of the future",
        ),
        pytest.param(
            "INSERT INTO audit_records (at, event, caller, sources, kept_from) "
            "VALUES ('2026-11-23', 'READ', 'x', '{}', '2026-11-01')",
            id="opened by another event",
        ),
    ],
)
async def test_a_record_cannot_be(
    log: StoredAuditLog, engine: AsyncEngine, statement: str
) -> None:
    await log.write(record())

    with pytest.raises(IntegrityError):
        async with engine.begin() as connection:
            await connection.execute(text(statement))

    assert await log.page(EVERYTHING, first=10, before=None) == [
        replace(record(), id=1)
    ]


@pytest.mark.parametrize(
    ("dialect", "statement"),
    [
        pytest.param(
            "sqlite",
            "INSERT OR REPLACE INTO audit_records (id, at, event, caller, sources) "
            "VALUES (1, '2026-11-23', 'READ', 'nobody', '{}')",
            id="sqlite",
        ),
        pytest.param("postgresql", "TRUNCATE audit_records", id="postgresql"),
    ],
)
async def test_a_database_has_no_way_of_its_own_round_that(
    tmp_path: Path, postgresql: PostgreSQL, dialect: str, statement: str
) -> None:
    urls = {
        "sqlite": f"sqlite:///{tmp_path}/gateway.db",
        "postgresql": postgresql.url(await postgresql.make_database()),
    }
    await upgrade_database(urls[dialect])
    async with open_store(urls[dialect]) as store, open_audit_log(store) as log:
        await log.write(record())

        with pytest.raises(IntegrityError):
            async with store.engine.begin() as connection:
                await connection.execute(text(statement))

        assert await ids(log) == [1]


async def test_retention_removes_what_is_older_and_says_so(
    log: StoredAuditLog, store: Store
) -> None:
    for age in (3, 2, 1):
        await log.write(record(at=NOON - age * DAY))

    removed = await apply_retention(store, NOON - 2 * DAY, NOON)

    newest, *kept = await log.page(EVERYTHING, first=10, before=None)
    assert removed == 1
    assert [found.at for found in kept] == [NOON - DAY, NOON - 2 * DAY]
    assert (newest.event, newest.kept_from, newest.removed, newest.at) == (
        AuditEvent.RETENTION_APPLIED,
        NOON - 2 * DAY,
        1,
        NOON,
    )


async def test_retention_removes_more_than_one_transaction_holds(
    log: StoredAuditLog, store: Store
) -> None:
    old = record(at=NOON - 9 * DAY)
    some = REMOVED_AT_ONCE + 1
    await asyncio.gather(*(log.write(old) for _ in range(some)))

    assert await apply_retention(store, NOON - DAY, NOON) == some
    assert len(await ids(log)) == 1


async def test_a_retention_made_longer_later_brings_nothing_back_nor_opens_more(
    log: StoredAuditLog, store: Store
) -> None:
    await log.write(record(at=NOON - 3 * DAY))
    await apply_retention(store, NOON - 5 * DAY, NOON)

    with pytest.raises(IntegrityError):
        async with store.engine.begin() as connection:
            await connection.execute(text("DELETE FROM audit_records WHERE id = 1"))


@pytest.mark.parametrize(
    ("selection", "found"),
    [
        pytest.param(EVERYTHING, [4, 3, 2, 1], id="all, newest first"),
        pytest.param(AuditSelection(caller="audit"), [2], id="a caller"),
        pytest.param(AuditSelection(people=[BOB]), [3], id="a person"),
        pytest.param(AuditSelection(people=[BOB, ALICE]), [4, 3, 2, 1], id="two keys"),
        pytest.param(AuditSelection(people=[]), [], id="a person under no key"),
        pytest.param(AuditSelection(purpose=Purpose.RECOVERY), [4], id="a purpose"),
        pytest.param(AuditSelection(event=AuditEvent.ABANDONED), [3], id="an event"),
        pytest.param(AuditSelection(case_number="18"), [2], id="a case"),
        pytest.param(AuditSelection(request_id="r9"), [4], id="a request"),
        pytest.param(
            AuditSelection(event=AuditEvent.LOOKED_UP, caller="audit"),
            [2],
            id="a look-up of a caller",
        ),
        pytest.param(
            AuditSelection(event=AuditEvent.ABANDONED, people=[ALICE]),
            [],
            id="an event of nobody's",
        ),
        pytest.param(AuditSelection(from_=NOON + DAY), [4, 3], id="from, included"),
        pytest.param(AuditSelection(to=NOON + DAY), [2, 1], id="to, not included"),
        pytest.param(AuditSelection(caller="hr", to=NOON + DAY), [1], id="both"),
    ],
)
async def test_records_are_found_by(
    log: StoredAuditLog, selection: AuditSelection, found: list[int]
) -> None:
    await log.write(record())
    await log.write(record(caller="audit", case_number="18"))
    await log.write(record(person=BOB, at=NOON + DAY, event=AuditEvent.ABANDONED))
    await log.write(
        record(at=NOON + 2 * DAY, purpose=Purpose.RECOVERY, request_id="r9")
    )

    assert await ids(log, selection) == found


async def test_a_page_begins_where_the_last_one_ended(log: StoredAuditLog) -> None:
    for _ in range(5):
        await log.write(record())

    page = await log.page(EVERYTHING, first=2, before=4)

    assert [found.id for found in page] == [3, 2]


async def test_a_log_that_is_closed_takes_nothing(store: Store) -> None:
    async with open_audit_log(store) as log:
        pass

    with pytest.raises(StoreUnavailableError):
        log.require_open()
