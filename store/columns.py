"""The metadata and the column types that all tables share."""

from datetime import UTC, datetime

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, MetaData, TypeDecorator

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
