"""The tables of data quality, as statements use them."""

from sqlalchemy import BigInteger, Column, Date, Index, String, Table

from store.columns import metadata

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
    Column("place", String(64)),
    Index("seen_certificates_by_place", "place"),
)


whole_lists = Table(
    "whole_lists",
    metadata,
    Column("agency", String(63), primary_key=True),
    Column("person", String(64), primary_key=True),
    Column("listed_on", Date, nullable=False),
)
