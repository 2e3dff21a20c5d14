"""What a witness saw of each log last, and what does not go with it.

One file of SQLite, which one witness has for itself: a table of the checkpoint of each
log that was cosigned last, and one of checkpoints that their log signed and that are
inconsistent with it. A turn is one transaction, alone from its first statement on, so
that two submissions never begin at the same size; once it ended, it survives the loss
of the process and of power.

The evidence is bounded, by log and by kind: who may send a checkpoint with a proof that
is none (anybody who has the checkpoint) crowds out no fork (which only the log signs).
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple

from signing.transparency.checkpoints import Checkpoint
from signing.transparency.witnessing import Verdict, first_seen
from store.driver_errors import as_store_errors
from store.errors import UnusableDatabaseError
from store.sqlite import BUSY_SECONDS, PRAGMAS, make_file

CONFLICTS_LIMIT = 1_000
"""Conflicts that are kept of a log, of each kind; the first ones."""
_SEEN = """
CREATE TABLE IF NOT EXISTS seen (
    origin TEXT PRIMARY KEY,
    size INTEGER NOT NULL,
    root BLOB NOT NULL,
    note TEXT NOT NULL,
    at REAL NOT NULL
) STRICT"""
_CONFLICTS = """
CREATE TABLE IF NOT EXISTS conflicts (
    origin TEXT NOT NULL,
    kind TEXT NOT NULL,
    size INTEGER NOT NULL,
    root BLOB NOT NULL,
    shown TEXT NOT NULL,
    seen TEXT NOT NULL,
    at REAL NOT NULL,
    PRIMARY KEY (origin, size, root)
) STRICT"""


class Conflict(NamedTuple):
    """Two checkpoints of one log that are not known to be of one history."""

    origin: str
    kind: Verdict
    """``FORK``: they never can be. ``UNPROVEN``: no proof that they are was shown."""
    at: datetime
    seen: str
    """The note that was cosigned; empty if none was."""
    shown: str
    """The note that was submitted then, signed by the log."""


class Seen:
    """A witness's memory. Usable by many threads."""

    def __init__(self, path: Path) -> None:
        """Open the file at ``path``, and make it if it is not there.

        Raises:
            UnusableDatabaseError: it cannot be made, or is no database.
        """
        make_file(path)
        self._lock = Lock()
        self._connection = sqlite3.connect(
            path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        try:
            for statement in (*PRAGMAS, _SEEN, _CONFLICTS):
                self._connection.execute(statement)
        except sqlite3.Error as error:
            self._connection.close()
            raise UnusableDatabaseError(f"database {path}: {error}") from None

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    @contextmanager
    def turn(self, origin: str) -> Iterator["Turn"]:
        """Lend a transaction about one log, which nobody else writes beside.

        It is there for good when this ends, and not at all if something is raised.

        Raises:
            StoreUnavailableError: it is not there, or not known to be.
        """
        with self._lock, as_store_errors():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield Turn(self._connection, origin)
                self._connection.execute("COMMIT")
            finally:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")

    def conflicts(self) -> list[Conflict]:
        """Return all that is kept of logs' misbehaviour, the oldest first.

        Raises:
            StoreUnavailableError: it cannot be read.
        """
        with self._lock, as_store_errors():
            rows = self._connection.execute(
                "SELECT origin, kind, at, seen, shown FROM conflicts ORDER BY at, rowid"
            ).fetchall()
        return [
            Conflict(
                origin, Verdict(kind), datetime.fromtimestamp(at, UTC), seen, shown
            )
            for origin, kind, at, seen, shown in rows
        ]


class Turn:
    """What may be read and written of one log, in one transaction."""

    def __init__(self, connection: sqlite3.Connection, origin: str) -> None:
        self._connection = connection
        self._origin = origin

    def last(self) -> Checkpoint:
        """Return the checkpoint that was cosigned last; of no entry if none was."""
        row = self._connection.execute(
            "SELECT size, root FROM seen WHERE origin = ?", (self._origin,)
        ).fetchone()
        if row is None:
            return first_seen(self._origin)
        return Checkpoint(self._origin, *row)

    def keep(self, checkpoint: Checkpoint, note: str, at: datetime) -> None:
        """Keep what is cosigned now, and forget that it was unproven once."""
        _, size, root = checkpoint
        self._connection.execute(
            "INSERT OR REPLACE INTO seen VALUES (?, ?, ?, ?, ?)",
            (self._origin, size, root, note, at.timestamp()),
        )
        self._connection.execute(
            "DELETE FROM conflicts WHERE (origin, kind, size, root) = (?, ?, ?, ?)",
            (self._origin, Verdict.UNPROVEN, size, root),
        )

    def keep_conflict(
        self, kind: Verdict, checkpoint: Checkpoint, note: str, at: datetime
    ) -> None:
        """Keep what does not go with what was cosigned, once, beside it.

        What was unproven and is a fork now is kept as one.
        """
        _, size, root = checkpoint
        place = (self._origin, size, root)
        before = self._one(
            "SELECT kind FROM conflicts WHERE (origin, size, root) = (?, ?, ?)", place
        )
        if before in (kind, Verdict.FORK):
            return
        count = self._one(
            "SELECT count(*) FROM conflicts WHERE origin = ? AND kind = ?",
            (self._origin, kind),
        )
        if count >= CONFLICTS_LIMIT:
            return
        seen = self._one("SELECT note FROM seen WHERE origin = ?", (self._origin,))
        self._connection.execute(
            "INSERT OR REPLACE INTO conflicts VALUES (?, ?, ?, ?, ?, ?, ?)",
            (self._origin, kind, size, root, note, seen or "", at.timestamp()),
        )

    def _one(self, statement: str, values: tuple[object, ...]) -> Any:  # noqa: ANN401 - SQL's
        """Return the value that is asked for, or nothing if there is no row."""
        row = self._connection.execute(statement, values).fetchone()
        return None if row is None else row[0]
