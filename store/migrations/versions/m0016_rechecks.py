"""An index by which a recheck finds an agency's payments in their order."""

from alembic import op

revision = "0016"
down_revision = "0014"


def upgrade() -> None:
    """Make it."""
    op.create_index("decisions_by_connector", "decisions", ["connector", "id"])
