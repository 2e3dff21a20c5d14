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
    text,
)

from store.columns import NUMBER, Moment, metadata

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
    Index("audit_records_by_person", "person"),
    Index("audit_records_by_caller", "caller", "at"),
    Index("audit_records_by_retention", "kept_from"),
    Index(
        "audit_records_by_matter",
        *("matter_code", "at", "id"),
        sqlite_where=text("matter_code IS NOT NULL"),
        postgresql_where=text("matter_code IS NOT NULL"),
    ),
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
