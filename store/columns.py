"""The metadata and the column types that all tables share."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    DateTime,
    Dialect,
    Index,
    Integer,
    MetaData,
    String,
    TypeDecorator,
    text,
)

metadata = MetaData()
"""Every table, once the modules ``*tables`` are imported."""


class Moment(TypeDecorator[datetime]):
    """An aware datetime, kept in UTC; SQLite keeps no time zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(
        self,
        value: datetime | None,
        dialect: Dialect,  # noqa: ARG002 - SQLAlchemy's signature
    ) -> datetime | None:
        """Turn into UTC."""
        return None if value is None else value.astimezone(UTC)

    def process_result_value(
        self,
        value: datetime | None,
        dialect: Dialect,  # noqa: ARG002 - SQLAlchemy's signature
    ) -> datetime | None:
        """Say that it is UTC; a driver that keeps time zones says one itself."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value


# SQLite counts an INTEGER PRIMARY KEY by itself, and nothing wider.
NUMBER = BigInteger().with_variant(Integer, "sqlite")


def document_columns() -> list[Column[Any]]:
    """Return the columns of what is stated of a document, as ``policy.documents``."""
    marks = ("place", "former", "number", "serial", "code", "own_code", "name")
    days = ("first_issued_on", "issued_on")
    return [
        *(Column(f"document_{name}", String(64)) for name in marks),
        Column("document_level", String(16)),
        *(Column(f"document_{name}", Date) for name in days),
    ]


def index_of_former(table: str) -> Index:
    """Return the index of the places that documents had by their spelling.

    Of those that there are: hardly any document has one, and a database expects that
    an index of blanks alone finds everything.
    """
    stated = text("document_former IS NOT NULL")
    return Index(
        f"{table}_by_former",
        "document_former",
        sqlite_where=stated,
        postgresql_where=stated,
    )
