"""The table of the audit log, as statements use it."""

from sqlalchemy import JSON, Column, Index, Integer, String, Table

from store.columns import NUMBER, Moment, metadata

audit_records = Table(
    "audit_records",
    metadata,
    Column("id", NUMBER, primary_key=True),
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
