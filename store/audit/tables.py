"""The table of the audit log, as statements use it."""

from sqlalchemy import JSON, Column, Index, Integer, String, Table, text

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
