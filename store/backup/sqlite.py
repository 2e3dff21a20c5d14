"""Copy SQLite's file while gateways write to it, and put a copy in its place.

``VACUUM INTO`` copies one moment of the database, keeps nobody from writing, and leaves
out what was removed. A restored file is made beside the one that is there, compared,
and takes its name in one step: who is killed before has changed nothing.
"""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import mkstemp

from sqlalchemy import URL, Connection

from store.backup.contents import (
    refuse_other,
    refuse_rows,
    rows_of,
    rules_at,
    tables_with_rows,
)
from store.backup.note import Note, Rows
from store.database import SQLITE, naming
from store.errors import UnusableBackupError
from store.sqlite import BUSY_SECONDS, READS, keep_a_write_ahead_log, open_waiting

BESIDE = ("-wal", "-shm")
"""The files that belong to one in WAL mode."""


def copy_file(address: URL, copy: Path) -> dict[str, Rows]:
    """Copy the database at ``address``; return what is in the copy.

    Raises:
        UnusableDatabaseError: it cannot be read or is damaged, or the copy not written.
    """
    # SQLite writes into an empty file, and leaves its rights as they are.
    copy.touch(mode=0o600)
    with naming(address):
        with closing(_open(Path(address.database or ""))) as connection:
            _refuse_damaged(connection)
            connection.execute("VACUUM INTO ?", (str(copy),))
        with _opened(_url(copy)) as connection:
            return rows_of(connection)


def restore_file(address: URL, folder: Path, note: Note, *, replace: bool) -> None:
    """Put the copy in ``folder`` in the place of the database at ``address``.

    Raises:
        UnusableDatabaseError: the copy is not what it should be, or the database has
            rows and is not to be replaced, or somebody uses it.
    """
    # Where a link leads to: the link itself is to stay.
    path = Path(address.database or "").resolve()
    with naming(address):
        path.parent.mkdir(parents=True, exist_ok=True)
        opened, name = mkstemp(prefix=f"{path.name}.restoring-", dir=path.parent)
        os.close(opened)
        made = Path(name)
        try:
            shutil.copyfile(folder / note.copy, made)
            _refuse_other_file(made, note)
            keep_a_write_ahead_log(made)
            sync(made)
            with _held(path, replace=replace):
                made.replace(path)
            sync(path.parent)
        finally:
            for end in ("", *BESIDE):
                Path(f"{made}{end}").unlink(missing_ok=True)


def sync(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _refuse_other_file(made: Path, note: Note) -> None:
    with closing(_open(made)) as connection:
        _refuse_damaged(connection)
    with _opened(URL.create(SQLITE)) as empty, empty.begin():
        rules = rules_at(empty, note.step)
    with _opened(_url(made)) as connection:
        refuse_other(connection, note.tables, rules)


@contextmanager
def _held(path: Path, *, replace: bool) -> Iterator[None]:
    """Let nobody use the database at ``path``, and leave nothing of it beside it.

    SQLite would read what another file's log has into the one that takes its name.
    """
    if not path.exists():
        for end in BESIDE:
            if Path(f"{path}{end}").exists():
                raise UnusableBackupError(
                    f"{path}{end} is there without {path}; move it away first"
                )
        yield
        return
    with _opened(_url(path)) as reading:
        refuse_rows(str(path), tables_with_rows(reading), replace=replace)
    with closing(_open(path)) as connection:
        try:
            # Refused as long as anybody else has it open; its log is in the file then.
            connection.execute("PRAGMA journal_mode = DELETE")
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise
            raise UnusableBackupError(
                f"{path} is in use; stop the gateways on it, and restore again"
            ) from None
        yield


def _open(path: Path) -> sqlite3.Connection:
    """Open a file that is there; transactions begin where they are begun."""
    where = f"{path.absolute().as_uri()}?mode=rw"
    return sqlite3.connect(where, BUSY_SECONDS, isolation_level=None, uri=True)


@contextmanager
def _opened(url: URL) -> Iterator[Connection]:
    """Lend a connection that only reads, unless it is told to begin."""
    engine = open_waiting(url)
    try:
        with engine.connect().execution_options(**{READS: True}) as connection:
            yield connection
    finally:
        engine.dispose()


def _url(path: Path) -> URL:
    return URL.create(SQLITE, database=str(path))


def _refuse_damaged(connection: sqlite3.Connection) -> None:
    """Have SQLite look at every page.

    Raises:
        UnusableBackupError: one is not as it has to be.
    """
    found = [row for (row,) in connection.execute("PRAGMA integrity_check(1)")]
    if found != ["ok"]:
        (name,) = connection.execute("PRAGMA database_list").fetchall()[0][2:]
        raise UnusableBackupError(
            f"{name} is damaged ({found[0]}); restore its last backup"
        )
