"""A standby of our own PostgreSQL, which follows it as it goes (streaming)."""

import asyncio
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import chown
from urllib.parse import quote

import asyncpg

from benchmarks.databases import Databases
from benchmarks.processes import BenchmarkError, is_running, started
from benchmarks.stage import free_port

READY_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Standby:
    """A server that shows what was."""

    pid: int
    socket: Path
    port: int

    def url(self, database: str) -> str:
        """Return the address of a database on it, for who reads alone."""
        host = quote(str(self.socket), safe="")
        return (
            f"postgresql://postgres@/{database}?host={host}&port={self.port}"
            "&target_session_attrs=any"
        )


@contextmanager
def following(databases: Databases, *, core: int) -> Iterator[Standby]:
    """Copy all databases, and run a server that follows them.

    Raises:
        BenchmarkError: it did not start.
    """
    user = databases.socket.owner()
    with tempfile.TemporaryDirectory(prefix="standby-") as short:
        folder = Path(short)
        folder.chmod(0o755)
        data, port = folder / "data", free_port()
        place = f"--dbname=host={databases.socket} user=postgres"
        told = (f"--pgdata={data}", "--checkpoint=fast", "--write-recovery-conf")
        subprocess.run(  # noqa: S603 - our own command
            [databases.programs / "pg_basebackup", place, *told],
            check=True,
            capture_output=True,
        )
        for path in (folder, data, *data.rglob("*")):
            chown(path, user)
        command = [
            *(str(databases.programs / "postgres"), "-D", str(data)),
            *("-c", f"unix_socket_directories={folder}", "-c", "listen_addresses="),
            *("-c", f"port={port}"),
        ]
        log = databases.folder / f"standby-{port}.log"
        with started(command, core=core, log=log, user=user) as process:
            standby = Standby(process.pid, folder, port)
            until = time.monotonic() + READY_SECONDS
            while not _follows(databases):
                if not is_running(process.pid) or time.monotonic() > until:
                    raise BenchmarkError(f"the standby did not start; see {log}")
                time.sleep(0.1)
            yield standby


def _follows(databases: Databases) -> bool:
    return bool(databases.run("SELECT count(*) FROM pg_stat_replication"))


class Watch:
    """Looks again and again how far behind a standby is."""

    EVERY_SECONDS = 0.05
    BEHIND = """SELECT extract(epoch FROM
        coalesce(max(replay_lag), interval '0')) * 1000000 FROM pg_stat_replication"""

    def __init__(self, databases: Databases) -> None:
        self._databases = databases
        self.is_over = False
        self.lags_us: list[int] = []

    def look(self) -> None:
        """Look until it is over."""
        asyncio.run(self._look())

    async def _look(self) -> None:
        connection = await asyncpg.connect(
            host=str(self._databases.socket), user="postgres"
        )
        try:
            while not self.is_over:
                self.lags_us.append(round(await connection.fetchval(self.BEHIND)))
                await asyncio.sleep(self.EVERY_SECONDS)
        finally:
            await connection.close()
