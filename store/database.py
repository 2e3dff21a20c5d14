"""Open the database and bring it to the newest step.

``sqlite:///`` names a file, for a gateway that stands alone; ``postgresql://`` a
database that several share. What differs between the two is in ``sqlite`` and
``postgresql``; statements and steps are the same, and so is the suite that tests them.
"""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
from sqlalchemy import URL, Connection, inspect
from sqlalchemy.engine import make_url
from sqlalchemy.exc import (
    ArgumentError,
    DataError,
    DBAPIError,
    IntegrityError,
    SQLAlchemyError,
)
from sqlalchemy.ext.asyncio import AsyncEngine

from store.errors import UnusableDatabaseError
from store.postgresql import postgresql_engine, wait_for_turn
from store.sqlite import make_file, sqlite_engine

SQLITE = "sqlite"
POSTGRESQL = "postgresql"
NEWEST = "0007"
"""The newest step; a test compares it with ``migrations``."""
DATABASE_ERRORS = (
    SQLAlchemyError,
    sqlite3.Error,
    # SQLAlchemy lets what goes wrong while connecting pass as the driver has it.
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    OSError,
)
"""What a database that is away, busy, full or broken raises."""


@asynccontextmanager
async def open_database(url: str) -> AsyncIterator[AsyncEngine]:
    """Open the database at ``url`` and bring it to the newest step.

    Raises:
        UnusableDatabaseError: it cannot be opened, or is of a newer gateway.
    """
    address = read_database_url(url)
    engine = _engine(address)
    try:
        try:
            async with engine.begin() as connection:
                await connection.run_sync(_migrate)
        except DATABASE_ERRORS as error:
            cause = getattr(error, "orig", None) or error
            raise UnusableDatabaseError(f"database {shown(address)}: {cause}") from None
        yield engine
    finally:
        await engine.dispose()


async def prepare_database(url: str) -> None:
    """Bring the database at ``url`` to the newest step, and close it again.

    Raises:
        UnusableDatabaseError: it cannot be opened, or is of a newer gateway.
    """
    async with open_database(url):
        pass


def read_database_url(url: str) -> URL:
    """Return ``url`` taken apart.

    Raises:
        UnusableDatabaseError: it is none.
    """
    try:
        return make_url(url)
    except (ArgumentError, ValueError):
        # Not repeated: a password may be in it.
        raise UnusableDatabaseError("database_url is no database's address") from None


def shown(url: URL) -> str:
    """Return what may be said of ``url``: which database, and no password."""
    if url.get_backend_name() == SQLITE:
        return url.database or ""
    return url.set(query={}).render_as_string(hide_password=True)


def refuses_the_row(error: Exception) -> bool:
    """Say whether ``error`` is about the rows alone, while the database works.

    Such rows will never be written, however often they are tried.
    """
    if isinstance(error, DBAPIError):
        # What PostgreSQL's driver cannot put into its protocol is a DataError of its
        # own, which SQLAlchemy takes for one of the connection.
        causes = (error.orig, getattr(error.orig, "__cause__", None))
        return isinstance(error, (DataError, IntegrityError)) or any(
            isinstance(cause, asyncpg.DataError) for cause in causes
        )
    # Of SQLite's driver itself; a text that is no Unicode is a ValueError to it.
    return isinstance(error, (sqlite3.DataError, sqlite3.IntegrityError, ValueError))


def _engine(url: URL) -> AsyncEngine:
    if url.get_backend_name() == POSTGRESQL:
        return postgresql_engine(url)
    make_file(Path(url.database or ""))
    return sqlite_engine(url)


def _migrate(connection: Connection) -> None:
    if connection.dialect.name == POSTGRESQL:
        wait_for_turn(connection)
    found = _step(connection)
    if found == NEWEST:
        return
    if found is not None and found > NEWEST:
        raise UnusableDatabaseError(
            f"the database is at step {found}, this gateway knows {NEWEST}; "
            "run the newer gateway, or another database_url"
        )
    # Alembic takes 11 MB of memory, and most starts have no step to take.
    from store.migrate import take_steps  # noqa: PLC0415 - as said

    take_steps(connection)


def _step(connection: Connection) -> str | None:
    """Return at which step the tables are, as Alembic notes it; ``None`` if at none."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.exec_driver_sql("SELECT version_num FROM alembic_version")
    step: str | None = found.scalar()
    return step
