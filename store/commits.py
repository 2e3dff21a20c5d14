"""Know that nobody committed anything, without asking the database a question.

A gateway looks several times a second at what hardly ever changes. SQLite keeps one
number that moves with every commit of anybody else (``PRAGMA data_version``); to read
it takes some microseconds, and a question takes half a millisecond. PostgreSQL keeps no
such number for one database: there it is always asked.
"""

import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Generic, TypeVar

T = TypeVar("T")


class Commits:
    """Tells whether anything was committed, by a connection that never writes."""

    def __init__(self, file: Path | None = None) -> None:
        """Look at the SQLite database ``file``; without one, nothing is known."""
        self._connection: sqlite3.Connection | None = None
        if file is not None:
            self._connection = sqlite3.connect(file, timeout=0, isolation_level=None)

    def mark(self) -> int | None:
        """Return a number that stays the same while nobody commits; ``None``: unknown.

        It is to be taken before what is read, never after.
        """
        if self._connection is None:
            return None
        try:
            (mark,) = self._connection.execute("PRAGMA data_version").fetchone()
        except sqlite3.Error:
            return None
        return int(mark)

    def close(self) -> None:
        """Know nothing any more."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


UNKNOWN = Commits()
"""For who is asked once, or not of a file: everybody may have committed something."""


class UntilCommitted(Generic[T]):
    """Keeps what was read last until somebody commits something."""

    def __init__(self, commits: Commits) -> None:
        self._commits = commits
        self._kept: tuple[int | None, object, T] | None = None

    async def get(self, about: object, read: Callable[[], Awaitable[T]]) -> T:
        """Return what ``read`` finds about something, or what it found before."""
        mark = self._commits.mark()
        if mark is not None and self._kept is not None:
            kept_mark, kept_about, found = self._kept
            if (kept_mark, kept_about) == (mark, about):
                return found
        found = await read()
        self._kept = mark, about, found
        return found
