"""PostgreSQL: one database for several gateways.

The driver is asyncpg, spoken to from the event loop. ``synchronous_commit`` is set for
each connection, whatever the server's default: an answer waits for its look-up to be
on the audit log, and a log that may forget the last half second is none.

Nothing is waited for without a bound, on either side. A gateway that is frozen, or
whose machine is gone without a word, holds the writers' lock for ``HELD_SECONDS``: then
the server ends its transaction, or whoever waits for it does, and the others go on.

Of several servers the one is taken that can be written to. A standby shows what was,
and who decided by that would pay twice.
"""

import socket
import time
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
from sqlalchemy import URL, Connection, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

DRIVER = "postgresql+asyncpg"
CONNECT_SECONDS = 5.0
"""How long it may take to connect, of all servers together."""
PRIMARY = "primary"
"""What a server has to be unless the address says, in libpq's words: no standby."""
STATEMENT_SECONDS = 30.0
"""How long a statement may take; the longest is a transaction of the retention job."""
HELD_SECONDS = 1.0
"""How long a writer may say nothing in a transaction for which others wait."""
LOOK_SECONDS = 1.2
"""How long who waits for the writers' lock does so without a look at who holds it."""
LOCK_SECONDS = 5.0
"""How long a statement waits for others' locks."""
IDLE_SECONDS = 60.0
"""How long anybody else may say nothing in a transaction: who sends on what is read."""
STEPS_SECONDS = 60.0
"""How long who changes the tables waits for another who does."""
LEAVE_SECONDS = 15.0
"""How long who changes the tables waits for gateways that are about to leave, or whose
machine is gone."""
UNHEARD_SECONDS = 10
"""After how long of silence a machine is gone, for its side of a connection."""
CONNECTIONS = 10
"""How many one gateway keeps open; as many again may come at a peak."""
MIGRATION_LOCK = 2192022
"""Whoever changes the tables holds this advisory lock until the transaction ends."""
WRITER_LOCK = 2192023
"""Whoever writes records that are counted in their order holds this one likewise."""
GATEWAY = "certificate-gateway"
COPYING = "certificate-gateway-copying"
UPGRADING = "certificate-gateway-upgrading"
"""How connections are called in the server's list: gateways', a copy's, those of who
takes steps."""


def _milliseconds(seconds: float) -> str:
    return str(round(seconds * 1000))


SETTINGS = {
    "application_name": GATEWAY,
    "synchronous_commit": "on",
    "timezone": "UTC",
    "lock_timeout": _milliseconds(LOCK_SECONDS),
    "idle_in_transaction_session_timeout": _milliseconds(IDLE_SECONDS),
    "tcp_user_timeout": _milliseconds(UNHEARD_SECONDS),
    "tcp_keepalives_idle": str(UNHEARD_SECONDS // 2),
    "tcp_keepalives_interval": "1",
    "tcp_keepalives_count": str(UNHEARD_SECONDS // 2),
}
POOLED = "pooler"
"""Whether a pooler stands between that lends a connection for a transaction alone: so
an address says it, and an engine's options."""
BY_TRANSACTION = "transaction"
CARRIED = ("application_name", "timezone")
"""The settings that such a pooler passes on; the others are the role's."""
BOUNDS = ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout")
WAITS = {"on", "remote_apply"}
"""What ``synchronous_commit`` has to be: a standby confirms once it is on its disk."""
SETTINGS_IN_FORCE = f"""SELECT name, setting FROM pg_settings
  WHERE name IN ('synchronous_commit', {", ".join(f"'{one}'" for one in BOUNDS)})"""  # noqa: S608 - our own words
UNNAMED = {
    "prepared_statement_cache_size": 0,
    "prepared_statement_name_func": str,
    "statement_cache_size": 0,
}
"""Nothing stays prepared, since the next transaction is on another connection; what has
no name is gone by itself."""
UNHURRIED = {
    "application_name": COPYING,
    "statement_timeout": "0",
    "idle_in_transaction_session_timeout": "0",
}
"""What differs for who copies it all: while a program reads, nothing is said."""
SOCKET_OPTIONS = (
    (socket.SOL_SOCKET, "SO_KEEPALIVE", 1),
    (socket.IPPROTO_TCP, "TCP_KEEPIDLE", UNHEARD_SECONDS // 2),
    (socket.IPPROTO_TCP, "TCP_KEEPINTVL", 1),
    (socket.IPPROTO_TCP, "TCP_KEEPCNT", UNHEARD_SECONDS // 2),
    (socket.IPPROTO_TCP, "TCP_USER_TIMEOUT", UNHEARD_SECONDS * 1000),
)
"""The same for our side, which the driver leaves to the system: two hours."""
WAIT_FOR_WRITERS = f"""SELECT
  set_config('idle_in_transaction_session_timeout',
    '{_milliseconds(HELD_SECONDS)}', true),
  set_config('lock_timeout', '{_milliseconds(LOOK_SECONDS)}', true),
  pg_advisory_xact_lock({WRITER_LOCK}),
  set_config('lock_timeout', '{_milliseconds(LOCK_SECONDS)}', true)"""
END_FROZEN = f"""SELECT count(pg_terminate_backend(pid))
  FROM pg_locks JOIN pg_stat_activity USING (pid)
  WHERE locktype = 'advisory' AND objid = {WRITER_LOCK} AND granted
    AND datname = current_database() AND wait_event = 'ClientRead'
    AND clock_timestamp() - state_change > interval '{HELD_SECONDS} seconds'"""  # noqa: S608 - our own numbers
"""Between two messages of one statement the server's own limits are not counted."""
GATEWAYS = f"""SELECT count(*) FROM pg_stat_activity
  WHERE datname = current_database() AND application_name = '{GATEWAY}'"""  # noqa: S608 - our own word
LOOK_AGAIN = "SELECT pg_sleep(0.05), pg_stat_clear_snapshot()"
LOCK_NOT_AVAILABLE = "55P03"
CANNOT_CONNECT = (
    OSError,
    asyncpg.CannotConnectNowError,
    asyncpg.PostgresConnectionError,
    asyncpg.InternalClientError,
)
"""What is no reason not to try the next server; anything else is wrong at all."""
WAIT_FOR_TURN = f"""SELECT
  set_config('lock_timeout', '{_milliseconds(STEPS_SECONDS)}', true),
  pg_advisory_xact_lock({MIGRATION_LOCK}),
  set_config('lock_timeout', '{_milliseconds(LOCK_SECONDS)}', true)"""


def postgresql_engine(
    url: URL, statement_seconds: float | None = STATEMENT_SECONDS
) -> AsyncEngine:
    """Return an engine for the database at ``url``.

    A statement may take ``statement_seconds``; ``None``: as long as it takes, for who
    changes the tables.
    """
    if statement_seconds is None:
        differing = {"application_name": UPGRADING, "statement_timeout": "0"}
    else:
        differing = {"statement_timeout": _milliseconds(statement_seconds)}
    told = SETTINGS | differing
    is_pooled = url.query.get(POOLED) == BY_TRANSACTION
    if is_pooled:
        told = {name: told[name] for name in CARRIED}
    engine = create_async_engine(
        url.set(drivername=DRIVER).difference_update_query([POOLED]),
        pool_size=CONNECTIONS,
        max_overflow=CONNECTIONS,
        execution_options={POOLED: is_pooled},
        # A connection may have died with a server that is there again.
        pool_pre_ping=True,
        connect_args={
            "async_creator_fn": _to_the_primary(),
            "command_timeout": statement_seconds,
            "server_settings": told,
            **(UNNAMED if is_pooled else {}),
        },
    )
    event.listen(engine.sync_engine, "connect", _hear_silence)
    return engine


def copying_engine(url: URL) -> AsyncEngine:
    """Return an engine for who reads or makes a whole database, however long it takes.

    Statements are prepared anew each time, since tables come and go.
    """
    engine = create_async_engine(
        url.set(drivername=DRIVER).difference_update_query([POOLED]),
        poolclass=NullPool,
        connect_args={
            "async_creator_fn": _to_the_primary(),
            "server_settings": SETTINGS | UNHURRIED,
            "prepared_statement_cache_size": 0,
            "statement_cache_size": 0,
        },
    )
    event.listen(engine.sync_engine, "connect", _hear_silence)
    return engine


def lacking(connection: Connection) -> list[str]:
    """Return which settings are not in force that a pooler may have kept to itself.

    A commit that is not waited for may be forgotten once it was acknowledged; what has
    no bound is waited for without one.
    """
    rows = connection.exec_driver_sql(SETTINGS_IN_FORCE)
    found = {row[0]: row[1] for row in rows}
    lax = [] if found["synchronous_commit"] in WAITS else ["synchronous_commit"]
    return lax + [name for name in BOUNDS if found[name] == "0"]


def wait_for_writers(connection: Connection) -> bool:
    """Wait until no other gateway's writer writes, and let none until the commit.

    Return whether that came in ``LOOK_SECONDS``; else the transaction is void.
    """
    if connection.dialect.name == "postgresql":
        try:
            connection.exec_driver_sql(WAIT_FOR_WRITERS)
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) != LOCK_NOT_AVAILABLE:
                raise
            return False
    return True


def end_frozen(connection: Connection) -> int:
    """End the transaction of a gateway that holds the lock and says nothing.

    Return how many were: one, or none if who holds it is at work.
    """
    ended = connection.exec_driver_sql(END_FROZEN).scalar()
    return ended or 0


def gateways_at_work(connection: Connection) -> int:
    """Return how many connections of gateways there are to the same database."""
    return connection.exec_driver_sql(GATEWAYS).scalar() or 0


def wait_for_gateways(connection: Connection) -> int:
    """Wait for a while until no gateway is connected; return how many still are."""
    until = time.monotonic() + LEAVE_SECONDS
    while (others := gateways_at_work(connection)) and time.monotonic() < until:
        connection.exec_driver_sql(LOOK_AGAIN)
    return others


def wait_for_turn(connection: Connection) -> None:
    """Wait until no other gateway changes the tables; SQLite's writers queue anyway."""
    connection.exec_driver_sql(WAIT_FOR_TURN)


def _to_the_primary() -> Callable[..., Awaitable[Any]]:
    """Return what connects to that one of the servers which is no standby.

    The driver would wait for a server whose machine is gone for as long as it waits for
    all of them. Who was the primary last is tried first.
    """
    last: tuple[str, int | None] | None = None

    async def connect(
        *,
        host: str | list[str] | None = None,
        port: int | list[int] | None = None,
        **told: Any,  # noqa: ANN401 - for the driver
    ) -> Any:  # noqa: ANN401 - of the driver
        nonlocal last
        told.setdefault("target_session_attrs", PRIMARY)
        if not isinstance(host, list) or not isinstance(port, list):
            return await asyncpg.connect(
                host=host, port=port, timeout=CONNECT_SECONDS, **told
            )
        places = list(zip(host, port, strict=True))
        places.sort(key=lambda place: place != last)
        errors: list[Exception] = []
        for place in places:
            try:
                connection = await asyncpg.connect(
                    host=place[0],
                    port=place[1],
                    timeout=CONNECT_SECONDS / len(places),
                    **told,
                )
            except CANNOT_CONNECT as error:
                errors.append(error)
            else:
                last = place
                return connection
        raise errors[-1]

    return connect


def _hear_silence(connection: Any, _record: object) -> None:  # noqa: ANN401 - DB-API
    """Have the system end a connection whose other side is gone without a word."""
    # The driver has no other door to it; SQLAlchemy hands out the driver's connection.
    transport = connection.driver_connection._transport  # noqa: SLF001 - see above
    ours = transport.get_extra_info("socket")
    if ours.family == socket.AF_UNIX:
        return
    for level, name, value in SOCKET_OPTIONS:
        # Not every system has all of them.
        if hasattr(socket, name):
            ours.setsockopt(level, getattr(socket, name), value)
