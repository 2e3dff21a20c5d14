"""Indexes for ledgers that grow long.

By one a recheck finds an agency's payments in their order. Those of the places that
documents had by their spelling hold those that there are: hardly any document has one,
and where an index is of blanks alone, a database that counted them reads all of a table
rather than its other indexes.
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

FORMER = "document_former"
STATED = sa.text(f"{FORMER} IS NOT NULL")


def upgrade() -> None:
    """Make them."""
    op.create_index("decisions_by_connector", "decisions", ["connector", "id"])
    for table in ("documents", "seen_certificates", "state_changes"):
        op.drop_index(f"{table}_by_former", table)
        op.create_index(
            f"{table}_by_former",
            table,
            [FORMER],
            sqlite_where=STATED,
            postgresql_where=STATED,
        )
