"""The tables of the audit log, as statements use them."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    FetchedValue,
    Index,
    Integer,
    String,
    Table,
    TextClause,
    text,
)

from store.columns import NUMBER, Moment, metadata

ALL_BUT_LOOK_UPS = text("event <> 'LOOKED_UP'")
"""Of which records there is an index by the event."""


def _index(name: str, *columns: str, of: TextClause) -> Index:
    """Return an index of some of the records."""
    return Index(
        f"audit_records_by_{name}", *columns, sqlite_where=of, postgresql_where=of
    )


def _stated(column: str) -> TextClause:
    return text(f"{column} IS NOT NULL")


audit_records = Table(
    "audit_records",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("event", String(32), nullable=False),
    Column("caller", String(200), nullable=False),
    Column("districts", String(128)),
    Column("request_id", String(64)),
    Column("person", String(64)),
    Column("purpose", String(32)),
    Column("case_number", String(64)),
    Column("organisation", String(100)),
    Column("officer", String(64)),
    Column("matter_code", String(64)),
    Column("matter_name", String(100)),
    Column("business_number", String(64)),
    Column("operation", String(64)),
    Column("document", String(64)),
    Column("sources", JSON, nullable=False),
    Column("certificates", Integer),
    Column("kept_from", Moment),
    Column("removed", Integer),
    Index("audit_records_by_time", "at"),
    _index("retention", "kept_from", of=_stated("kept_from")),
    *(
        _index(name, column, "at", "id", of=_stated(column))
        for name, column in {
            "person": "person",
            "caller": "caller",
            "request": "request_id",
            "case": "case_number",
            "matter": "matter_code",
            "organisation": "organisation",
            "officer": "officer",
            "business": "business_number",
            "purpose": "purpose",
        }.items()
    ),
    _index("event", "event", "at", "id", of=ALL_BUT_LOOK_UPS),
)

HOW_IT_ENDED = frozenset({"sources", "certificates", "kept_from", "removed"})
intended = [
    column
    for column in audit_records.columns
    if not column.primary_key and column.name not in HOW_IT_ENDED
]
"""What is known of a look-up that begins."""

audit_intents = Table(
    "audit_intents",
    metadata,
    Column("mark", String(48), primary_key=True),
    # By the database's clock, which is one for all gateways.
    Column("began", BigInteger, nullable=False, server_default=FetchedValue()),
    *(Column(one.name, one.type, nullable=one.nullable) for one in intended),
)
