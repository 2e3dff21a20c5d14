"""The database is made by steps, which the tables and their triggers agree with."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Table, text
from sqlalchemy.ext.asyncio import AsyncEngine

from store.collection import tables as collection_tables
from store.columns import metadata
from store.database import NEWEST, open_database
from store.errors import UnusableDatabaseError
from store.ledger import tables as ledger_tables
from store.registration import tables
from store.status import tables as state_tables
from tests.postgresql import PostgreSQL


def url(folder: Path) -> str:
    return f"sqlite:///{folder}/gateway.db"


def test_the_newest_step_is_the_one_that_is_asked_for() -> None:
    config = Config()
    config.set_main_option("script_location", "store:migrations")

    assert ScriptDirectory.from_config(config).get_heads() == [NEWEST]


TABLES = (collection_tables, ledger_tables, state_tables, tables)
"""Imported, a module adds its tables to ``metadata``."""


async def test_the_steps_make_the_tables(engine: AsyncEngine) -> None:
    assert set(metadata.tables) == {
        table.name
        for module in TABLES
        for table in vars(module).values()
        if isinstance(table, Table)
    }

    def differences(connection: Connection) -> object:
        return compare_metadata(MigrationContext.configure(connection), metadata)

    async with engine.connect() as connection:
        found = await connection.run_sync(differences)

    assert found == []


async def test_a_database_is_opened_again_as_it_is(database_url: str) -> None:
    async with open_database(database_url):
        pass

    async with open_database(database_url) as engine, engine.connect() as connection:
        step = await connection.scalar(text("SELECT version_num FROM alembic_version"))

    assert step == NEWEST


def modes(folder: Path) -> set[int]:
    """Return the access rights of the database's files."""
    return {path.stat().st_mode & 0o777 for path in folder.glob("gateway.db*")}


async def test_nobody_else_may_read_the_files(tmp_path: Path) -> None:
    async with open_database(url(tmp_path)):
        assert modes(tmp_path) == {0o600}


async def test_several_may_open_a_new_one_at_once(tmp_path: Path) -> None:
    async def opened(name: int) -> None:
        async with open_database(f"sqlite:///{tmp_path}/{name}.db"):
            pass

    for name in range(20):
        # Of one database the race is rarely met.
        await asyncio.gather(*(opened(name) for _ in range(8)))


async def test_several_gateways_may_start_on_one_postgresql_at_once(
    postgresql: PostgreSQL,
) -> None:
    url = postgresql.url(await postgresql.make_database())

    async def opened() -> None:
        async with open_database(url):
            pass

    await asyncio.gather(*(opened() for _ in range(8)))


async def test_on_postgresql_a_commit_waits_for_the_disk(
    postgresql: PostgreSQL,
) -> None:
    name = await postgresql.make_database()
    await postgresql.run(f"ALTER DATABASE {name} SET synchronous_commit = off")

    async with (
        open_database(postgresql.url(name)) as engine,
        engine.connect() as connection,
    ):
        assert await connection.scalar(text("SHOW synchronous_commit")) == "on"


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("postgresql://gateway:SECRET@127.0.0.1:1/gateway", id="nobody"),
        pytest.param(
            "postgresql://gateway:SECRET@/gateway?host=/nowhere", id="no socket"
        ),
        pytest.param("postgresql://gateway:SECRET@127.0.0.1:port/x", id="no address"),
    ],
)
async def test_a_postgresql_that_is_not_there_stops_the_start_and_tells_no_password(
    address: str,
) -> None:
    with pytest.raises(UnusableDatabaseError, match="database") as refused:
        async with open_database(address):
            pass

    assert "SECRET" not in str(refused.value)


async def test_a_database_locked_for_good_stops_the_start(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "gateway.db")) as connection:
        connection.execute("CREATE TABLE held (it)")
        connection.execute("BEGIN EXCLUSIVE")

        with pytest.raises(
            UnusableDatabaseError, match=r"gateway\.db: database is locked"
        ):
            async with open_database(url(tmp_path)):
                pass


async def test_a_database_of_a_newer_gateway_stops_the_start(database_url: str) -> None:
    async with open_database(database_url) as engine, engine.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num='9999'"))

    with pytest.raises(UnusableDatabaseError, match="at step 9999, this gateway knows"):
        async with open_database(database_url):
            pass


async def test_a_file_that_is_no_database_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "gateway.db").write_bytes(b"no database, but long enough for one" * 99)

    with pytest.raises(
        UnusableDatabaseError, match=r"gateway\.db: file is not a database"
    ):
        async with open_database(url(tmp_path)):
            pass


async def test_a_folder_that_cannot_be_made_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(UnusableDatabaseError, match="database_url"):
        async with open_database(f"sqlite:///{tmp_path}/file/gateway.db"):
            pass


@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        pytest.param("journal_mode", "wal", id="readers do not stop the writer"),
        pytest.param("synchronous", 2, id="FULL: a commit survives loss of power"),
    ],
)
async def test_every_connection_is_set_up(
    tmp_path: Path, pragma: str, value: object
) -> None:
    async with open_database(url(tmp_path)) as engine, engine.connect() as connection:
        assert await connection.scalar(text(f"PRAGMA {pragma}")) == value
