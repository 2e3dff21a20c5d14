"""Proofs of false claims, and proofs of false records taken back by two people.

A record that was proved false by mistake, and taken back, may be proved false again: so
there may be several proofs of a certificate, of which one at most stands. Like all of
the ledger they are append-only.
"""

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_REFUSED = "the ledger is append-only"
_NEW = ("false_record_withdrawals", "false_claims")


def upgrade() -> None:
    """Make the tables and their triggers, and let there be several proofs."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    if is_sqlite:
        # It drops no constraint: the rows move to a table without it, and the
        # triggers with them.
        op.rename_table("false_records", "false_records_before")
        _make_false_records()
        op.execute("INSERT INTO false_records SELECT * FROM false_records_before")
        op.drop_table("false_records_before")
    else:
        op.drop_constraint("one_proof_a_certificate", "false_records")
    op.create_index("false_records_by_certificate", "false_records", ["certificate"])
    op.create_table(
        "false_record_withdrawals",
        sa.Column("id", _NUMBER, primary_key=True),
        sa.Column("proof", _NUMBER, sa.ForeignKey("false_records.id"), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("officer", sa.String(64), nullable=False),
        sa.Column("stated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stated_by", sa.String(400), nullable=False),
        sa.UniqueConstraint("proof", "stated_by", name="one_word_a_caller"),
    )
    op.create_table(
        "false_claims",
        sa.Column("id", _NUMBER, primary_key=True),
        sa.Column("claim", sa.String(64), nullable=False),
        sa.Column("part", sa.String(16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("officer", sa.String(64), nullable=False),
        sa.Column("proved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proved_by", sa.String(400), nullable=False),
        sa.UniqueConstraint("claim", name="one_proof_a_claim"),
    )
    for statement in _sqlite_triggers() if is_sqlite else _postgresql_triggers():
        op.execute(statement)


def _make_false_records() -> None:
    op.create_table(
        "false_records",
        sa.Column("id", _NUMBER, primary_key=True),
        sa.Column("certificate", sa.String(400), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("proved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proved_by", sa.String(400), nullable=False),
    )


def _sqlite_triggers() -> Iterator[str]:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{_REFUSED}'); END"
    same = {
        "false_records": "id = NEW.id",
        "false_record_withdrawals": (
            "id = NEW.id OR (proof = NEW.proof AND stated_by = NEW.stated_by)"
        ),
        "false_claims": "id = NEW.id OR claim = NEW.claim",
    }
    for table, known in same.items():
        for name, event, when in (
            ("are_never_changed", "BEFORE UPDATE", "1"),
            ("are_never_removed", "BEFORE DELETE", "1"),
            (
                *("never_replaced", "BEFORE INSERT"),
                f"EXISTS (SELECT 1 FROM {table} WHERE {known})",  # noqa: S608 - ours
            ),
        ):
            yield (
                f"CREATE TRIGGER {table}_{name} {event} ON {table} WHEN {when} {refuse}"
            )


def _postgresql_triggers() -> Iterator[str]:
    for table in _NEW:
        for name, event, each in (
            ("are_never_changed", "BEFORE UPDATE OR DELETE", "ROW"),
            ("are_never_emptied", "BEFORE TRUNCATE", "STATEMENT"),
        ):
            yield f"""
                CREATE TRIGGER {table}_{name} {event} ON {table}
                FOR EACH {each} EXECUTE FUNCTION refuse_ledger_change()
            """
