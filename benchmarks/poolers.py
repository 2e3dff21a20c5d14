"""A pgbouncer of our own, before a PostgreSQL of our own."""

import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.processes import BenchmarkError, is_running, started, tool
from benchmarks.stage import HOST, free_port

READY_SECONDS = 10.0
SESSIONS = 10
"""How many connections it keeps to the server."""
NOT_CARRIED = (
    *("synchronous_commit", "lock_timeout", "statement_timeout"),
    *("idle_in_transaction_session_timeout", "tcp_user_timeout"),
    *("tcp_keepalives_idle", "tcp_keepalives_interval", "tcp_keepalives_count"),
)
"""What a gateway sets as it connects, and a pooler does not pass on."""


OF_THE_ROLE = {
    "synchronous_commit": "on",
    "lock_timeout": "5s",
    "statement_timeout": "30s",
    "idle_in_transaction_session_timeout": "60s",
}
"""What the role has to have instead, as docs/scaling.md says it."""


@dataclass(frozen=True, slots=True)
class Pooler:
    """A pooler that runs."""

    pid: int
    port: int

    def url(self, database: str) -> str:
        """Return the address of a database through it, transactions apart."""
        return f"{self.session_url(database)}?pooler=transaction"

    def session_url(self, database: str) -> str:
        """Return the same where whole sessions are lent."""
        return f"postgresql://postgres@{HOST}:{self.port}/{database}"


@contextmanager
def pooled(
    server: Path,
    *,
    core: int,
    mode: str = "transaction",
    sessions: int = SESSIONS,
    ignored: tuple[str, ...] = (),
) -> Iterator[Pooler]:
    """Run pgbouncer before the server with its socket in ``server``.

    ``ignored`` are the settings that it takes without passing them on: any other that
    it does not know it refuses.

    Raises:
        BenchmarkError: it is not installed, or did not start.
    """
    program = tool("pgbouncer", "apt-get install pgbouncer")
    # It refuses to run as root, too.
    user = server.owner()
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="pooler-") as short:
        folder = Path(short)
        folder.chmod(0o755)
        (folder / "users.txt").write_text('"postgres" ""\n', "ascii")
        config = folder / "pgbouncer.ini"
        config.write_text(
            f"[databases]\n* = host={server}\n"
            f"[pgbouncer]\nlisten_addr = {HOST}\nlisten_port = {port}\n"
            "unix_socket_dir =\nauth_type = trust\n"
            f"auth_file = {folder / 'users.txt'}\n"
            f"pool_mode = {mode}\ndefault_pool_size = {sessions}\n"
            f"ignore_startup_parameters = {','.join(ignored)}\n",
            "utf-8",
        )
        log = folder / "log"
        with started([program, str(config)], core=core, log=log, user=user) as process:
            until = time.monotonic() + READY_SECONDS
            while not _listens(port):
                if not is_running(process.pid) or time.monotonic() > until:
                    said = log.read_text("utf-8", "replace")
                    raise BenchmarkError(f"pgbouncer did not start: {said}")
                time.sleep(0.02)
            yield Pooler(process.pid, port)


def _listens(port: int) -> bool:
    try:
        socket.create_connection((HOST, port), timeout=1).close()
    except OSError:
        return False
    return True
