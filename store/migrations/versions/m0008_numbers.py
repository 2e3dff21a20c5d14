"""Find what agencies sent by its number, and certificates that were seen by place.

So that a sender can compare what it has with what is here, number by number, and a
change of state can be told that fits no certificate which was ever seen.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Make the indexes and the column."""
    # The number first: an index that begins with the connector is taken for the
    # selective one where no statistics are yet.
    for table in ("collected_records", "state_changes"):
        op.create_index(f"{table}_by_number", table, ["sequence", "connector"])
    op.add_column("seen_certificates", sa.Column("place", sa.String(64)))
    op.create_index("seen_certificates_by_place", "seen_certificates", ["place"])
