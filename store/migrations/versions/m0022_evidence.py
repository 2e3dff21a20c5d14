"""Which facts of the log a decision rests on: its trace, its rules, keys of then."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "decision_facts",
        sa.Column(
            "decision",
            _NUMBER,
            sa.ForeignKey("decisions.id"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column(
            "fact",
            _NUMBER,
            sa.ForeignKey("logged_facts.id"),
            primary_key=True,
            autoincrement=False,
        ),
    )
