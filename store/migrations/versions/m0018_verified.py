"""A mark that a collected record's signature was verified when it came.

Rows of before have none: they are verified whenever they are read.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Make room for it."""
    op.add_column("collected_records", sa.Column("verified", sa.String(64)))
