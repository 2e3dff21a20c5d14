"""What is being asked is on the log before it is answered; how it ended follows."""

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import msgspec
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bureau.look_ups.audit import AuditEvent, AuditRecord, AuditSelection, Intent
from bureau.look_ups.budget import OverBudgetError
from connectors.errors import StoreUnavailableError
from gateway.settings.http import Http
from store.audit import log as audit
from store.audit.intents import UNCONFIRMED_SECONDS
from store.audit.log import WAIT_SECONDS, StoredAuditLog, open_audit_log
from store.audit.waiting import INTEND_SECONDS
from store.store import Store, open_store
from tests.store.audit.records import ALICE, BOB, NOON, record
from tests.store.audit.test_log_failing import Seen, opened_again, table_away
from tests.store.audit.test_people import CAROL, two

ASKED = record(event=AuditEvent.UNCONFIRMED, sources={}, certificates=None)
LONG = UNCONFIRMED_SECONDS + 1


async def events(log: StoredAuditLog) -> list[AuditRecord]:
    """Return what is on the log, oldest first."""
    page = await log.page(AuditSelection(), first=100, before=None)
    return [replace(found, id=None) for found in reversed(page)]


async def intended(engine: AsyncEngine) -> int:
    """Return how many questions are under way, as the database has it."""
    async with engine.connect() as connection:
        found = await connection.scalar(text("SELECT count(*) FROM audit_intents"))
    return int(found or 0)


async def durable(log: StoredAuditLog, asked: AuditRecord = ASKED) -> Intent:
    """Put on the log that somebody is being asked about, and wait until it is there."""
    intent = log.intend(lambda: asked)
    async with asyncio.timeout(5):
        while intent.kept is None or not intent.kept.done():  # noqa: ASYNC110 - nobody waits for it in earnest
            await asyncio.sleep(0.005)
    return intent


@asynccontextmanager
async def nobody_writes(engine: AsyncEngine) -> AsyncIterator[None]:
    """Let all who write wait."""
    async with engine.begin() as other:
        if engine.dialect.name == "postgresql":
            await other.execute(text("LOCK TABLE audit_records IN EXCLUSIVE MODE"))
        yield


async def aged(engine: AsyncEngine, seconds: float) -> None:
    """Let what is under way have begun so much earlier."""
    async with engine.begin() as connection:
        await connection.execute(
            text("UPDATE audit_intents SET began = began - :seconds"),
            {"seconds": int(seconds)},
        )


def test_no_request_may_take_as_long_as_a_look_up_is_waited_for() -> None:
    longest = UNCONFIRMED_SECONDS - WAIT_SECONDS - 1

    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"request_seconds": longest}, Http)


async def test_what_is_asked_is_kept_while_it_is_asked(
    log: StoredAuditLog, engine: AsyncEngine
) -> None:
    intent = await durable(log)

    assert (await intended(engine), await events(log)) == (1, [])

    await log.write(record(), intent)
    await log.write(record(person=BOB))

    assert (await intended(engine), await events(log)) == (
        0,
        [record(), record(person=BOB)],
    )


async def test_an_answer_waits_for_no_second_commit(
    log: StoredAuditLog, engine: AsyncEngine
) -> None:
    intent = await durable(log)
    async with nobody_writes(engine):
        await log.write(record(), intent)

        assert await events(log) == []


async def test_what_is_answered_at_once_is_one_record_and_one_commit(
    store: Store,
) -> None:
    seen = Seen()
    async with open_audit_log(store, seen) as log:
        await log.write(record(), log.intend(lambda: ASKED))
        await asyncio.sleep(INTEND_SECONDS * 5)

        assert await events(log) == [record()]

    assert seen.written == [1]


async def test_what_nobody_ended_is_on_the_log_as_unconfirmed(store: Store) -> None:
    seen = Seen()
    async with open_audit_log(store) as dead:
        await durable(dead)
    assert await intended(store.engine) == 1

    async with open_audit_log(store, seen) as log:
        await log.restore(NOON)
        await log.write(record(person=BOB))
        assert await events(log) == [record(person=BOB)]

    await aged(store.engine, LONG)
    async with open_audit_log(store, seen) as log:
        await log.restore(NOON)
        await log.settle()

        assert await events(log) == [record(person=BOB), ASKED]
    assert (await intended(store.engine), seen.unconfirmed) == (0, 1)


async def test_whoever_was_only_frozen_says_how_it_ended(
    database_url: str,
) -> None:
    async with (
        open_store(database_url) as store,
        open_audit_log(store) as log,
        open_audit_log(store) as other,
    ):
        intent = await durable(log)
        await aged(store.engine, LONG)
        await other.restore(NOON)
        await other.settle()

        await log.write(record(), intent)
        await log.write(record(person=BOB))

        assert await events(other) == [ASKED, record(), record(person=BOB)]


async def test_who_gave_up_is_on_the_log_once(
    log: StoredAuditLog, engine: AsyncEngine
) -> None:
    intent = await durable(log)
    abandoned = replace(ASKED, event=AuditEvent.ABANDONED)

    log.note(abandoned, intent)
    await log.write(record(person=BOB))

    assert await events(log) == [abandoned, record(person=BOB)]
    assert await intended(engine) == 0


async def test_whoever_gives_up_at_once_is_on_the_log_once(
    log: StoredAuditLog, engine: AsyncEngine
) -> None:
    abandoned = replace(ASKED, event=AuditEvent.ABANDONED)
    log.note(abandoned, log.intend(lambda: ASKED))
    await asyncio.sleep(INTEND_SECONDS * 5)
    await log.write(record(person=BOB))

    assert await events(log) == [abandoned, record(person=BOB)]
    assert await intended(engine) == 0


async def test_who_is_being_asked_about_counts_for_every_gateway(
    database_url: str,
) -> None:
    async with two(database_url) as (one, other):
        for person in (ALICE, BOB):
            one.budget.admit("hr", [person], NOON.date())
            await durable(one.log, replace(ASKED, person=person))

        with pytest.raises(OverBudgetError) as refused:
            await other.look_up(CAROL)

        assert refused.value.is_late
    async with two(database_url) as (restarted, _):
        with pytest.raises(OverBudgetError) as refused:
            await restarted.look_up(CAROL)

        assert not refused.value.is_late


async def test_over_the_budget_is_said_with_how_it_ended(database_url: str) -> None:
    async with two(database_url) as (one, other):
        for person in (ALICE, BOB):
            await one.look_up(person)
        asked = replace(ASKED, person=CAROL)
        other.budget.admit("hr", [CAROL], NOON.date())
        intent = await durable(other.log, asked)

        with pytest.raises(OverBudgetError) as refused:
            await other.log.write(record(person=CAROL), intent)

        assert (refused.value.is_late, refused.value.found) == (True, 3)
        # What is noted is kept with the next record, at the latest.
        await one.look_up(ALICE)
        await other.look_up(ALICE)
        (late,) = [one for one in await events(one.log) if one.person == CAROL]
        over = AuditEvent.OVER_BUDGET
        assert late == record(person=CAROL, event=over, certificates=None)


async def test_what_cannot_be_intended_is_not_answered(
    log: StoredAuditLog, engine: AsyncEngine
) -> None:
    async with table_away(engine, "audit_intents"):
        intent = log.intend(lambda: ASKED)
        await asyncio.sleep(INTEND_SECONDS * 50)

        with pytest.raises(StoreUnavailableError):
            await log.write(record(), intent)

    await opened_again(log)
    assert await events(log) == [replace(ASKED, event=AuditEvent.ABANDONED)]
    assert await intended(engine) == 0


async def test_what_was_refused_and_nobody_waits_for_breaks_nothing(
    log: StoredAuditLog, engine: AsyncEngine
) -> None:
    broken: list[object] = []
    asyncio.get_running_loop().set_exception_handler(
        lambda _, context: broken.append(context)
    )
    async with table_away(engine, "audit_intents"):
        intent = log.intend(lambda: ASKED)
        async with asyncio.timeout(5):
            while intent.kept is None or not intent.kept.done():  # noqa: ASYNC110 - nobody waits for it
                await asyncio.sleep(0.005)
    await opened_again(log)
    await log.write(record())
    del intent
    gc.collect()

    assert broken == []


async def test_how_it_ended_is_kept_once_the_log_is_back(
    log: StoredAuditLog, engine: AsyncEngine
) -> None:
    intent = await durable(log)
    async with table_away(engine):
        await log.write(record(), intent)
        await asyncio.sleep(audit.RETRY_SECONDS / 2)
    await opened_again(log)

    assert (await events(log), await intended(engine)) == ([record()], 0)
