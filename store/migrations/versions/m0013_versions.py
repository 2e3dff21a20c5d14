"""The newest version that was seen of each certificate, so that none rolls back.

A mark is keyed and reveals nothing of the certificate or the person. What was seen and
collected before this step is known once it is seen again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "seen_versions",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            primary_key=True,
        ),
        sa.Column("mark", sa.String(64), nullable=False, unique=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("said", sa.String(16), nullable=False),
        sa.Column("digest", sa.String(16), nullable=False),
        sa.Column("key_id", sa.String(128), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        # A number is never given twice, or who follows would pass over a row.
        sqlite_autoincrement=True,
    )
