"""Documents that are known, since they were collected, paid for or proved false.

A certificate's ids name the connector that showed it, so one document may have several.
Here it is known of each id which document it is of, and so which ids are of one. Of
what was kept before there was a normal form its place alone may be known, until it is
seen again.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Column as TableColumn
from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Index,
    Row,
    String,
    Table,
    or_,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite

from policy.documents import Document
from policy.level import Level
from store.columns import document_columns, index_of_former, metadata
from store.database import POSTGRESQL

FIELDS = (
    *("place", "former", "number", "serial", "code", "own_code", "name"),
    *("level", "first_issued_on", "issued_on"),
)

documents = Table(
    "documents",
    metadata,
    TableColumn("certificate", String(400), primary_key=True),
    *document_columns(),
    Index("documents_by_number", "document_number"),
    Index("documents_by_serial", "document_serial"),
    Index("documents_by_place", "document_place"),
    index_of_former("documents"),
)


def row_of_document(document: Document) -> dict[str, Any]:
    """Return ``document`` as columns."""
    return {f"document_{name}": getattr(document, name) for name in FIELDS}


def document_of_row(row: Row[*tuple[Any, ...]]) -> Document | None:
    """Return the document of a row; ``None`` if nothing is known of it."""
    kept = {name: getattr(row, f"document_{name}") for name in FIELDS}
    if kept["place"] is None:
        return None
    level = kept.pop("level")
    return Document(**kept, level=None if level is None else Level(level))


def note_documents(connection: Connection, known: Mapping[str, Document]) -> None:
    """Keep of which document each certificate's id is; what is known stays.

    Of what less was known, the rest is put beside it.
    """
    if not known:
        return
    is_postgresql = connection.dialect.name == POSTGRESQL
    statement: Any = (postgresql if is_postgresql else sqlite).insert(documents)
    column, new = documents.c, statement.excluded
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["certificate"],
            set_={f"document_{name}": new[f"document_{name}"] for name in FIELDS},
            where=or_(
                column.document_number.is_(None) & new.document_number.is_not(None),
                column.document_serial.is_(None) & new.document_serial.is_not(None),
            ),
        ),
        [
            {"certificate": id_, **row_of_document(document)}
            for id_, document in sorted(known.items())
        ],
    )


def document_of_certificate(
    connection: Connection, certificate: str
) -> Document | None:
    """Return the document of a certificate's id; ``None`` if it is not known."""
    found = connection.execute(
        select(documents).where(documents.c.certificate == certificate)
    ).first()
    return None if found is None else document_of_row(found)


def known_or_alike(
    connection: Connection, asked: Sequence[Document], certificate: str | None = None
) -> dict[str, Document]:
    """Return by its id what is known of what may be one of ``asked``.

    Of ``certificate`` too, if it is stated, whatever document it is of.
    """
    places = [alike(documents, one) for one in asked]
    own = [] if certificate is None else [documents.c.certificate == certificate]
    rows = connection.execute(select(documents).where(or_(*own, *places))).all()
    known = {row.certificate: document_of_row(row) for row in rows}
    return {id_: one for id_, one in known.items() if one is not None}


def alike(table: FromClause, document: Document) -> ColumnElement[bool]:
    """Return which rows of ``table`` may be of ``document``: few, by an index."""
    column, places = table.c, document.places
    by_place = or_(
        column.document_place.in_(places), column.document_former.in_(places)
    )
    if document.number is None:
        return by_place
    return or_(column.document_number == document.number, by_place)


def known_alike(
    connection: Connection, document: Document
) -> Iterator[tuple[str, Document]]:
    """Yield every known id with its document, of those that may be ``document``."""
    for row in connection.execute(select(documents).where(alike(documents, document))):
        found = document_of_row(row)
        if found is not None:
            yield row.certificate, found
