"""The log of hashes: its tables, and triggers that queue whatever it commits to.

Whoever writes a row that is to be logged, be it a gateway of before this step, queues
it in the same transaction. What there is already is queued here, in its tables' order.
Entries and facts are append-only; of an entry the salts may become noughts, with the
rows they are of. A tile grows to its right, and the head with it.
"""

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
LOGGED = (
    *("audit_records", "logged_facts", "collected_records", "seen_versions"),
    *("state_changes", "connector_events", "sanctions", "sanction_events"),
    *("decisions", "judgements", "payment_steps", "corrections", "correction_answers"),
    *("claim_moves", "false_records", "false_record_withdrawals", "false_claims"),
    *("recovery_events", "seen_revocations", "evidence_erasures"),
)
EMPTY_ROOT = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
"""The SHA-256 of nothing, which is the root of a log without entries."""
_REFUSED = "the log of hashes is append-only"
_KEYS = {
    "log_entries": "id = NEW.id OR (source = NEW.source AND last_row = NEW.last_row)",
    "log_tiles": "level = NEW.level AND place = NEW.place",
    "log_head": "id = NEW.id",
    "logged_facts": "id = NEW.id OR (kind = NEW.kind AND digest = NEW.digest)",
}
_CHANGES = {
    "log_entries": "id, source, kind, first_row, last_row, rows, leaf",
    "logged_facts": "id, kind, body, digest, at",
}
"""What of a row is never changed."""
_SHRINKS = {
    "log_head": "NEW.size < OLD.size OR NEW.rounds <= OLD.rounds",
    "log_tiles": "NEW.level <> OLD.level OR NEW.place <> OLD.place OR "
    "substr(NEW.hashes, 1, length(OLD.hashes)) <> OLD.hashes",
}
"""When a change would take something away."""


def upgrade() -> None:
    """Make the tables and the triggers, and queue what there is."""
    _make_tables()
    root = f"X'{EMPTY_ROOT}'"
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    if not is_sqlite:
        root = f"decode('{EMPTY_ROOT}', 'hex')"
    op.execute(
        f"INSERT INTO log_head (id, size, root, rounds) VALUES (1, 0, {root}, 0)"  # noqa: S608 - our own words
    )
    # From here on nobody else writes until all is queued.
    for statement in _sqlite() if is_sqlite else _postgresql():
        op.execute(statement)
    for table in LOGGED:
        op.execute(
            f"INSERT INTO log_queue (source, row_id) SELECT '{table}', id FROM {table} "  # noqa: S608 - our own words
            "ORDER BY id"
        )


def _make_tables() -> None:
    op.create_table(
        "log_queue",
        sa.Column("id", _NUMBER, primary_key=True),
        sa.Column("source", sa.String(32), nullable=False),
        sa.Column("row_id", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "log_entries",
        sa.Column("id", _NUMBER, primary_key=True, autoincrement=False),
        sa.Column("source", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("first_row", sa.BigInteger(), nullable=False),
        sa.Column("last_row", sa.BigInteger(), nullable=False),
        sa.Column("rows", sa.LargeBinary(), nullable=False),
        sa.Column("salts", sa.LargeBinary(), nullable=False),
        sa.Column("leaf", sa.LargeBinary(), nullable=False),
    )
    op.create_index(
        "log_entries_by_row", "log_entries", ["source", "last_row"], unique=True
    )
    op.create_table(
        "log_tiles",
        sa.Column("level", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("place", _NUMBER, primary_key=True, autoincrement=False),
        sa.Column("hashes", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "log_head",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("rounds", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("id = 1", "one_head"),
    )
    op.create_table(
        "log_checkpoints",
        sa.Column("size", _NUMBER, primary_key=True, autoincrement=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_witnessed", sa.Boolean(), nullable=False),
    )
    op.create_table(
        "logged_facts",
        sa.Column("id", _NUMBER, primary_key=True),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("kind", "digest", name="one_fact_a_digest"),
    )


def _sqlite() -> Iterator[str]:
    for table in LOGGED:
        yield f"""
            CREATE TRIGGER {table}_are_logged AFTER INSERT ON {table}
            BEGIN
                INSERT INTO log_queue (source, row_id) VALUES ('{table}', NEW.id);
            END
        """  # noqa: S608 - our own words
    refuse = f"BEGIN SELECT RAISE(ABORT, '{_REFUSED}'); END"
    for table, same in _KEYS.items():
        yield f"CREATE TRIGGER {table}_stays BEFORE DELETE ON {table} {refuse}"
        yield f"""
            CREATE TRIGGER {table}_is_never_replaced BEFORE INSERT ON {table}
            WHEN EXISTS (SELECT 1 FROM {table} WHERE {same}) {refuse}
        """  # noqa: S608 - our own words
    for table, columns in _CHANGES.items():
        yield f"""
            CREATE TRIGGER {table}_never_changes BEFORE UPDATE OF {columns} ON {table}
            {refuse}
        """
    for table, condition in _SHRINKS.items():
        yield f"""
            CREATE TRIGGER {table}_never_shrinks BEFORE UPDATE ON {table}
            WHEN {condition} {refuse}
        """


def _postgresql() -> Iterator[str]:
    yield """
        CREATE FUNCTION queue_for_the_log() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO log_queue (source, row_id) VALUES (TG_ARGV[0], NEW.id);
            RETURN NULL;
        END $$
    """
    for table in LOGGED:
        yield f"""
            CREATE TRIGGER {table}_are_logged AFTER INSERT ON {table}
            FOR EACH ROW EXECUTE FUNCTION queue_for_the_log('{table}')
        """
    yield f"""
        CREATE FUNCTION refuse_change_of_the_log() RETURNS trigger
        LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '{_REFUSED}'
            USING ERRCODE = 'integrity_constraint_violation';
        END $$
    """
    run = "EXECUTE FUNCTION refuse_change_of_the_log()"
    for table in _KEYS:
        yield f"""
            CREATE TRIGGER {table}_stays BEFORE DELETE ON {table}
            FOR EACH ROW {run}
        """
        yield f"""
            CREATE TRIGGER {table}_is_never_emptied BEFORE TRUNCATE ON {table}
            FOR EACH STATEMENT {run}
        """
    for table, columns in _CHANGES.items():
        yield f"""
            CREATE TRIGGER {table}_never_changes BEFORE UPDATE OF {columns} ON {table}
            FOR EACH ROW {run}
        """
    for table, condition in _SHRINKS.items():
        yield f"""
            CREATE TRIGGER {table}_never_shrinks BEFORE UPDATE ON {table}
            FOR EACH ROW WHEN ({condition}) {run}
        """
