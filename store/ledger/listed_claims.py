"""The claims that a list has had so far, on disk: however many, memory stays the same.

A database of SQLite without a name: the system removes its file when it is closed, or
with the process. It has digests of claims and the lines they stood in, and no more.
"""

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager

from store.driver_errors import as_store_errors

_MADE = (
    # Nothing of it is worth keeping, and its file is nobody else's.
    "PRAGMA journal_mode = OFF",
    "PRAGMA synchronous = OFF",
    "PRAGMA temp_store = FILE",
    "PRAGMA cache_size = -16000",
    "CREATE TABLE seen (claim BLOB PRIMARY KEY, line INTEGER) WITHOUT ROWID",
)
_FIRST = "SELECT line FROM seen WHERE claim = ?"
_ADD = "INSERT OR IGNORE INTO seen VALUES (?, ?)"
DIGEST_BYTES = 16


class SeenClaims:
    """The claims of one list.

    Every method raises ``StoreUnavailableError`` if the disk takes no more.
    """

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    def add(self, claims: Iterable[tuple[str, int]]) -> list[int | None]:
        """Add claims by their lines; return the line each stood in before, if any."""
        found: list[int | None] = []
        with as_store_errors(), self._database:
            for claim, line in claims:
                digest = _digest(claim)
                added = self._database.execute(_ADD, (digest, line)).rowcount
                found.append(None if added else self._line(digest))
        return found

    def absent(self, claims: Sequence[str]) -> list[int]:
        """Return the places of those that the list has not."""
        with as_store_errors():
            lines = [self._line(_digest(claim)) for claim in claims]
        return [place for place, line in enumerate(lines) if line is None]

    def _line(self, digest: bytes) -> int | None:
        row = self._database.execute(_FIRST, (digest,)).fetchone()
        return None if row is None else int(row[0])


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
