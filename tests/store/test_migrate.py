"""A database with data goes forward, step by step, and keeps what it has."""

import json
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from bureau.look_ups.audit import AuditSelection
from store.audit.log import open_audit_log
from store.database import open_database
from store.errors import UnusableDatabaseError
from store.postgresql import postgresql_engine
from store.sqlite import make_file, sqlite_engine
from store.store import open_store
from tests.store.registration.office import open_office

FIRST = "0001"
OLD_RECORD = """
INSERT INTO audit_records (at, event, caller, request_id, person, sources)
VALUES ('2026-11-20 08:00:00', 'LOOKED_UP', 'hr', 'old', 'p', :sources)
"""


def engine_at(url: str) -> AsyncEngine:
    address = make_url(url)
    if address.get_backend_name() == "postgresql":
        return postgresql_engine(address)
    make_file(Path(address.database or ""))
    return sqlite_engine(address)


def to_the_first_step(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", "store:migrations")
    config.attributes["connection"] = connection
    command.upgrade(config, FIRST)


@pytest.fixture(name="old")
async def _old(database_url: str) -> str:
    """The address of a database of the first step, with a record on its log."""
    engine = engine_at(database_url)
    async with engine.begin() as connection:
        await connection.run_sync(to_the_first_step)
        sources = json.dumps({"transport": "NONE"})
        await connection.execute(text(OLD_RECORD), {"sources": sources})
    await engine.dispose()
    return database_url


async def test_what_was_on_the_log_is_there_after_the_newest_step(old: str) -> None:
    async with open_store(old) as store, open_audit_log(store) as log:
        (record,) = await log.page(AuditSelection(), first=9, before=None)

    assert (record.request_id, record.person, dict(record.sources)) == (
        *("old", "p", {"transport": "NONE"}),
    )


async def test_the_log_is_append_only_after_the_newest_step(old: str) -> None:
    async with open_database(old) as engine:
        with pytest.raises(IntegrityError):
            async with engine.begin() as connection:
                await connection.execute(text("DELETE FROM audit_records"))


async def test_connectors_can_be_registered_after_the_newest_step(old: str) -> None:
    async with open_database(old) as engine:
        draft = await open_office(engine).drafted()

    assert draft.version == 1


async def test_a_step_that_fails_on_the_way_leaves_the_step_before(old: str) -> None:
    engine = engine_at(old)
    async with engine.begin() as connection:
        # The newest step makes a table of this name, after others.
        await connection.execute(text("CREATE TABLE change_sequence (it INTEGER)"))
    await engine.dispose()

    with pytest.raises(UnusableDatabaseError, match="change_sequence"):
        async with open_database(old):
            pass

    engine = engine_at(old)
    async with engine.connect() as connection:
        step = await connection.scalar(text("SELECT version_num FROM alembic_version"))
    await engine.dispose()
    assert step == FIRST
