"""Erase with rows the salts that the log has of them: nobody shows any more what of.

The commitments stay, and the tree with them. Which rows went by retention is a fact
that the log commits to, so that one which somebody else removed is told apart.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, select, update

from bureau.transparency.sources import AUDIT, Kind, Source
from store.transparency.entries import NO_SALT, entry_with
from store.transparency.facts import note_fact
from store.transparency.tables import log_entries, logged_facts

_ERASED = (
    update(log_entries)
    .where(log_entries.c.id == bindparam("of_id"))
    .values(salts=bindparam("left"))
)
Range = tuple[int, int]
"""The first and the last of some ids, which all belong to it."""


def note_retention(
    connection: Connection, ids: Sequence[int], kept_from: datetime, at: datetime
) -> None:
    """Say of audit records that they go by retention, and erase their salts."""
    body = {
        "table": AUDIT.table,
        "kept_from": kept_from.isoformat(),
        "ids": [list(one) for one in ranges_of(ids)],
    }
    note_fact(connection, Kind.RETENTION, body, at)
    erase_salts(connection, AUDIT, ids)


def erase_salts(connection: Connection, source: Source, ids: Iterable[int]) -> None:
    """Put noughts in the place of the salts of rows, of those that are in the log."""
    left = set(ids)
    while left:
        id_ = min(left)
        left.discard(id_)
        entry = entry_with(connection, source.name, id_)
        if entry is None:
            continue
        gone = {id_, *left.intersection(entry.ids)}
        left -= gone
        salts = b"".join(
            NO_SALT if of in gone else salt
            for of, salt in zip(entry.ids, entry.salts, strict=True)
        )
        connection.execute(_ERASED, [{"of_id": entry.index, "left": salts}])


def ranges_of(ids: Iterable[int]) -> Iterator[Range]:
    """Yield ids as ranges without a gap, in their order."""
    first = last = None
    for id_ in sorted(ids):
        if first is None or last is None:
            first = last = id_
        elif id_ == last + 1:
            last = id_
        else:
            yield first, last
            first = last = id_
    if first is not None and last is not None:
        yield first, last


def retained(connection: Connection) -> list[Range]:
    """Return the ids of audit records that went by retention, in their order."""
    column = logged_facts.c
    facts = select(column.body).where(column.kind == Kind.RETENTION)
    found: list[Range] = []
    for body in connection.execute(facts).scalars():
        found += [(first, last) for first, last in body["ids"]]
    return sorted(found)
