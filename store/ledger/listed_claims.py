"""The claims that a list has had so far, on disk: however many, memory stays the same.

A database of SQLite without a name: the system removes its file when it is closed, or
with the process. It has digests of claims and the lines they stood in, and no more.
"""

import hashlib
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager

from store.driver_errors import as_store_errors

_MADE = (
    # Nothing of it is worth keeping, and its file is nobody else's.
    "PRAGMA journal_mode = OFF",
    "PRAGMA synchronous = OFF",
    "PRAGMA temp_store = FILE",
    "PRAGMA cache_size = -4000",
    "CREATE TABLE seen (claim BLOB PRIMARY KEY, line INTEGER) WITHOUT ROWID",
)
_FIRST = "SELECT claim, line FROM seen WHERE claim IN ({})"
_ADD = "INSERT OR IGNORE INTO seen VALUES (?, ?)"
DIGEST_BYTES = 16
AT_ONCE = 500
"""How many are asked after in one statement."""


class SeenClaims:
    """The claims of one list.

    Every method raises ``StoreUnavailableError`` if the disk takes no more.
    """

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    def add(self, claims: Sequence[tuple[str, int]]) -> list[int | None]:
        """Add claims by their lines; return the line each stood in before, if any."""
        rows = [(_digest(claim), line) for claim, line in claims]
        with as_store_errors(), self._database:
            if self._database.executemany(_ADD, rows).rowcount == len(rows):
                return [None] * len(rows)
            kept = self._lines([digest for digest, _ in rows])
        return [None if kept[one] == line else kept[one] for one, line in rows]

    def absent(self, claims: Sequence[str]) -> list[str]:
        """Return those that the list has not."""
        digests = [_digest(claim) for claim in claims]
        with as_store_errors():
            kept = self._lines(digests)
        return [
            claim
            for claim, digest in zip(claims, digests, strict=True)
            if digest not in kept
        ]

    def _lines(self, digests: Sequence[bytes]) -> dict[bytes, int]:
        """Return in which line each stood first, of those that there are."""
        found: dict[bytes, int] = {}
        for start in range(0, len(digests), AT_ONCE):
            some = digests[start : start + AT_ONCE]
            places = ", ".join("?" * len(some))
            found.update(self._database.execute(_FIRST.format(places), some))
        return found


@contextmanager
def open_seen() -> Iterator[SeenClaims]:
    """Open an empty list; it is used by one thread at a time, whichever.

    Raises:
        StoreUnavailableError: there is no room for a file.
    """
    with closing(_opened()) as database:
        yield SeenClaims(database)


def _opened() -> sqlite3.Connection:
    with as_store_errors():
        database = sqlite3.connect("", check_same_thread=False)
        for statement in _MADE:
            database.execute(statement)
    return database


def _digest(claim: str) -> bytes:
    return hashlib.blake2b(claim.encode(), digest_size=DIGEST_BYTES).digest()
