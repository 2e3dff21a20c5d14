"""Copy a PostgreSQL database by ``pg_dump``; make one of what ``pg_restore`` prints.

What is counted and what is dumped are one moment of the database: ``pg_dump`` is told
the snapshot. A copy is put in force in one transaction, in which it is compared too:
who is killed before its end has changed nothing.
"""

import re
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, BinaryIO, cast

from sqlalchemy import URL, Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncEngine

from store.backup.contents import (
    clear,
    refuse_other,
    refuse_rows,
    rows_of,
    rules_at,
    tables_with_rows,
)
from store.backup.note import Note, Rows
from store.backup.programs import environment_of, program, running
from store.database import naming, noted_step, refuse_newer, shown
from store.errors import UnusableBackupError
from store.postgresql import copying_engine, gateways_at_work, wait_for_turn

DUMP = ("--format=custom", "--no-owner", "--no-privileges")
PRINT = ("--file=-", "--no-owner", "--no-privileges", "--no-comments")
COPY = re.compile(rb'COPY public\.(\w+) \(([\w, "]+)\) FROM stdin;\n')
END_OF_ROWS = b"\\.\n"
FOR_THE_CLIENT = b"\\"
"""How a line begins that is for the command line's client alone."""
ROWS_BYTES = 1 << 20
"""How much of a table is sent at once."""
DAY_SECONDS = 86_400.0
"""How long one statement may take, such as the making of an index."""


async def dump(address: URL, copy: Path) -> dict[str, Rows]:
    """Copy the database at ``address``; return what is in the copy.

    Raises:
        UnusableDatabaseError: it cannot be read, or the copy not written.
    """
    pg_dump = program("pg_dump")
    async with _engine(address) as engine:
        one_moment = engine.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
        with copy.open("xb") as file:
            async with one_moment.connect() as connection:
                # It is there as long as this transaction is.
                snapshot = await connection.scalar(text("SELECT pg_export_snapshot()"))
                command = (pg_dump, *DUMP, f"--snapshot={snapshot}")
                with running(command, file, environment_of(address)):
                    return await connection.run_sync(rows_of)


async def restore_dump(
    address: URL, folder: Path, note: Note, *, replace: bool
) -> None:
    """Put the copy in ``folder`` in the place of the database at ``address``.

    Raises:
        UnusableDatabaseError: the copy is not what it should be, or the database has
            rows and is not to be replaced, or somebody uses it.
    """
    command = (program("pg_restore"), *PRINT, str(folder / note.copy))
    async with _engine(address) as engine, engine.begin() as connection:
        # A gateway that starts meanwhile waits for its turn.
        await connection.run_sync(wait_for_turn)
        await connection.run_sync(_refuse, shown(address), replace=replace)
        await connection.run_sync(clear)
        rules = await connection.run_sync(rules_at, note.step)
        await connection.run_sync(clear)
        driver = (await connection.get_raw_connection()).driver_connection
        with running(command, subprocess.PIPE) as process:
            await _load(cast("BinaryIO", process.stdout), driver)
        # What is loaded leaves no table to be found by its name alone.
        await connection.execute(text("RESET search_path"))
        await connection.run_sync(refuse_other, note.tables, rules)


@asynccontextmanager
async def _engine(address: URL) -> AsyncIterator[AsyncEngine]:
    engine = copying_engine(address)
    try:
        with naming(address):
            yield engine
    finally:
        await engine.dispose()


def _refuse(connection: Connection, name: str, *, replace: bool) -> None:
    """Refuse to touch a database that somebody uses, or that is no gateway's.

    Raises:
        UnusableDatabaseError: it is one, is a newer gateway's, or has rows.
    """
    others = gateways_at_work(connection)
    if others:
        raise UnusableBackupError(
            f"{name} is in use by {others} connections of gateways; stop them, and "
            "restore again"
        )
    step, tables = noted_step(connection), inspect(connection).get_table_names()
    if step is None and tables:
        raise UnusableBackupError(
            f"{name} has tables and no step of a gateway: {', '.join(sorted(tables))}; "
            "restore into a database of its own (createdb)"
        )
    refuse_newer(step)
    refuse_rows(name, tables_with_rows(connection), replace=replace)


async def _load(script: BinaryIO, driver: Any) -> None:  # noqa: ANN401 - asyncpg's
    """Run what ``pg_restore`` prints: statements, and between them tables' rows."""
    statements: list[bytes] = []
    for line in script:
        if line.startswith(FOR_THE_CLIENT):
            continue
        rows = COPY.fullmatch(line)
        if rows is None:
            statements.append(line)
            continue
        await _run(driver, statements)
        statements.clear()
        await driver.copy_to_table(
            rows[1].decode(),
            schema_name="public",
            columns=rows[2].decode().replace('"', "").split(", "),
            source=_rows(script),
            timeout=DAY_SECONDS,
        )
    await _run(driver, statements)


async def _run(driver: Any, statements: list[bytes]) -> None:  # noqa: ANN401 - asyncpg's
    # The driver takes no script that is all comments.
    script = b"".join((*statements, b"SELECT 1;")).decode()
    await driver.execute(script, timeout=DAY_SECONDS)


async def _rows(script: BinaryIO) -> AsyncIterator[bytes]:
    """Give the rows of one table, many at once."""
    rows = bytearray()
    for line in script:
        if line == END_OF_ROWS:
            break
        rows += line
        if len(rows) > ROWS_BYTES:
            yield bytes(rows)
            rows.clear()
    yield bytes(rows)
