"""SQLite: one file in WAL mode, the database of a gateway that stands alone.

``synchronous = FULL``: what was committed survives the loss of the process and of
power. Transactions begin where SQLAlchemy says so (the driver would begin them later,
and not at all before DDL), and writers queue at once instead of failing when a reader
turns into one.
"""

import sqlite3
from contextlib import closing
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from store.errors import UnusableDatabaseError

BUSY_SECONDS = 5
BUSY_PAUSE_SECONDS = 0.02
PRAGMAS = (
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
)
READS = "gateway_reads"
"""The execution option of a connection that never writes, and so need not queue."""


def make_file(path: Path) -> None:
    """Make an empty database at ``path`` that nobody else may read, if none is there.

    Raises:
        UnusableDatabaseError: it cannot be made, or is no database.
    """
    _make(path)
    keep_a_write_ahead_log(path)


def keep_a_write_ahead_log(path: Path) -> None:
    """Have SQLite write ahead; the file remembers it.

    SQLite answers at once, and does not wait, where two ask this of a new file.

    Raises:
        UnusableDatabaseError: it cannot, or it is no database.
    """
    deadline = monotonic() + BUSY_SECONDS
    while True:
        try:
            with closing(sqlite3.connect(path, timeout=BUSY_SECONDS)) as connection:
                connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.Error as error:
            busy = getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_BUSY
            if not busy or monotonic() > deadline:
                raise UnusableDatabaseError(f"database {path}: {error}") from None
            sleep(BUSY_PAUSE_SECONDS)
        else:
            return


def sqlite_engine(url: URL) -> AsyncEngine:
    """Return an engine for the file of ``url``."""
    engine = create_async_engine(
        url.set(drivername="sqlite+aiosqlite"), connect_args={"timeout": BUSY_SECONDS}
    )
    event.listen(engine.sync_engine, "connect", _prepare)
    event.listen(engine.sync_engine, "begin", _begin)
    return engine


def open_waiting(url: URL) -> Engine:
    """Open the database at ``url`` for a thread that may wait for it."""
    engine = create_engine(
        url.set(drivername="sqlite"), connect_args={"timeout": BUSY_SECONDS}
    )
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _make(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # SQLite's other files take over the rights of this one.
        path.touch(mode=0o600)
    except OSError as error:
        raise UnusableDatabaseError(f"database_url: {path}: {error.strerror}") from None


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
