"""Data quality: counters by day, and marks of what was seen, to find what is new.

A mark is keyed (``pseudonym_key_file``) and reveals nothing of the certificate or the
person. A proposal has its day, so that a cause is proposed once a day by all gateways.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "quality_counts",
        sa.Column("agency", sa.String(63), primary_key=True),
        sa.Column("day", sa.Date(), primary_key=True),
        sa.Column("measure", sa.String(32), primary_key=True),
        sa.Column("value", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "seen_certificates",
        sa.Column("agency", sa.String(63), primary_key=True),
        sa.Column("mark", sa.String(64), primary_key=True),
        sa.Column("facts", sa.String(64), nullable=False),
        sa.Column("first_seen_on", sa.Date(), nullable=False),
    )
    op.create_table(
        "whole_lists",
        sa.Column("agency", sa.String(63), primary_key=True),
        sa.Column("person", sa.String(64), primary_key=True),
        sa.Column("listed_on", sa.Date(), nullable=False),
    )
    op.add_column("sanction_proposals", sa.Column("day", sa.Date()))
    op.create_index(
        "one_proposal_a_day",
        "sanction_proposals",
        ["connector", "cause", "day"],
        unique=True,
    )
