"""The database is made by steps, which the tables and their triggers agree with.

Whoever opens it takes none: at another step it is refused, and left as it is.
"""

import asyncio
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Table, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine

from store import documents, used_tokens
from store.audit import tables as audit_tables
from store.collection import tables as collection_tables
from store.columns import metadata
from store.credentials import tables as credential_tables
from store.database import NEWEST, open_database, step_of
from store.errors import UnusableDatabaseError
from store.ledger import basis_tables, payment_tables, recheck_tables, sum_tables
from store.ledger import tables as ledger_tables
from store.migrate import upgrade_database
from store.quality import tables as quality_tables
from store.registration import tables as registration_tables
from store.status import tables as state_tables
from store.transparency import tables as transparency_tables
from tests.postgresql import PostgreSQL
from tests.store.steps import BEFORE, make_at

NOBODY = 65_534


def url(folder: Path) -> str:
    return f"sqlite:///{folder}/gateway.db"


def test_the_newest_step_is_the_one_that_is_asked_for() -> None:
    config = Config()
    config.set_main_option("script_location", "store:migrations")

    assert ScriptDirectory.from_config(config).get_heads() == [NEWEST]


TABLES = (
    *(audit_tables, collection_tables, ledger_tables, quality_tables),
    *(registration_tables, state_tables, used_tokens, documents),
    *(
        basis_tables,
        credential_tables,
        payment_tables,
        recheck_tables,
        sum_tables,
        transparency_tables,
    ),
)
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


async def test_at_the_step_before_it_is_refused_and_stays_there(
    empty_database_url: str,
) -> None:
    await make_at(empty_database_url, BEFORE)

    with pytest.raises(
        UnusableDatabaseError,
        match=f"at step {BEFORE}, this gateway needs step {NEWEST}; "
        "run: gateway database upgrade",
    ):
        async with open_database(empty_database_url):
            pass

    assert await step_of(empty_database_url) == BEFORE


async def test_with_nothing_in_it_it_is_refused_and_stays_so(
    empty_database_url: str, tmp_path: Path
) -> None:
    with pytest.raises(UnusableDatabaseError, match="at no step, this gateway needs"):
        async with open_database(empty_database_url):
            pass

    assert await step_of(empty_database_url) is None
    assert os.listdir(tmp_path) == []  # noqa: PTH208


async def test_who_looks_waits_for_nobody_who_writes(tmp_path: Path) -> None:
    await upgrade_database(url(tmp_path))
    with closing(sqlite3.connect(tmp_path / "gateway.db")) as writing:
        writing.execute("BEGIN IMMEDIATE")

        async with asyncio.timeout(2), open_database(url(tmp_path)):
            pass


async def test_a_postgresql_that_is_only_read_is_opened(postgresql: PostgreSQL) -> None:
    name = await postgresql.make_database()
    await upgrade_database(postgresql.url(name))
    await postgresql.run(
        f"ALTER DATABASE {name} SET default_transaction_read_only = on"
    )

    async with open_database(postgresql.url(name)):
        assert await step_of(postgresql.url(name)) == NEWEST


@contextmanager
def only_read(folder: Path) -> Iterator[None]:
    """Take the right to write ``folder`` from whoever runs the tests."""
    runs_them = os.geteuid()
    for path in (*folder.iterdir(), folder):
        path.chmod(path.stat().st_mode & ~0o222 | 0o555)
    if runs_them == 0:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(runs_them)
        folder.chmod(0o700)


async def test_a_file_that_may_only_be_read_is_opened() -> None:
    # Not in the folder of the tests, which others may not enter.
    with tempfile.TemporaryDirectory() as made:
        address = url(Path(made))
        await upgrade_database(address)
        with closing(sqlite3.connect(f"{made}/gateway.db")) as writer:
            # SQLite reads what is written ahead only where its index is.
            writer.execute("SELECT version_num FROM alembic_version").fetchall()
            with only_read(Path(made)):
                async with open_database(address) as engine:
                    with pytest.raises(OperationalError, match="readonly database"):
                        async with engine.begin() as connection:
                            await connection.execute(text("DELETE FROM used_tokens"))


def modes(folder: Path) -> set[int]:
    """Return the access rights of the database's files."""
    return {path.stat().st_mode & 0o777 for path in folder.glob("gateway.db*")}


async def test_nobody_else_may_read_the_files(tmp_path: Path) -> None:
    await upgrade_database(url(tmp_path))

    async with open_database(url(tmp_path)):
        assert modes(tmp_path) == {0o600}


async def test_several_may_make_a_new_one_at_once(tmp_path: Path) -> None:
    for name in range(8):
        # Of one database the race is rarely met.
        address = f"sqlite:///{tmp_path}/{name}.db"
        await asyncio.gather(*(upgrade_database(address) for _ in range(8)))


async def test_several_gateways_may_start_on_one_postgresql_at_once(
    postgresql: PostgreSQL,
) -> None:
    url = postgresql.url(await postgresql.make_database())

    await asyncio.gather(*(upgrade_database(url) for _ in range(8)))


async def test_on_postgresql_a_commit_waits_for_the_disk(
    postgresql: PostgreSQL,
) -> None:
    name = await postgresql.make_database()
    await upgrade_database(postgresql.url(name))
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

        for opened in (upgrade_database, step_of):
            with pytest.raises(
                UnusableDatabaseError, match=r"gateway\.db: database is locked"
            ):
                await opened(url(tmp_path))


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
        await upgrade_database(f"sqlite:///{tmp_path}/file/gateway.db")


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
    await upgrade_database(url(tmp_path))

    async with open_database(url(tmp_path)) as engine, engine.connect() as connection:
        assert await connection.scalar(text(f"PRAGMA {pragma}")) == value
