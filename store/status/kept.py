"""Know what is kept of the certificates that some changes of state may be of.

A registry's changes come by the hundred, and most are of certificates that nobody was
ever paid for. So what is kept is looked up for all of them at once, a statement a
table, however many they are; only where something was paid is a change followed by
itself (``store.ledger.causes``).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Dialect, Row, Select, Table, or_, select

from policy.documents import Document
from store.collection.tables import collected_records
from store.documents import FIELDS, document_of_row, documents
from store.ledger.tables import decisions
from store.prepared import among
from store.quality.tables import seen_certificates

MARKS: dict[Table, Sequence[str]] = {
    documents: ("place", "former", "number", "serial"),
    seen_certificates: ("place", "former", "number"),
}
"""The marks by which each table is found, by an index each."""
_NOBODY: AbstractSet[str] = frozenset()


class Kept:
    """What is kept of some certificates, by their ids and by their documents' marks."""

    def __init__(
        self, connection: Connection, ids: Sequence[str], asked: Sequence[Document]
    ) -> None:
        """Look up what is kept under ``ids``, and by any mark of ``asked``."""
        self._alike: defaultdict[str, list[Document]] = defaultdict(list)
        """The documents that are known by each mark."""
        self._ids: defaultdict[str, set[str]] = defaultdict(set)
        """The certificates whose documents are known by each mark."""
        marks = _marks(asked)
        found = self._look_up(connection, marks)
        # What a change acts on may be stated as another version is, and not as it is.
        self._look_up_ids(connection, _marks(found) - marks)
        known = {id_ for some in self._ids.values() for id_ in some}
        self._collected = _there(connection, collected_records, ids)
        self._paid = _there(connection, decisions, {*ids, *known})

    def is_of_seen(self, certificate: str, document: Document) -> bool:
        """Say whether it was ever collected, paid for or answered.

        What agencies answered live is noted as far as there is time for it
        (``gateway.registry.quality``), so that ``False`` is a doubt and no proof.
        """
        # What came before documents were noted is known by its id, or its place, alone.
        return (
            certificate in self._collected
            or certificate in self._paid
            or any(map(document.may_be, self._known_alike(document)))
        )

    def is_paid_for(self, certificate: str, document: Document) -> bool:
        """Say whether anything was decided on what it may be of, by whichever mark.

        Otherwise nothing follows from a change of it.
        """
        marks = document.marks | _marks(self._known_alike(document))
        return certificate in self._paid or any(
            not self._ids.get(mark, _NOBODY).isdisjoint(self._paid) for mark in marks
        )

    def _known_alike(self, document: Document) -> Iterator[Document]:
        for mark in document.marks:
            yield from self._alike.get(mark, ())

    def _look_up(
        self, connection: Connection, marks: AbstractSet[str]
    ) -> list[Document]:
        """Note everything that is known by any of ``marks``, and return it."""
        found = []
        for table in MARKS:
            for row in _by_marks(connection, table, marks):
                by = marks & {*_marks_of(row, table)}
                if table is documents:
                    for mark in by:
                        self._ids[mark].add(row.certificate)
                # Of other holders' no more need be known; a registry may have given
                # one number to thousands.
                by -= {row.document_serial}
                known = document_of_row(row) if by else None
                if known is not None:
                    for mark in by:
                        self._alike[mark].append(known)
                    found.append(known)
        return found

    def _look_up_ids(self, connection: Connection, marks: AbstractSet[str]) -> None:
        """Note the certificates whose documents are known by any of ``marks``."""
        if marks:
            for row in _by_marks(connection, documents, marks):
                for mark in _marks_of(row, documents):
                    self._ids[mark].add(row.certificate)


def _marks(asked: Iterable[Document]) -> frozenset[str]:
    return frozenset[str]().union(*(one.marks for one in asked))


def _marks_of(row: Row[Any], table: Table) -> Iterator[str]:
    """Yield each mark by which a row is found, once."""
    yield from {getattr(row, f"document_{name}") for name in MARKS[table]} - {None}


def _there(connection: Connection, table: Table, ids: Collection[str]) -> set[str]:
    """Return those of ``ids`` that ``table`` has."""
    statement = _by_id(table.name, connection.dialect)
    return set(connection.execute(statement, {"among": [*ids]}).scalars())


def _by_marks(
    connection: Connection, table: Table, marks: AbstractSet[str]
) -> Sequence[Row[Any]]:
    statement = _by_mark(table.name, connection.dialect)
    return connection.execute(statement, {"among": [*marks]}).all()


@lru_cache(maxsize=8)
def _by_id(name: str, dialect: Dialect) -> Select[Any]:
    (table,) = (one for one in (collected_records, decisions) if one.name == name)
    return select(table.c.certificate).where(among(table.c.certificate, dialect))


@lru_cache(maxsize=8)
def _by_mark(name: str, dialect: Dialect) -> Select[Any]:
    (table,) = (one for one in MARKS if one.name == name)
    columns = [table.c[f"document_{name}"] for name in FIELDS]
    if table is documents:
        columns.append(table.c.certificate)
    return select(*columns).where(
        or_(*(among(table.c[f"document_{name}"], dialect) for name in MARKS[table]))
    )
