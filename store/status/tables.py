"""The table of certificates' changes of state."""

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    Index,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from store.columns import NUMBER, Moment, document_columns, index_of_former, metadata

state_changes = Table(
    "state_changes",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("connector", String(63), nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("certificate", String(400), nullable=False),
    Column("person", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    Column("effective_on", Date, nullable=False),
    Column("reason", Text, nullable=False),
    Column("envelope", Text, nullable=False),
    Column("key_id", String(128), nullable=False),
    Column("signed_at", Moment),
    Column("received_at", Moment, nullable=False),
    *document_columns(),
    UniqueConstraint("connector", "digest", name="one_change_a_digest"),
    Index("state_changes_by_person", "person"),
    Index("state_changes_by_certificate", "certificate"),
    Index("state_changes_by_number", "sequence", "connector"),
    Index("state_changes_by_document", "document_number"),
    Index("state_changes_by_serial", "document_serial"),
    Index("state_changes_by_place", "document_place"),
    index_of_former("state_changes"),
)
