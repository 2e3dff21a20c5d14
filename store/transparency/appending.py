"""Append what is queued to the log, by whichever gateway comes first.

What is to be written is made before, from what was read without keeping anybody from
writing: rows do not change. One short transaction then writes entries and tiles,
empties the queue of them and moves the head on, if that stands where it stood when they
were made: of two gateways that took the same rows one has done it, and the other finds
that and has done nothing. So the log never forks, and no row is in it twice. A
transaction of which nobody knows whether it was done is found done, or is made again.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Delete, Dialect, delete, func, select, update

from bureau.transparency.log import Head
from bureau.transparency.rows import gone_bytes
from bureau.transparency.sources import SOURCES, Source
from signing.transparency.edge import Edge
from signing.transparency.entries import MOST_ROWS, SALT_SIZE
from signing.transparency.tiles import Tile
from store.commits import UntilCommitted
from store.connections import Reader
from store.prepared import PreparedInsert, among
from store.store import Store
from store.transparency.committed import rows_of
from store.transparency.entries import entry_row, entry_with, last_row
from store.transparency.tables import log_entries, log_head, log_queue
from store.transparency.tiles import tile_reader, write_tiles

ROUND = 256
"""The most rows of one transaction: others wait for it to write."""
assert ROUND <= MOST_ROWS  # noqa: S101 - a group is one entry


@dataclass(frozen=True, slots=True)
class Appended:
    """What became of a round."""

    head: Head
    """The log as it is after the round, as far as this gateway knows."""
    rows: int
    """How many rows it took from the queue."""
    is_mine: bool
    """Whether it came first; else another gateway has appended meanwhile."""


class _MeanwhileError(Exception):
    """Somebody else appended; the transaction ends with nothing written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    """What one round is going to write."""

    old: Head
    rounds: int
    new: Head
    taken: Sequence[int]
    entries: Sequence[Mapping[str, Any]]
    tiles: Sequence[tuple[Tile, bytes]]


class StoredLog:
    """Appends to the log, and knows how much waits."""

    def __init__(self, store: Store) -> None:
        self._reader = Reader(store.engine)
        self._writer = store.writer
        self._draft = UntilCommitted[_Draft](store.commits)

    async def head(self) -> Head:
        """Return how long the log is.

        Raises:
            StoreUnavailableError: the database is away.
        """
        async with self._reader.connect() as connection:
            head, _ = await connection.run_sync(_head)
        return head

    async def append(self) -> Appended:
        """Take up to ``ROUND`` rows from the queue into the log.

        Raises:
            StoreUnavailableError: nothing was appended, or nobody knows.
        """
        draft = await self._draft.get(None, self._drafted)
        if not draft.taken:
            return Appended(draft.old, 0, is_mine=True)
        try:
            await self._writer.write(lambda connection: _write(connection, draft))
        except _MeanwhileError:
            return Appended(await self.head(), 0, is_mine=False)
        return Appended(draft.new, len(draft.taken), is_mine=True)

    async def _drafted(self) -> _Draft:
        async with self._reader.connect() as connection:
            return await connection.run_sync(_drafted)

    async def queued(self, most: int) -> int:
        """Return how many rows wait, counted up to ``most``.

        Raises:
            StoreUnavailableError: the database is away.
        """
        some = select(log_queue.c.id).limit(most).subquery()
        counted = select(func.count()).select_from(some)
        async with self._reader.connect() as connection:
            return (await connection.execute(counted)).scalar_one()


def _head(connection: Connection) -> tuple[Head, int]:
    row = connection.execute(select(log_head)).one()
    return Head(row.size, bytes(row.root)), row.rounds


def _drafted(connection: Connection) -> _Draft:
    # The head first: whatever is read after it belongs to it, or comes to nothing.
    old, rounds = _head(connection)
    column = log_queue.c
    queued = connection.execute(select(log_queue).order_by(column.id).limit(ROUND))
    taken, waiting = [], dict[str, dict[int, None]]()
    places: dict[tuple[str, int], None] = {}
    for id_, name, row in queued.all():
        taken.append(id_)
        waiting.setdefault(name, {})[row] = None
        places[name, 0 if SOURCES[name].is_grouped else row] = None
    groups = {
        place: group
        for name, ids in waiting.items()
        for place, group in _groups(connection, SOURCES[name], sorted(ids))
    }
    edge = Edge(old.size, tile_reader(connection))
    entries = []
    for place in places:
        if (group := groups.get(place)) is not None:
            kind, rows = group
            entries.append(entry_row(edge.size, place[0], kind, rows))
            edge.append(entries[-1]["leaf"])
    return _Draft(
        old=old,
        rounds=rounds,
        new=Head(edge.size, edge.root),
        taken=taken,
        entries=entries,
        tiles=list(edge.take_tiles()),
    )


_Group = tuple[str, list[tuple[int, bytes, bytes]]]


def _groups(
    connection: Connection, source: Source, ids: Sequence[int]
) -> list[tuple[tuple[str, int], _Group]]:
    """Return the entries of rows that are not in the log yet, each with its place."""
    last = last_row(connection, source.name)
    new = [
        id_
        for id_ in ids
        if id_ > last or entry_with(connection, source.name, id_) is None
    ]
    if not new:
        return []
    there = rows_of(connection, source, new)
    salts = os.urandom(SALT_SIZE * len(new))
    rows = [
        (
            there[id_][0] if id_ in there else source.kind,
            id_,
            salts[at * SALT_SIZE : (at + 1) * SALT_SIZE],
            there[id_][1] if id_ in there else gone_bytes(source, id_),
        )
        for at, id_ in enumerate(new)
    ]
    if source.is_grouped:
        return [((source.name, 0), (source.kind, [row[1:] for row in rows]))]
    return [((source.name, row[1]), (row[0], [row[1:]])) for row in rows]


def _write(connection: Connection, draft: _Draft) -> None:
    column = log_head.c
    moved = connection.execute(
        update(log_head)
        .where(column.rounds == draft.rounds)
        .values(size=draft.new.size, root=draft.new.root, rounds=draft.rounds + 1)
    )
    if moved.rowcount != 1:
        raise _MeanwhileError
    if draft.entries:
        _insert(connection.dialect).run(connection, draft.entries)
        write_tiles(connection, draft.old.size, draft.tiles)
    connection.execute(_delete(connection.dialect), {"among": draft.taken})


@lru_cache(maxsize=8)
def _insert(dialect: Dialect) -> PreparedInsert:
    return PreparedInsert(log_entries, dialect)


@lru_cache(maxsize=8)
def _delete(dialect: Dialect) -> Delete:
    return delete(log_queue).where(among(log_queue.c.id, dialect))
