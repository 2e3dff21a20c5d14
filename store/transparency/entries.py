"""Entries of the log as rows: of which rows of which table each is."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, func, select

from signing.transparency.entries import SALT_SIZE, commitment, entry
from signing.transparency.merkle import HASH_SIZE, leaf_hash
from store.transparency.tables import log_entries

_ID = struct.Struct(">q")
_SIZE = _ID.size + HASH_SIZE
NO_SALT = bytes(SALT_SIZE)
"""What stands in the place of a salt that was erased."""
OVERLAPS = 16
"""Entries of one source whose rows' ids may overlap at one id; there are hardly two."""
column = log_entries.c


@dataclass(frozen=True, slots=True)
class LoggedEntry:
    """An entry that is in the log."""

    index: int
    source: str
    kind: str
    ids: Sequence[int]
    commitments: Sequence[bytes]
    salts: Sequence[bytes]
    leaf: bytes

    @property
    def bytes(self) -> bytes:
        """Return the entry itself.

        Raises:
            ValueError: it has no rows, or too many.
        """
        return entry(self.kind, self.commitments)


def entry_row(
    index: int, source: str, kind: str, rows: Sequence[tuple[int, bytes, bytes]]
) -> dict[str, Any]:
    """Return what keeps an entry of rows: of each its id, a salt, and its bytes."""
    if len(rows) == 1:
        return _entry_of_one(index, source, kind, rows[0])
    ids = [id_ for id_, _, _ in rows]
    commitments = [commitment(salt, raw) for _, salt, raw in rows]
    pairs = zip(ids, commitments, strict=True)
    return {
        "id": index,
        "source": source,
        "kind": kind,
        "first_row": min(ids),
        "last_row": max(ids),
        "rows": b"".join(_ID.pack(id_) + found for id_, found in pairs),
        "salts": b"".join(salt for _, salt, _ in rows),
        "leaf": leaf_hash(entry(kind, commitments)),
    }


def _entry_of_one(
    index: int, source: str, kind: str, row: tuple[int, bytes, bytes]
) -> dict[str, Any]:
    """Return the same of a single row, as most entries are."""
    id_, salt, raw = row
    found = commitment(salt, raw)
    return {
        "id": index,
        "source": source,
        "kind": kind,
        "first_row": id_,
        "last_row": id_,
        "rows": _ID.pack(id_) + found,
        "salts": salt,
        "leaf": leaf_hash(entry(kind, (found,))),
    }


def entry_of_row(row: Row[Any]) -> LoggedEntry:
    """Return the entry that a row of ``log_entries`` keeps.

    Raises:
        ValueError: it is not as long as it has to be.
    """
    index, source, kind, _, _, rows, salts, leaf = tuple(row)
    # SQLite keeps in a column whatever somebody puts there.
    if type(rows) is not bytes or type(salts) is not bytes or type(leaf) is not bytes:
        raise ValueError("rows, salts and leaf are bytes")
    ids, commitments = _split(rows)
    if len(salts) != len(ids) * SALT_SIZE:
        raise ValueError(f"{len(ids)} rows have as many salts of {SALT_SIZE} bytes")
    each = [salts[at : at + SALT_SIZE] for at in range(0, len(salts), SALT_SIZE)]
    return LoggedEntry(index, source, kind, ids, commitments, each, leaf)


def entry_with(connection: Connection, source: str, id_: int) -> LoggedEntry | None:
    """Return the entry that has a row of a source; ``None`` if none has."""
    some = (
        select(log_entries)
        .where(column.source == source, column.last_row >= id_)
        .order_by(column.last_row)
        .limit(OVERLAPS)
    )
    for row in connection.execute(some):
        if row.first_row <= id_:
            found = entry_of_row(row)
            if id_ in found.ids:
                return found
    return None


def last_row(connection: Connection, source: str) -> int:
    """Return the greatest id of a source that is in the log; 0 if none is."""
    statement = select(func.max(column.last_row)).where(column.source == source)
    return connection.execute(statement).scalar() or 0


def _split(raw: bytes) -> tuple[list[int], list[bytes]]:
    if not raw or len(raw) % _SIZE:
        raise ValueError(f"rows have {_SIZE} bytes each, and {len(raw)} stand there")
    ids = [_ID.unpack_from(raw, at)[0] for at in range(0, len(raw), _SIZE)]
    ends = range(_SIZE, len(raw) + 1, _SIZE)
    return ids, [raw[end - HASH_SIZE : end] for end in ends]
