"""The audit log: a table to which records can only be added.

Triggers refuse to change a record, to put one in another's place (which SQLite's
INSERT OR REPLACE would do without asking the others), and to remove one, except
those older than a retention that is on the log itself. There is no way back: a step
that removes the log would be the attack.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

SQLITE_TRIGGERS = (
    """
    CREATE TRIGGER audit_records_are_never_changed BEFORE UPDATE ON audit_records
    BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END
    """,
    """
    CREATE TRIGGER audit_records_are_never_replaced BEFORE INSERT ON audit_records
    WHEN EXISTS (SELECT 1 FROM audit_records WHERE id = NEW.id)
    BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END
    """,
    """
    CREATE TRIGGER audit_records_are_kept_for_their_time
    BEFORE DELETE ON audit_records
    WHEN OLD.at >= coalesce((SELECT max(kept_from) FROM audit_records), '')
    BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END
    """,
)
POSTGRESQL_TRIGGERS = (
    """
    CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'the audit log is append-only'
        USING ERRCODE = 'integrity_constraint_violation';
    END $$
    """,
    """
    CREATE FUNCTION refuse_early_audit_removal() RETURNS trigger
    LANGUAGE plpgsql AS $$
    BEGIN
        IF OLD.at >= coalesce(
            (SELECT max(kept_from) FROM audit_records), '-infinity'
        ) THEN
            RAISE EXCEPTION 'the audit log is append-only'
            USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN OLD;
    END $$
    """,
    """
    CREATE TRIGGER audit_records_are_never_changed BEFORE UPDATE ON audit_records
    FOR EACH ROW EXECUTE FUNCTION refuse_audit_change()
    """,
    """
    CREATE TRIGGER audit_records_are_never_emptied BEFORE TRUNCATE ON audit_records
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()
    """,
    """
    CREATE TRIGGER audit_records_are_kept_for_their_time
    BEFORE DELETE ON audit_records
    FOR EACH ROW EXECUTE FUNCTION refuse_early_audit_removal()
    """,
)


def upgrade() -> None:
    """Make the table, its indexes and its triggers."""
    op.create_table(
        "audit_records",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            primary_key=True,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event", sa.String(32), nullable=False),
        sa.Column("caller", sa.String(200), nullable=False),
        sa.Column("request_id", sa.String(64)),
        sa.Column("person", sa.String(64)),
        sa.Column("purpose", sa.String(32)),
        sa.Column("case_number", sa.String(64)),
        sa.Column("operation", sa.String(64)),
        sa.Column("document", sa.String(64)),
        sa.Column("sources", sa.JSON(), nullable=False),
        sa.Column("certificates", sa.Integer()),
        sa.Column("kept_from", sa.DateTime(timezone=True)),
        sa.Column("removed", sa.Integer()),
        # A retention that reaches into the future would open the whole log.
        sa.CheckConstraint("kept_from < at", "retention_is_of_the_past"),
        sa.CheckConstraint(
            "(event = 'RETENTION_APPLIED') = (kept_from IS NOT NULL)",
            "retention_alone_removes",
        ),
        # Ids are never given twice, so a removed record leaves a gap that shows.
        sqlite_autoincrement=True,
    )
    op.create_index("audit_records_by_time", "audit_records", ["at"])
    op.create_index("audit_records_by_person", "audit_records", ["person"])
    op.create_index("audit_records_by_caller", "audit_records", ["caller", "at"])
    # The trigger on DELETE asks for the newest one, row by row.
    op.create_index("audit_records_by_retention", "audit_records", ["kept_from"])
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for trigger in SQLITE_TRIGGERS if is_sqlite else POSTGRESQL_TRIGGERS:
        op.execute(trigger)
