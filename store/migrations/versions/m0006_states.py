"""Changes of certificates' states, as they were signed; nothing is ever taken back.

``id`` is also the cursor of whoever follows the changes.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "state_changes",
        sa.Column("id", _NUMBER, primary_key=True),
        sa.Column("connector", sa.String(63), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("certificate", sa.String(400), nullable=False),
        sa.Column("person", sa.String(64), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("envelope", sa.Text(), nullable=False),
        sa.Column("key_id", sa.String(128), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True)),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("connector", "digest", name="one_change_a_digest"),
    )
    op.create_index("state_changes_by_person", "state_changes", ["person"])
    op.create_index("state_changes_by_certificate", "state_changes", ["certificate"])
