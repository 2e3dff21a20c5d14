"""Tell what a database holds, so that two can be compared: its rows, and its rules.

Rows are read through the driver and not by their bytes, since a copy has its rows on
other pages. The rules are the triggers that keep the log and the ledger append-only.
"""

import hashlib
from collections.abc import Mapping, Sequence
from itertools import chain

from sqlalchemy import Connection, inspect, select, table, text

from store.backup.note import Rows
from store.database import POSTGRESQL
from store.errors import UnusableBackupError
from store.migrate import take_steps

ALWAYS_THERE = {"alembic_version", "change_sequence", "log_head"}
"""The tables that have their row from the beginning."""
ROWS_AT_ONCE = 1_000
DIGEST_ROOM = 1 << 256
TRIGGERS = {
    "sqlite": "SELECT tbl_name || '.' || name, sql FROM sqlite_master "
    "WHERE type = 'trigger'",
    "postgresql": "SELECT tgrelid::regclass::text || '.' || tgname, "
    "pg_get_triggerdef(t.oid) || tgenabled::text || prosrc FROM pg_trigger t "
    "JOIN pg_proc p ON p.oid = tgfoid WHERE NOT tgisinternal",
}

Rules = Mapping[str, str]
"""The triggers by their table and name, with what they do."""


def rows_of(connection: Connection) -> dict[str, Rows]:
    """Return how many rows each table has, and their digest."""
    names = inspect(connection).get_table_names()
    return {name: _rows(connection, name) for name in sorted(names)}


def tables_with_rows(connection: Connection) -> list[str]:
    """Name the tables in which a row was written."""
    names = set(inspect(connection).get_table_names()) - ALWAYS_THERE
    return [
        name
        for name in sorted(names)
        if connection.execute(select(text("1")).select_from(table(name)).limit(1)).all()
    ]


def rules_of(connection: Connection) -> Rules:
    """Return the triggers there are."""
    found = connection.exec_driver_sql(TRIGGERS[connection.dialect.name])
    return {str(name): str(definition) for name, definition in found}


def rules_at(connection: Connection, step: str) -> Rules:
    """Return the triggers that belong to ``step``; the database has to be empty."""
    take_steps(connection, step)
    return rules_of(connection)


def refuse_rows(name: str, tables: Sequence[str], *, replace: bool) -> None:
    """Refuse to put a backup in the place of a database with rows in ``tables``.

    Raises:
        UnusableBackupError: there are some, and it is not to be replaced.
    """
    if tables and not replace:
        raise UnusableBackupError(
            f"{name} has rows in {', '.join(tables)}; restore into one without any, or "
            "say --replace, by which they are lost"
        )


def refuse_other(
    connection: Connection, tables: Mapping[str, Rows], rules: Rules
) -> None:
    """Compare what was restored with what was backed up.

    Raises:
        UnusableBackupError: it has other rows, or not the triggers of its step.
    """
    found = rows_of(connection)
    names = sorted(tables.keys() | found.keys())
    others = [name for name in names if tables.get(name) != found.get(name)]
    if others:
        raise UnusableBackupError(
            f"what was restored has other rows than were backed up in "
            f"{', '.join(others)}; nothing was changed; take another backup"
        )
    there = rules_of(connection)
    names = sorted(rules.keys() | there.keys())
    others = [name for name in names if rules.get(name) != there.get(name)]
    if others:
        raise UnusableBackupError(
            "the backup has not the triggers of its step that keep log and ledger "
            f"append-only: {', '.join(others)}; nothing was changed; find out who "
            "changed the database it was made of, and take an earlier backup"
        )


def clear(connection: Connection) -> None:
    """Remove every table and every trigger's function, in the transaction there is."""
    names = inspect(connection).get_table_names()
    quote = connection.dialect.identifier_preparer.quote
    if names:
        tables = ", ".join(quote(name) for name in names)
        connection.exec_driver_sql(f"DROP TABLE {tables} CASCADE")
    if connection.dialect.name == POSTGRESQL:
        functions = connection.exec_driver_sql(
            "SELECT oid::regprocedure::text FROM pg_proc WHERE prorettype = "
            "'trigger'::regtype AND pronamespace = 'public'::regnamespace"
        )
        for function in functions.scalars().all():
            connection.exec_driver_sql(f"DROP FUNCTION {function}")


def _rows(connection: Connection, name: str) -> Rows:
    """Read a whole table; few of its rows are in memory at once."""
    found = connection.execute(
        select(text("*")).select_from(table(name)),
        execution_options={"stream_results": True, "yield_per": ROWS_AT_ONCE},
    )
    count = digest = 0
    for row in chain.from_iterable(found.partitions()):
        count += 1
        # A sum, since a table has no order of its own.
        whole = hashlib.sha256(repr(tuple(row)).encode("utf-8", "surrogateescape"))
        digest = (digest + int.from_bytes(whole.digest())) % DIGEST_ROOM
    return Rows(count, f"{digest:064x}")
