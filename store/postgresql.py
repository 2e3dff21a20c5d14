"""PostgreSQL: one database for several gateways.

The driver is asyncpg, spoken to from the event loop. ``synchronous_commit`` is set for
each connection, whatever the server's default: an answer waits for its look-up to be
on the audit log, and a log that may forget the last half second is none.
"""

from sqlalchemy import URL, Connection, text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

DRIVER = "postgresql+asyncpg"
CONNECT_SECONDS = 5.0
STATEMENT_SECONDS = 30.0
"""How long a statement may take; the longest is a transaction of the retention job."""
CONNECTIONS = 10
"""How many one gateway keeps open; as many again may come at a peak."""
MIGRATION_LOCK = 2192022
"""Whoever changes the tables holds this advisory lock until the transaction ends."""
WRITER_LOCK = 2192023
"""Whoever writes records that are counted in their order holds this one likewise."""
SETTINGS = {
    "application_name": "certificate-gateway",
    "synchronous_commit": "on",
    "timezone": "UTC",
}


def postgresql_engine(url: URL) -> AsyncEngine:
    """Return an engine for the database at ``url``."""
    return create_async_engine(
        url.set(drivername=DRIVER),
        pool_size=CONNECTIONS,
        max_overflow=CONNECTIONS,
        # A connection may have died with a server that is there again.
        pool_pre_ping=True,
        connect_args={
            "timeout": CONNECT_SECONDS,
            "command_timeout": STATEMENT_SECONDS,
            "server_settings": SETTINGS,
        },
    )


def wait_for_writers(connection: Connection) -> None:
    """Wait until no other gateway's writer writes, and let none until the commit."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITER_LOCK})")


def wait_for_turn(connection: Connection) -> None:
    """Wait until no other gateway changes the tables; SQLite's writers queue anyway."""
    connection.execute(text(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})"))
