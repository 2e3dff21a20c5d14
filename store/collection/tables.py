"""The tables of what agencies send: records, and how far each has come."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Index,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from store.columns import NUMBER, Moment, metadata

collection_streams = Table(
    "collection_streams",
    metadata,
    Column("connector", String(63), primary_key=True),
    Column("stream", String(16), primary_key=True),
    Column("sequence", BigInteger, nullable=False),
    Column("begun_at", Moment, nullable=False),
    Column("at", Moment, nullable=False),
)

collection_gaps = Table(
    "collection_gaps",
    metadata,
    Column("connector", String(63), primary_key=True),
    Column("stream", String(16), primary_key=True),
    Column("first", BigInteger, primary_key=True, autoincrement=False),
    Column("last", BigInteger, nullable=False),
    Column("found_at", Moment, nullable=False),
)

collected_records = Table(
    "collected_records",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("connector", String(63), nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("certificate", String(400), nullable=False),
    Column("person", String(64), nullable=False),
    Column("document", String(64), nullable=False),
    Column("envelope", Text, nullable=False),
    Column("key_id", String(128), nullable=False),
    Column("signed_at", Moment),
    Column("collected_at", Moment, nullable=False),
    Column("is_current", Boolean, nullable=False),
    Column("item", String(32)),
    Column("level", String(16)),
    Column("issued_on", Date),
    Column("first_issued_on", Date),
    Column("unlawful_change", String(32)),
    Column("verified", String(64)),
    # In this order: an index that begins with the connector is taken for the selective
    # one where no statistics are yet, and gone through to its end.
    UniqueConstraint("digest", "connector", name="one_record_a_digest"),
    Index("collected_records_by_person", "person", "connector"),
    Index("collected_records_by_certificate", "certificate"),
    Index("collected_records_by_document", "document"),
    Index("collected_records_by_number", "sequence", "connector"),
)
