"""Sanctions in steps: proposed, confirmed, overdue, lapsed, and who took each step.

What was imposed before by one person stays in force, and what is known of it becomes
its first steps. Steps are append-only by triggers, as those of connectors are.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = sa.DateTime(timezone=True)
SQLITE_TRIGGERS = (
    """
    CREATE TRIGGER sanction_events_are_never_changed
    BEFORE UPDATE ON sanction_events
    BEGIN SELECT RAISE(ABORT, 'what was done is append-only'); END
    """,
    """
    CREATE TRIGGER sanction_events_are_never_removed
    BEFORE DELETE ON sanction_events
    BEGIN SELECT RAISE(ABORT, 'what was done is append-only'); END
    """,
    """
    CREATE TRIGGER sanction_events_are_never_replaced
    BEFORE INSERT ON sanction_events
    WHEN EXISTS (SELECT 1 FROM sanction_events WHERE id = NEW.id)
    BEGIN SELECT RAISE(ABORT, 'what was done is append-only'); END
    """,
)
POSTGRESQL_TRIGGERS = (
    # The function is that of the steps of connectors.
    """
    CREATE TRIGGER sanction_events_are_never_changed
    BEFORE UPDATE OR DELETE ON sanction_events
    FOR EACH ROW EXECUTE FUNCTION refuse_event_change()
    """,
    """
    CREATE TRIGGER sanction_events_are_never_emptied
    BEFORE TRUNCATE ON sanction_events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_event_change()
    """,
)


def upgrade() -> None:
    """Add the columns, and the table of steps with those that are known."""
    for column in (
        sa.Column("state", sa.String(16), nullable=False, server_default="IN_FORCE"),
        sa.Column("last_day", sa.Date()),
        sa.Column("confirm_before", _MOMENT),
        sa.Column("confirmed_by", sa.String(400)),
        sa.Column("confirmed_at", _MOMENT),
        sa.Column("follows", _NUMBER),
    ):
        op.add_column("sanctions", column)
    op.execute("UPDATE sanctions SET state = 'LIFTED' WHERE lifted_at IS NOT NULL")
    op.create_table(
        "sanction_events",
        sa.Column("id", _NUMBER, primary_key=True),
        sa.Column("sanction", _NUMBER, sa.ForeignKey("sanctions.id"), nullable=False),
        sa.Column("step", sa.String(16), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("actor", sa.String(400), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("after", sa.String(16), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("sanction_events_by_sanction", "sanction_events", ["sanction"])
    op.execute(
        'INSERT INTO sanction_events (sanction, step, at, actor, reason, "after") '
        "SELECT id, 'IMPOSE', imposed_at, imposed_by, reason, 'IN_FORCE' "
        "FROM sanctions ORDER BY id"
    )
    op.execute(
        'INSERT INTO sanction_events (sanction, step, at, actor, reason, "after") '
        "SELECT id, 'LIFT', lifted_at, lifted_by, coalesce(lift_reason, ''), 'LIFTED' "
        "FROM sanctions WHERE lifted_at IS NOT NULL ORDER BY lifted_at, id"
    )
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for trigger in SQLITE_TRIGGERS if is_sqlite else POSTGRESQL_TRIGGERS:
        op.execute(trigger)
