"""Keep the five elements of look-ups, and find those of one matter by time.

An index of the rows that state a matter alone: a log without any pays nothing for it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0008"

ELEMENTS = {
    "organisation": 100,
    "officer": 64,
    "matter_code": 64,
    "matter_name": 100,
    "business_number": 64,
}


def upgrade() -> None:
    """Add the columns and the index; the triggers of the log stay as they are."""
    for name, length in ELEMENTS.items():
        op.add_column("audit_records", sa.Column(name, sa.String(length)))
    stated = sa.text("matter_code IS NOT NULL")
    op.create_index(
        "audit_records_by_matter",
        "audit_records",
        ["matter_code", "at", "id"],
        sqlite_where=stated,
        postgresql_where=stated,
    )
