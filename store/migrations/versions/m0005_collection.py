"""Collected records: every version as it was signed, and how far each agency has sent.

The envelope is the evidence and names the person; beside it stand only a pseudonym
and the sealed id of the certificate, by which it is found.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "collection_streams",
        sa.Column("connector", sa.String(63), primary_key=True),
        sa.Column("stream", sa.String(16), primary_key=True),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "collection_gaps",
        sa.Column("connector", sa.String(63), primary_key=True),
        sa.Column("stream", sa.String(16), primary_key=True),
        sa.Column("first", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "collected_records",
        sa.Column("id", _NUMBER, primary_key=True),
        sa.Column("connector", sa.String(63), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("certificate", sa.String(400), nullable=False),
        sa.Column("person", sa.String(64), nullable=False),
        sa.Column("document", sa.String(64), nullable=False),
        sa.Column("envelope", sa.Text(), nullable=False),
        sa.Column("key_id", sa.String(128), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True)),
        sa.Column("collected_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.Column("item", sa.String(32)),
        sa.Column("level", sa.String(16)),
        sa.Column("issued_on", sa.Date()),
        sa.Column("first_issued_on", sa.Date()),
        sa.Column("unlawful_change", sa.String(32)),
        sa.UniqueConstraint("digest", "connector", name="one_record_a_digest"),
    )
    op.create_index(
        "collected_records_by_person", "collected_records", ["person", "connector"]
    )
    op.create_index(
        "collected_records_by_certificate", "collected_records", ["certificate"]
    )
    op.create_index("collected_records_by_document", "collected_records", ["document"])
