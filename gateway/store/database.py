"""Open the database and bring it to the newest step.

SQLite in WAL mode with ``synchronous = FULL``: what was committed survives the loss
of the process and of power. Transactions begin where SQLAlchemy says so (the driver
would begin them later, and not at all before DDL), and writers queue at once instead
of failing when a reader turns into one.
"""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from gateway.errors import StartError

BUSY_SECONDS = 5
BUSY_PAUSE_SECONDS = 0.02
PRAGMAS = (
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
)
READS = "gateway_reads"
"""The execution option of a connection that never writes, and so need not queue."""
NEWEST = "0002"
"""The newest step; a test compares it with ``migrations``."""


@asynccontextmanager
async def open_database(url: str) -> AsyncIterator[AsyncEngine]:
    """Open the database at ``url`` and bring it to the newest step.

    Raises:
        StartError: it cannot be opened, or is of a newer gateway.
    """
    path = Path(make_url(url).database or "")
    _make(path)
    _keep_a_write_ahead_log(path)
    engine = create_async_engine(
        url.replace("sqlite://", "sqlite+aiosqlite://", 1),
        connect_args={"timeout": BUSY_SECONDS},
    )
    event.listen(engine.sync_engine, "connect", _prepare)
    event.listen(engine.sync_engine, "begin", _begin)
    try:
        try:
            async with engine.begin() as connection:
                await connection.run_sync(_migrate)
        except (SQLAlchemyError, sqlite3.Error) as error:
            cause = getattr(error, "orig", None) or error
            raise StartError(f"database {path}: {cause}") from None
        yield engine
    finally:
        await engine.dispose()


def open_waiting(url: URL) -> Engine:
    """Open the SQLite database at ``url`` for a thread that may wait for it."""
    engine = create_engine(
        url.set(drivername="sqlite"), connect_args={"timeout": BUSY_SECONDS}
    )
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _make(path: Path) -> None:
    """Make an empty file that nobody else may read, where there is none."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # SQLite's other files take over the rights of this one.
        path.touch(mode=0o600)
    except OSError as error:
        raise StartError(f"database_url: {path}: {error.strerror}") from None


def _keep_a_write_ahead_log(path: Path) -> None:
    """Have SQLite write ahead; the file remembers it.

    SQLite answers at once, and does not wait, where two ask this of a new file.
    """
    deadline = monotonic() + BUSY_SECONDS
    while True:
        try:
            with closing(sqlite3.connect(path, timeout=BUSY_SECONDS)) as connection:
                connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.Error as error:
            busy = getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_BUSY
            if not busy or monotonic() > deadline:
                raise StartError(f"database {path}: {error}") from None
            sleep(BUSY_PAUSE_SECONDS)
        else:
            return


async def prepare_database(url: str) -> None:
    """Bring the database at ``url`` to the newest step, and close it again.

    Raises:
        StartError: it cannot be opened, or is of a newer gateway.
    """
    async with open_database(url):
        pass


def _prepare(connection: Any, _record: object) -> None:  # noqa: ANN401 - DB-API
    # None: the driver begins no transactions of its own.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _begin(connection: Connection) -> None:
    reads = connection.get_execution_options().get(READS, False)
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def _migrate(connection: Connection) -> None:
    found = MigrationContext.configure(connection).get_current_revision()
    if found == NEWEST:
        return
    if found is not None and found > NEWEST:
        raise StartError(
            f"the database is at step {found}, this gateway knows {NEWEST}; "
            "run the newer gateway, or another database_url"
        )
    config = Config()
    config.set_main_option("script_location", "gateway.store:migrations")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
