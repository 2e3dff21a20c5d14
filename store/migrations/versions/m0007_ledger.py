"""The ledger of decisions on claims, and what is claimed back.

A claim that was paid is paid once, whoever asks at the same moment; a request that is
sent again under its key finds the first answer.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "decisions",
        sa.Column("id", _NUMBER, primary_key=True),
        sa.Column("claim", sa.String(64), nullable=False),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("amount_yuan", sa.Integer()),
        sa.Column("district", sa.String(6), nullable=False),
        sa.Column("person", sa.String(64), nullable=False),
        sa.Column("certificate", sa.String(400), nullable=False),
        sa.Column("connector", sa.String(63), nullable=False),
        sa.Column("authority", sa.String(128), nullable=False),
        sa.Column("item", sa.String(32)),
        sa.Column("level", sa.String(16)),
        sa.Column("category", sa.String(32)),
        sa.Column("evidence", sa.String(64), nullable=False),
        sa.Column("ruling", sa.Text()),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(400), nullable=False),
        sa.Column("request_key", sa.String(128), nullable=False),
        sa.Column("request_digest", sa.String(64), nullable=False),
        sa.UniqueConstraint("recorded_by", "request_key", name="one_decision_a_key"),
    )
    op.create_index("decisions_by_claim", "decisions", ["claim"])
    op.create_index("decisions_by_person", "decisions", ["person"])
    op.create_index("decisions_by_certificate", "decisions", ["certificate"])
    op.create_index("decisions_by_day", "decisions", ["decided_on"])
    op.create_table(
        "false_records",
        sa.Column("id", _NUMBER, primary_key=True),
        sa.Column("certificate", sa.String(400), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("proved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proved_by", sa.String(400), nullable=False),
        sa.UniqueConstraint("certificate", name="one_proof_a_certificate"),
    )
    op.create_table(
        "recoveries",
        sa.Column("id", _NUMBER, primary_key=True),
        sa.Column("decision", _NUMBER, sa.ForeignKey("decisions.id"), nullable=False),
        sa.Column("authority", sa.String(128), nullable=False),
        sa.Column("cause", sa.String(32), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("amount_yuan", sa.Integer(), nullable=False),
        sa.Column("recovered_yuan", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("decision", name="one_recovery_a_payment"),
    )
    op.create_index("recoveries_by_authority", "recoveries", ["authority", "state"])
    op.create_index("recoveries_by_time", "recoveries", ["opened_at"])
    op.create_table(
        "recovery_events",
        sa.Column("id", _NUMBER, primary_key=True),
        sa.Column("recovery", _NUMBER, sa.ForeignKey("recoveries.id"), nullable=False),
        sa.Column("step", sa.String(16), nullable=False),
        sa.Column("after", sa.String(16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(400), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("amount_yuan", sa.Integer()),
    )
    op.create_index("recovery_events_by_recovery", "recovery_events", ["recovery"])
    op.create_index("recovery_events_by_time", "recovery_events", ["at"])
