"""Connectors, their keys and sanctions: what agencies and operators change live.

What was done to a connector is only added to, as the audit log is: triggers refuse to
change or remove it. ``change_sequence`` is one row; whoever changes anything here
counts it up first, and so holds it until the commit.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

SQLITE_TRIGGERS = (
    """
    CREATE TRIGGER connector_events_are_never_changed
    BEFORE UPDATE ON connector_events
    BEGIN SELECT RAISE(ABORT, 'what was done is append-only'); END
    """,
    """
    CREATE TRIGGER connector_events_are_never_removed
    BEFORE DELETE ON connector_events
    BEGIN SELECT RAISE(ABORT, 'what was done is append-only'); END
    """,
    """
    CREATE TRIGGER connector_events_are_never_replaced
    BEFORE INSERT ON connector_events
    WHEN EXISTS (SELECT 1 FROM connector_events WHERE id = NEW.id)
    BEGIN SELECT RAISE(ABORT, 'what was done is append-only'); END
    """,
)
POSTGRESQL_TRIGGERS = (
    """
    CREATE FUNCTION refuse_event_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'what was done is append-only'
        USING ERRCODE = 'integrity_constraint_violation';
    END $$
    """,
    """
    CREATE TRIGGER connector_events_are_never_changed
    BEFORE UPDATE OR DELETE ON connector_events
    FOR EACH ROW EXECUTE FUNCTION refuse_event_change()
    """,
    """
    CREATE TRIGGER connector_events_are_never_emptied
    BEFORE TRUNCATE ON connector_events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_event_change()
    """,
)


def upgrade() -> None:
    """Make the tables, and begin to count."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "connectors",
        sa.Column("id", sa.String(63), primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("authority", sa.String(128), nullable=False),
        sa.Column("institution", sa.String(128), nullable=False),
        sa.Column("submission", sa.JSON(), nullable=False),
        sa.Column("owner", sa.String(400), nullable=False),
        sa.Column("submitted_by", sa.String(400)),
        sa.Column("approved_by", sa.String(400)),
        sa.Column("report", sa.JSON()),
        sa.Column("changed_at", moment, nullable=False),
    )
    op.create_table(
        "connector_events",
        sa.Column("id", number, primary_key=True),
        sa.Column(
            "connector", sa.String(63), sa.ForeignKey("connectors.id"), nullable=False
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(16), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("actor", sa.String(400), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("before", sa.String(16)),
        sa.Column("after", sa.String(16), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        # Of two who make the same version of a connector, one is refused.
        sa.UniqueConstraint("connector", "version", name="one_event_a_version"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "connector_keys",
        sa.Column("kid", sa.String(128), primary_key=True),
        sa.Column(
            "connector", sa.String(63), sa.ForeignKey("connectors.id"), nullable=False
        ),
        sa.Column("institution", sa.String(128), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False, unique=True),
        sa.Column("algorithm", sa.String(16), nullable=False),
        sa.Column("public_key", sa.Text(), nullable=False),
        sa.Column("not_before", moment, nullable=False),
        sa.Column("not_after", moment, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("state_since", moment),
        sa.Column("proved_by", sa.String(400), nullable=False),
        sa.Column("proved_at", moment, nullable=False),
        sa.Column("approved_by", sa.String(400)),
    )
    op.create_index("connector_keys_by_connector", "connector_keys", ["connector"])
    op.create_table(
        "key_challenges",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column(
            "connector", sa.String(63), sa.ForeignKey("connectors.id"), nullable=False
        ),
        sa.Column("kid", sa.String(128), nullable=False),
        sa.Column("algorithm", sa.String(16), nullable=False),
        sa.Column("public_key", sa.Text(), nullable=False),
        sa.Column("not_before", moment, nullable=False),
        sa.Column("not_after", moment, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.String(400), nullable=False),
        sa.Column("expires_at", moment, nullable=False),
        sa.Column("used_at", moment),
    )
    op.create_table(
        "sanctions",
        sa.Column("id", number, primary_key=True),
        sa.Column("body", sa.String(128), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("imposed_by", sa.String(400), nullable=False),
        sa.Column("imposed_at", moment, nullable=False),
        sa.Column("lifted_by", sa.String(400)),
        sa.Column("lifted_at", moment),
        sa.Column("lift_reason", sa.Text()),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "sanction_proposals",
        sa.Column("id", number, primary_key=True),
        sa.Column("connector", sa.String(63), nullable=False),
        sa.Column("body", sa.String(128), nullable=False),
        sa.Column("cause", sa.String(32), nullable=False),
        sa.Column("found", sa.Integer(), nullable=False),
        sa.Column("threshold", sa.Integer(), nullable=False),
        sa.Column("proposed_at", moment, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("decided_by", sa.String(400)),
        sa.Column("decided_at", moment),
        sa.Column("reason", sa.Text()),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "change_sequence",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("id = 1", "one_sequence"),
    )
    op.execute("INSERT INTO change_sequence (id, value) VALUES (1, 0)")
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for trigger in SQLITE_TRIGGERS if is_sqlite else POSTGRESQL_TRIGGERS:
        op.execute(trigger)
