"""A database with data goes forward, step by step, and keeps what it has."""

import asyncio
import json

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import IntegrityError

from bureau.look_ups.audit import AuditSelection
from store import postgresql
from store.audit.log import open_audit_log
from store.database import NEWEST, engine_at, open_database, step_of
from store.errors import UnusableDatabaseError
from store.migrate import upgrade_database
from store.store import open_store
from tests.store.registration.office import open_office
from tests.store.steps import BEFORE, FIRST, make_at

OLD_RECORD = """
INSERT INTO audit_records (at, event, caller, request_id, person, sources)
VALUES ('2026-11-20 08:00:00', 'LOOKED_UP', 'hr', 'old', 'p', :sources)
"""


@pytest.fixture(name="old")
async def _old(empty_database_url: str) -> str:
    """The address of a database of the first step, with a record on its log."""
    await make_at(empty_database_url, FIRST)
    sources = json.dumps({"transport": "NONE"})
    await run(empty_database_url, OLD_RECORD, sources=sources)
    return empty_database_url


async def run(url: str, statement: str, **values: object) -> None:
    """Run a statement, at whatever step the database is."""
    async with engine_at(make_url(url)) as engine, engine.begin() as connection:
        await connection.execute(text(statement), values)


async def test_what_was_on_the_log_is_there_after_the_newest_step(old: str) -> None:
    await upgrade_database(old)

    async with open_store(old) as store, open_audit_log(store) as log:
        (record,) = await log.page(AuditSelection(), first=9, before=None)

    assert (record.request_id, record.person, dict(record.sources)) == (
        *("old", "p", {"transport": "NONE"}),
    )


async def test_the_log_is_append_only_after_the_newest_step(old: str) -> None:
    await upgrade_database(old)

    async with open_database(old) as engine:
        with pytest.raises(IntegrityError):
            async with engine.begin() as connection:
                await connection.execute(text("DELETE FROM audit_records"))


async def test_connectors_can_be_registered_after_the_newest_step(old: str) -> None:
    await upgrade_database(old)

    async with open_database(old) as engine:
        draft = await open_office(engine).drafted()

    assert draft.version == 1


async def test_a_step_that_fails_on_the_way_leaves_the_step_before(old: str) -> None:
    # A later step makes a table of this name, after others.
    await run(old, "CREATE TABLE change_sequence (it INTEGER)")

    with pytest.raises(UnusableDatabaseError, match="change_sequence"):
        await upgrade_database(old)

    assert await step_of(old) == FIRST


async def test_one_step_behind_is_taken_to_the_newest(empty_database_url: str) -> None:
    await make_at(empty_database_url, BEFORE)

    assert await upgrade_database(empty_database_url) == BEFORE
    assert await step_of(empty_database_url) == NEWEST


async def test_a_new_one_is_made(empty_database_url: str) -> None:
    assert await upgrade_database(empty_database_url) is None
    assert await step_of(empty_database_url) == NEWEST


async def test_a_second_upgrade_finds_nothing_to_do(database_url: str) -> None:
    assert await upgrade_database(database_url) == NEWEST
    assert await step_of(database_url) == NEWEST


async def test_of_several_at_once_one_takes_the_steps(empty_database_url: str) -> None:
    await make_at(empty_database_url, BEFORE)

    found = await asyncio.gather(
        *(upgrade_database(empty_database_url) for _ in range(8))
    )

    assert sorted(map(str, found)) == [BEFORE, *(NEWEST,) * 7]


@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
async def test_no_step_is_taken_under_gateways_that_are_at_work(
    empty_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgresql, "LEAVE_SECONDS", 0.2)
    await make_at(empty_database_url, BEFORE)
    address = make_url(empty_database_url)
    async with engine_at(address) as older, older.connect():
        with pytest.raises(UnusableDatabaseError, match="1 connections of gateways"):
            await upgrade_database(empty_database_url)

    assert await step_of(empty_database_url) == BEFORE
    monkeypatch.undo()
    assert await upgrade_database(empty_database_url) == BEFORE
    # Of the step that is there any number may be: that is how they are replaced.
    async with engine_at(address) as same, same.connect():
        assert await upgrade_database(empty_database_url) == NEWEST


async def test_one_of_a_newer_gateway_is_not_touched(database_url: str) -> None:
    await run(database_url, "UPDATE alembic_version SET version_num = '9999'")

    with pytest.raises(UnusableDatabaseError, match="at step 9999, this gateway knows"):
        await upgrade_database(database_url)

    assert await step_of(database_url) == "9999"
