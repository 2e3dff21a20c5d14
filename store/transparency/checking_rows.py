"""Compare rows with what the log committed to.

Of each source its rows are read beside its entries, in the order of their ids: so a
million of them are read once. Where rows are grouped (``Source.is_grouped``) ids grow
as they are committed, so an entry of earlier ones than are logged already was put there
later.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from sqlalchemy import Connection, Row, select

from bureau.transparency.rows import gone_bytes
from bureau.transparency.sources import AUDIT, SOURCES, Source
from signing.transparency.entries import commitment
from store.transparency.committed import TABLES, as_committed, committed
from store.transparency.entries import NO_SALT, LoggedEntry
from store.transparency.erasing import retained
from store.transparency.tables import log_queue

SOME = 500
"""Rows that are asked for by their ids at once."""
PAGE = 5_000
_NONE = -(1 << 63)
"""Less than any row's id."""


class Counts(Protocol):
    """How many rows were found how."""

    rows: int
    pending: int
    retained: int


@dataclass(slots=True)
class _Following:
    """How far one source was compared."""

    source: Source
    last: int = _NONE
    """The greatest id of the rows that were compared."""
    newest: int = _NONE
    """The greatest id of the entries that were taken."""
    strays: set[int] = field(default_factory=set)
    """Rows there are that no entry had yet."""
    wanted: dict[int, tuple[str, bytes, bytes]] = field(default_factory=dict)
    """Of the entries that were taken: each row's kind, salt and commitment."""


class RowsChecker:
    """Takes entries in the log's order, and compares their rows."""

    def __init__(
        self, connection: Connection, told: Callable[[str], None], counts: Counts
    ) -> None:
        self._connection = connection
        self._told = told
        self._counts = counts
        self._sources = {name: _Following(one) for name, one in SOURCES.items()}
        ranges = retained(connection)
        self._firsts = [first for first, _ in ranges]
        self._lasts = [last for _, last in ranges]

    def take(self, entry: LoggedEntry) -> None:
        """Take an entry."""
        of = self._sources[entry.source]
        if list(entry.ids) != sorted(set(entry.ids)):
            self._told(f"entry {entry.index}: its rows are not in their order")
        for id_, salt, made in zip(
            entry.ids, entry.salts, entry.commitments, strict=True
        ):
            if id_ in of.wanted:
                self._told(f"{of.source.table} row {id_}: it was logged twice")
            elif id_ <= of.newest and of.source.is_grouped:
                self._told(
                    f"{of.source.table} row {id_}: it was logged after later ones"
                )
            of.wanted[id_] = entry.kind, salt, made
        of.newest = max(of.newest, *entry.ids)

    def check(self) -> None:
        """Compare the rows of what was taken."""
        for of in self._sources.values():
            if of.wanted:
                self._check(of)
                of.wanted = {}

    def end(self) -> None:
        """Tell of rows that are in no entry, and not about to be."""
        queued: dict[str, set[int]] = {}
        for name, id_ in self._connection.execute(
            select(log_queue.c.source, log_queue.c.row_id)
        ):
            queued.setdefault(name, set()).add(id_)
        for name, of in self._sources.items():
            waiting = queued.get(name, set())
            there = select(TABLES[of.source.table].c.id)
            newer = there.where(TABLES[of.source.table].c.id > of.last)
            found = self._connection.execute(newer).scalars()
            for id_ in sorted(of.strays.union(found)):
                if id_ in waiting:
                    self._counts.pending += 1
                else:
                    self._told(f"{of.source.table} row {id_}: it was never logged")

    def _check(self, of: _Following) -> None:
        newer = [id_ for id_ in of.wanted if id_ > of.last]
        older = [id_ for id_ in of.wanted if id_ <= of.last]
        missing = set(of.wanted)
        if newer:
            missing -= self._compare(of, self._between(of, max(newer)))
            of.last = max(newer)
        if older:
            of.strays -= set(older)
            missing -= self._compare(of, self._these(of, older))
        for id_ in sorted(missing):
            self._miss(of, id_)

    def _between(self, of: _Following, last: int) -> Iterable[Row[Any]]:
        """Yield all rows up to ``last`` that were not read yet, in pages."""
        column, after = TABLES[of.source.table].c.id, of.last
        page = committed(of.source).where(column <= last).order_by(column).limit(PAGE)
        while rows := self._connection.execute(page.where(column > after)).all():
            yield from rows
            after = rows[-1].id

    def _these(self, of: _Following, ids: Sequence[int]) -> Iterable[Row[Any]]:
        column = TABLES[of.source.table].c.id
        for start in range(0, len(ids), SOME):
            some = column.in_(ids[start : start + SOME])
            yield from self._connection.execute(committed(of.source).where(some))

    def _compare(self, of: _Following, rows: Iterable[Row[Any]]) -> set[int]:
        """Compare rows with their commitments; return the ids of those there are."""
        found = set()
        for id_, (kind, raw) in as_committed(of.source, rows):
            if id_ not in of.wanted:
                of.strays.add(id_)
                continue
            found.add(id_)
            said, salt, made = of.wanted[id_]
            if salt == NO_SALT:
                self._told(f"{of.source.table} row {id_}: its salt was removed")
            elif commitment(salt, raw) != made or said != kind:
                self._told(f"{of.source.table} row {id_}: it was changed")
            else:
                self._counts.rows += 1
        return found

    def _miss(self, of: _Following, id_: int) -> None:
        """Tell of a row that is not there, unless it went its way."""
        if of.source is AUDIT and self._is_retained(id_):
            self._counts.retained += 1
        elif of.source.is_kept:
            _, salt, made = of.wanted[id_]
            at_once = commitment(salt, gone_bytes(of.source, id_)) == made
            when = " before it was logged" if at_once else ""
            self._told(f"{of.source.table} row {id_}: it was removed{when}")

    def _is_retained(self, id_: int) -> bool:
        place = bisect_right(self._firsts, id_) - 1
        return place >= 0 and id_ <= self._lasts[place]
