"""Run PostgreSQL's own programs, which know what belongs to a database.

Where the database is and the password are told by the environment, which other users of
the machine cannot read, and never by the command line.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import URL

from store.errors import UnusableBackupError
from store.postgresql import DRIVER, PRIMARY

VARIABLES = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "database": "PGDATABASE",
    "ssl": "PGSSLMODE",
    "target_session_attrs": "PGTARGETSESSIONATTRS",
}
"""What libpq calls what the driver is told."""
PACKAGE = "postgresql-client"


def program(name: str) -> str:
    """Return where one of PostgreSQL's programs is.

    Raises:
        UnusableBackupError: it is nowhere on PATH.
    """
    found = shutil.which(name)
    if found is None:
        raise UnusableBackupError(
            f"{name} is not on PATH; install it (Debian: apt install {PACKAGE}), of "
            "the server's version"
        )
    return found


def environment_of(address: URL) -> Mapping[str, str]:
    """Return the variables by which a program finds the database at ``address``."""
    address = address.set(drivername=DRIVER)
    _, told = address.get_dialect()().create_connect_args(address)
    told.setdefault("target_session_attrs", PRIMARY)
    known = {
        variable: ",".join(map(str, value)) if isinstance(value, list) else str(value)
        for name, variable in VARIABLES.items()
        if (value := told.get(name)) is not None
    }
    return {**os.environ, **known}


@contextmanager
def running(
    command: Sequence[str],
    stdout: int | BinaryIO,
    environment: Mapping[str, str] | None = None,
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program to its end; end it at once if the block is left by an error.

    Raises:
        UnusableBackupError: it did not do what it was asked.
    """
    with subprocess.Popen(  # noqa: S603 - a program of PATH, with words of ours
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=subprocess.PIPE,
    ) as process:
        try:
            yield process
            _, said = process.communicate()
        finally:
            # Nothing, once it has ended.
            process.kill()
    if process.returncode != 0:
        words = said.decode("utf-8", "replace").strip().splitlines()
        why = "; ".join(words) or f"it ended with {process.returncode}"
        raise UnusableBackupError(f"{Path(command[0]).name}: {why}")
