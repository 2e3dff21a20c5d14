"""Open the database, if it is at the step that this gateway knows.

Whoever opens it changes nothing of it: steps are taken where that is asked for
(``migrate``), and a file that is not there is not made. ``sqlite:///`` names a file,
for a gateway that stands alone; ``postgresql://`` a database that several share. What
differs between the two is in ``sqlite`` and ``postgresql``; statements and steps are
the same, and so is the suite that tests them.
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from sqlalchemy import URL, Connection, inspect
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine

from store.driver_errors import DATABASE_ERRORS
from store.errors import UnusableDatabaseError
from store.postgresql import (
    BY_TRANSACTION,
    POOLED,
    STATEMENT_SECONDS,
    lacking,
    postgresql_engine,
)
from store.sqlite import READS, sqlite_engine

SQLITE = "sqlite"
POSTGRESQL = "postgresql"
NEWEST = "0024"
"""The newest step; a test compares it with ``migrations``."""


@asynccontextmanager
async def open_database(url: str) -> AsyncIterator[AsyncEngine]:
    """Open the database at ``url``.

    Raises:
        UnusableDatabaseError: there is none, it cannot be opened, it is at another step
            than the newest, or a pooler keeps settings to itself.
    """
    address = read_database_url(url)
    async with engine_at(address) as engine:
        found = await _step(address, engine)
        if found != NEWEST:
            refuse_newer(found)
            raise UnusableDatabaseError(
                f"database {shown(address)}: it is at {step_in_words(found)}, this "
                f"gateway needs step {NEWEST}; run: gateway database upgrade"
            )
        if engine.dialect.name == POSTGRESQL:
            await _require_settings(address, engine)
        yield engine


async def step_of(url: str) -> str | None:
    """Return at which step the database at ``url`` is; ``None`` if there is none.

    Raises:
        UnusableDatabaseError: it cannot be opened.
    """
    address = read_database_url(url)
    async with engine_at(address) as engine:
        return await _step(address, engine)


def read_database_url(url: str) -> URL:
    """Return ``url`` taken apart.

    Raises:
        UnusableDatabaseError: it is none, or says of a pooler what nobody knows.
    """
    try:
        address = make_url(url)
    except (ArgumentError, ValueError):
        # Not repeated: a password may be in it.
        raise UnusableDatabaseError("database_url is no database's address") from None
    if address.query.get(POOLED, BY_TRANSACTION) != BY_TRANSACTION:
        raise UnusableDatabaseError(
            f"database_url: {POOLED} is {BY_TRANSACTION}, or left out"
        )
    return address


def shown(url: URL) -> str:
    """Return what may be said of ``url``: which database, and no password."""
    if url.get_backend_name() == SQLITE:
        return url.database or ""
    return url.set(query={}).render_as_string(hide_password=True)


@asynccontextmanager
async def engine_at(
    address: URL, statement_seconds: float | None = STATEMENT_SECONDS
) -> AsyncIterator[AsyncEngine]:
    """Yield an engine for the database at ``address``; nothing is opened yet.

    On PostgreSQL a statement may take ``statement_seconds``, or as long as it takes.
    """
    if address.get_backend_name() == POSTGRESQL:
        engine = postgresql_engine(address, statement_seconds)
    else:
        engine = sqlite_engine(address)
    try:
        yield engine
    finally:
        await engine.dispose()


@contextmanager
def naming(address: URL) -> Iterator[None]:
    """Say of which database it is that something went wrong with.

    Raises:
        UnusableDatabaseError: something did.
    """
    try:
        yield
    except DATABASE_ERRORS as error:
        cause = getattr(error, "orig", None) or error
        raise UnusableDatabaseError(f"database {shown(address)}: {cause}") from None


def refuse_newer(found: str | None) -> None:
    """Refuse what is at a step that this gateway does not know.

    Raises:
        UnusableDatabaseError: it is.
    """
    if found is not None and found > NEWEST:
        raise UnusableDatabaseError(
            f"the database is at step {found}, this gateway knows {NEWEST}; "
            "run the newer gateway, or another database_url"
        )


def step_in_words(found: str | None) -> str:
    """Return how a step is called, or that there is none."""
    return "no step" if found is None else f"step {found}"


async def _require_settings(address: URL, engine: AsyncEngine) -> None:
    with naming(address):
        async with engine.connect() as connection:
            found = await connection.run_sync(lacking)
    if found:
        raise UnusableDatabaseError(
            f"database {shown(address)}: {', '.join(found)} is not in force; behind a "
            "pooler set it for the role: ALTER ROLE ... SET ..."
        )


async def _step(address: URL, engine: AsyncEngine) -> str | None:
    with naming(address):
        if _is_missing(address):
            return None
        # Who only looks waits for nobody who writes, and needs no right to write.
        reading = engine.execution_options(**{READS: True})
        async with reading.connect() as connection:
            return await connection.run_sync(noted_step)


def _is_missing(address: URL) -> bool:
    """Say whether there is no file, which SQLite would make."""
    is_file = address.get_backend_name() == SQLITE
    return is_file and not Path(address.database or "").exists()


def noted_step(connection: Connection) -> str | None:
    """Return at which step the tables are, as Alembic notes it; ``None`` if at none."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.exec_driver_sql("SELECT version_num FROM alembic_version")
    step: str | None = found.scalar()
    return step
