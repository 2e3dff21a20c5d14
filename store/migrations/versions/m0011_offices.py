"""Keep the five elements of look-ups, and for which districts; move claims.

The log has an index of the rows that state a matter alone: a log without any pays
nothing for it. A claim's moves are rows that are only ever added.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

COLUMNS = {
    "organisation": 100,
    "officer": 64,
    "matter_code": 64,
    "matter_name": 100,
    "business_number": 64,
    "districts": 128,
}
"""The columns, and how long they are."""
_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
SQLITE_TRIGGERS = (
    """
    CREATE TRIGGER claim_moves_are_never_changed BEFORE UPDATE ON claim_moves
    BEGIN SELECT RAISE(ABORT, 'claim moves are append-only'); END
    """,
    """
    CREATE TRIGGER claim_moves_are_never_replaced BEFORE INSERT ON claim_moves
    WHEN EXISTS (SELECT 1 FROM claim_moves WHERE id = NEW.id)
    BEGIN SELECT RAISE(ABORT, 'claim moves are append-only'); END
    """,
    """
    CREATE TRIGGER claim_moves_are_never_removed BEFORE DELETE ON claim_moves
    BEGIN SELECT RAISE(ABORT, 'claim moves are append-only'); END
    """,
)
POSTGRESQL_TRIGGERS = (
    """
    CREATE FUNCTION refuse_claim_move_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'claim moves are append-only'
        USING ERRCODE = 'integrity_constraint_violation';
    END $$
    """,
    """
    CREATE TRIGGER claim_moves_are_never_changed
    BEFORE UPDATE OR DELETE ON claim_moves
    FOR EACH ROW EXECUTE FUNCTION refuse_claim_move_change()
    """,
    """
    CREATE TRIGGER claim_moves_are_never_emptied BEFORE TRUNCATE ON claim_moves
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_claim_move_change()
    """,
)


def upgrade() -> None:
    """Add the columns, the index and the table; the log's triggers stay as they are."""
    for name, length in COLUMNS.items():
        op.add_column("audit_records", sa.Column(name, sa.String(length)))
    stated = sa.text("matter_code IS NOT NULL")
    op.create_index(
        "audit_records_by_matter",
        "audit_records",
        ["matter_code", "at", "id"],
        sqlite_where=stated,
        postgresql_where=stated,
    )
    op.create_table(
        "claim_moves",
        sa.Column("id", _NUMBER, primary_key=True),
        sa.Column("claim", sa.String(64), nullable=False),
        sa.Column("from_district", sa.String(6), nullable=False),
        sa.Column("to_district", sa.String(6), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("moved_by", sa.String(400), nullable=False),
        sa.Column("officer", sa.String(64)),
        sqlite_autoincrement=True,
    )
    op.create_index("claim_moves_by_claim", "claim_moves", ["claim"])
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for trigger in SQLITE_TRIGGERS if is_sqlite else POSTGRESQL_TRIGGERS:
        op.execute(trigger)
