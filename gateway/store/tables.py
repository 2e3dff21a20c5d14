"""The tables, as statements use them; ``migrations`` makes and changes them.

A test compares the two.
"""

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    DateTime,
    Dialect,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    TypeDecorator,
)

metadata = MetaData()


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


audit_records = Table(
    "audit_records",
    metadata,
    # SQLite counts an INTEGER PRIMARY KEY by itself, and nothing wider.
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("at", Moment, nullable=False),
    Column("event", String(32), nullable=False),
    Column("caller", String(200), nullable=False),
    Column("request_id", String(64)),
    Column("person", String(64)),
    Column("purpose", String(32)),
    Column("case_number", String(64)),
    Column("operation", String(64)),
    Column("document", String(64)),
    Column("sources", JSON, nullable=False),
    Column("certificates", Integer),
    Column("kept_from", Moment),
    Column("removed", Integer),
    Index("audit_records_by_time", "at"),
    Index("audit_records_by_person", "person"),
    Index("audit_records_by_caller", "caller", "at"),
    Index("audit_records_by_retention", "kept_from"),
)

used_tokens = Table(
    "used_tokens",
    metadata,
    Column("token", String(64), primary_key=True),
    Column("until", Moment, nullable=False),
    Index("used_tokens_by_time", "until"),
)
