"""Who looked under a matter is found, in order and page by page, by an index."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from bureau.look_ups.audit import AuditSelection
from connectors.elements import Elements
from store.audit.log import StoredAuditLog
from store.store import Store
from tests.store.audit.records import NOON, record

ELEMENTS = Elements(
    organisation="上海市浦东新区人力资源和社会保障局",
    officer="0f" * 32,
    matter_code="000514009000",
    matter_name="职业技能提升补贴申领",
    business_number="2026-11-23-000017",
)
OF_MATTER = AuditSelection(elements=Elements(matter_code=ELEMENTS.matter_code))
SECOND = timedelta(seconds=1)


async def requests(
    log: StoredAuditLog, selection: AuditSelection, before: int | None = None
) -> list[str | None]:
    page = await log.page(selection, first=2, before=before)
    return [found.request_id for found in page]


async def test_all_five_come_back(log: StoredAuditLog) -> None:
    await log.write(record(elements=ELEMENTS))

    (found,) = await log.page(AuditSelection(), first=9, before=None)
    assert found.elements == ELEMENTS


@pytest.mark.parametrize(
    "selection",
    [
        AuditSelection(elements=Elements(organisation=ELEMENTS.organisation)),
        OF_MATTER,
        AuditSelection(elements=Elements(matter_name=ELEMENTS.matter_name)),
        AuditSelection(elements=Elements(business_number=ELEMENTS.business_number)),
        AuditSelection(officers=["00" * 32, "0f" * 32]),
    ],
)
async def test_each_selects(log: StoredAuditLog, selection: AuditSelection) -> None:
    await log.write(record(elements=ELEMENTS, request_id="stated"))
    await log.write(record(request_id="not stated"))

    assert await requests(log, selection) == ["stated"]


async def test_pages_go_back_in_time_whatever_order_they_were_written_in(
    log: StoredAuditLog,
) -> None:
    for place, seconds in enumerate((3, 1, 2, 2)):
        at = NOON + seconds * SECOND
        await log.write(record(elements=ELEMENTS, at=at, request_id=f"{place}"))

    first = await log.page(OF_MATTER, first=2, before=None)
    assert [found.request_id for found in first] == ["0", "3"]
    assert await requests(log, OF_MATTER, first[-1].id) == ["2", "1"]


async def test_a_page_after_one_that_was_removed_is_empty(log: StoredAuditLog) -> None:
    await log.write(record(elements=ELEMENTS))

    assert await requests(log, OF_MATTER, 99) == []


async def test_days_of_a_matter_are_read_from_its_index(
    log: StoredAuditLog, store: Store
) -> None:
    await log.write(record(elements=ELEMENTS))
    is_sqlite = store.engine.dialect.name == "sqlite"
    question = (
        "SELECT * FROM audit_records WHERE matter_code = '000514009000'"
        " AND at >= '2026-11-23 00:00:00' AND at < '2026-11-24 00:00:00'"
        " ORDER BY at DESC, id DESC LIMIT 51"
    )

    async with store.engine.begin() as connection:
        if not is_sqlite:
            # One row is read faster without any index.
            await connection.execute(text("SET LOCAL enable_seqscan = off"))
            await connection.execute(text("SET LOCAL enable_bitmapscan = off"))
        explain = "EXPLAIN QUERY PLAN " if is_sqlite else "EXPLAIN "
        plan = str((await connection.execute(text(explain + question))).all())

    assert "audit_records_by_matter" in plan
    assert "SORT" not in plan.upper()
    assert "TEMP B-TREE" not in plan.upper()


async def test_elements_are_not_changed_on_the_log(
    log: StoredAuditLog, engine: AsyncEngine
) -> None:
    await log.write(record(elements=ELEMENTS))

    with pytest.raises(IntegrityError, match="append-only"):
        async with engine.begin() as connection:
            await connection.execute(text("UPDATE audit_records SET officer = NULL"))
