"""Track how far each stream of a connector has come, and what is missing below.

Numbers rise. What is left out is a gap, on record until its numbers come; a number that
is neither new nor missing was acknowledged before and is never taken again. Everything
here happens within the transaction that keeps the lines, so that a number counts as
come exactly if its line is kept.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Table,
    delete,
    func,
    insert,
    select,
    update,
)

from bureau.collection import Gap, Position
from store.collection.tables import collection_gaps, collection_streams

SHOWN_GAPS = 100
"""How many gaps are listed; beyond, how many numbers are missing says enough."""


class Place(StrEnum):
    """The place of a sequence number in its stream."""

    NEXT = "NEXT"
    """Above all that came."""
    MISSING = "MISSING"
    """In a gap."""
    USED = "USED"
    """Acknowledged before."""


class Sequences:
    """One stream's numbers, for the length of a transaction."""

    def __init__(self, connection: Connection, connector: str, stream: str) -> None:
        self._connection = connection
        self._connector = connector
        self._stream = stream
        column = collection_streams.c
        found = connection.execute(
            select(column.sequence, column.begun_at).where(
                *self._is_of(collection_streams)
            )
        ).first()
        self._is_known = found is not None
        self.last: int = 0 if found is None else found.sequence
        self.begun_at: datetime | None = None if found is None else found.begun_at
        """When its first line came; ``None`` if none was committed yet."""
        self._began_at = self.last
        self._opened: dict[int, Gap] = {}
        """Gaps that are not in the table yet, by their first number."""
        self._has_gaps = self._is_known and self._stored_gap(self.last) is not None

    def place(self, sequence: int) -> Place:
        """Say where ``sequence`` stands now."""
        if sequence > self.last:
            return Place.NEXT
        return Place.USED if self._gap_of(sequence) is None else Place.MISSING

    def number_of(self, sequence: int | None) -> int:
        """Return ``sequence``; where none is stated, the next one that is free."""
        return self.last + 1 if sequence is None else sequence

    def take(self, sequence: int) -> Gap | None:
        """Note that ``sequence`` has come; return the gap it leaves below, if any.

        A number that is used already stays so.
        """
        if sequence > self.last:
            gap = None
            if sequence > self.last + 1:
                gap = Gap(self.last + 1, sequence - 1)
                self._opened[gap.first] = gap
            self.last = sequence
            return gap
        gap = self._gap_of(sequence)
        if gap is not None:
            self._fill(gap, sequence)
        return None

    def write(self, at: datetime) -> None:
        """Write what changed, before the transaction ends."""
        if self._opened:
            rows = [
                {
                    "connector": self._connector,
                    "stream": self._stream,
                    "first": gap.first,
                    "last": gap.last,
                    "found_at": at,
                }
                for gap in self._opened.values()
            ]
            self._connection.execute(insert(collection_gaps), rows)
            self._opened = {}
        if self.last == self._began_at:
            return
        row = {"sequence": self.last, "at": at}
        if self._is_known:
            where = self._is_of(collection_streams)
            self._connection.execute(
                update(collection_streams).where(*where).values(row)
            )
        else:
            keys = {
                "connector": self._connector,
                "stream": self._stream,
                "begun_at": at,
            }
            self._connection.execute(insert(collection_streams).values(**keys, **row))

    def _gap_of(self, sequence: int) -> Gap | None:
        for gap in self._opened.values():
            if gap.first <= sequence <= gap.last:
                return gap
        if not self._has_gaps:
            return None
        stored = self._stored_gap(sequence)
        return None if stored is None or stored.last < sequence else stored

    def _stored_gap(self, sequence: int) -> Gap | None:
        """Return the last gap of the table that begins at or below ``sequence``."""
        column = collection_gaps.c
        row = self._connection.execute(
            select(column.first, column.last)
            .where(*self._is_of(collection_gaps), column.first <= sequence)
            .order_by(column.first.desc())
            .limit(1)
        ).first()
        return None if row is None else _gap(row)

    def _fill(self, gap: Gap, sequence: int) -> None:
        if self._opened.pop(gap.first, None) is None:
            self._connection.execute(
                delete(collection_gaps).where(
                    *self._is_of(collection_gaps), collection_gaps.c.first == gap.first
                )
            )
        for left in (Gap(gap.first, sequence - 1), Gap(sequence + 1, gap.last)):
            if left.first <= left.last:
                self._opened[left.first] = left

    def _is_of(self, table: Table) -> tuple[ColumnElement[bool], ...]:
        return is_of(table, self._connector, self._stream)


def is_of(table: Table, connector: str, stream: str) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions of the rows of one stream."""
    return table.c.connector == connector, table.c.stream == stream


def position_of(connection: Connection, connector: str, stream: str) -> Position:
    """Return how far a stream has come, as it is committed."""
    last = connection.execute(
        select(collection_streams.c.sequence).where(
            *is_of(collection_streams, connector, stream)
        )
    ).scalar()
    column = collection_gaps.c
    of_stream = is_of(collection_gaps, connector, stream)
    missing = connection.execute(
        select(func.sum(column.last - column.first + 1)).where(*of_stream)
    ).scalar()
    rows = connection.execute(
        select(column.first, column.last)
        .where(*of_stream)
        .order_by(column.first)
        .limit(SHOWN_GAPS)
    )
    return Position(last or 0, [_gap(row) for row in rows], int(missing or 0))


def _gap(row: Row[int, int]) -> Gap:
    return Gap(row.first, row.last)
