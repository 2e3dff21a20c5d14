"""The tables of data quality, as statements use them."""

from sqlalchemy import BigInteger, Column, Date, Index, String, Table

from store.columns import NUMBER, Moment, document_columns, index_of_former, metadata

quality_counts = Table(
    "quality_counts",
    metadata,
    Column("agency", String(63), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("measure", String(32), primary_key=True),
    Column("value", BigInteger, nullable=False),
)


seen_certificates = Table(
    "seen_certificates",
    metadata,
    Column("agency", String(63), primary_key=True),
    Column("mark", String(64), primary_key=True),
    Column("facts", String(64), nullable=False),
    Column("first_seen_on", Date, nullable=False),
    *document_columns(),
    Index("seen_certificates_by_place", "document_place"),
    index_of_former("seen_certificates"),
    Index("seen_certificates_by_document", "document_number"),
    Index("seen_certificates_by_day", "first_seen_on"),
)


whole_lists = Table(
    "whole_lists",
    metadata,
    Column("agency", String(63), primary_key=True),
    Column("person", String(64), primary_key=True),
    Column("listed_on", Date, nullable=False),
    Index("whole_lists_by_day", "listed_on"),
)


seen_versions = Table(
    "seen_versions",
    metadata,
    # Given anew with each version, so that who follows reads on from the last.
    Column("id", NUMBER, primary_key=True),
    Column("mark", String(64), nullable=False, unique=True),
    Column("signed_at", Moment, nullable=False),
    Column("said", String(16), nullable=False),
    Column("digest", String(16), nullable=False),
    Column("key_id", String(128), nullable=False),
    Column("seen_at", Moment, nullable=False),
    Index("seen_versions_by_time", "seen_at"),
)
