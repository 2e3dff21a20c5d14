"""What is claimed back follows its payment, and the document whoever holds it.

A recovery's steps say by how much they changed what is owed, and of which payment, so
that a correction is booked in its own month. A document is known by institution and
number, too, without its holder: ``store.remarking`` makes that mark of what was sent,
and what was answered gets it when it is seen again. A revocation that was read before
anything was paid is kept until it would be.
"""

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_REFUSED = "the ledger is append-only"
_SERIALS = ("documents", "state_changes", "seen_certificates")
_OPENED = "CASE step WHEN 'OPEN' THEN (SELECT amount_yuan {of}) END"


def upgrade() -> None:
    """Make the columns and the table, and say of each step what it was of."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in _undone(is_sqlite=is_sqlite):
        op.execute(statement)
    op.add_column("recovery_events", sa.Column("decision", _NUMBER))
    op.add_column("recovery_events", sa.Column("owed_yuan", sa.Integer()))
    of = "FROM recoveries WHERE recoveries.id = recovery_events.recovery"
    op.execute(
        f"UPDATE recovery_events SET decision = (SELECT decision {of}), "  # noqa: S608 - our own words
        f"owed_yuan = {_OPENED.format(of=of)}"
    )
    op.add_column(
        "recoveries",
        sa.Column(
            "holder_differs", sa.Boolean(), nullable=False, server_default=sa.false()
        ),
    )
    for table in _SERIALS:
        op.add_column(table, sa.Column("document_serial", sa.String(64)))
        if table != "seen_certificates":
            # Nothing is found there by it, and an index of many costs each who writes.
            op.create_index(f"{table}_by_serial", table, ["document_serial"])
    op.create_table(
        "seen_revocations",
        sa.Column("id", _NUMBER, primary_key=True),
        sa.Column("certificate", sa.String(400), nullable=False),
        sa.Column("source", sa.String(16), nullable=False),
        sa.Column("since", sa.Date()),
        sa.Column("connector", sa.String(63), nullable=False),
        sa.Column("evidence", sa.String(64), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index(
        "seen_revocations_by_certificate", "seen_revocations", ["certificate"]
    )
    for statement in _sqlite_triggers() if is_sqlite else _postgresql_triggers():
        op.execute(statement)


def _undone(*, is_sqlite: bool) -> Iterator[str]:
    """Yield what takes away the triggers that are in the way; they come again."""
    for table, trigger in (
        ("recovery_events", "are_never_changed"),
        ("recoveries", "stay"),
    ):
        on = "" if is_sqlite else f" ON {table}"
        yield f"DROP TRIGGER {table}_{trigger}{on}"


def _sqlite_triggers() -> Iterator[str]:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{_REFUSED}'); END"
    known = "EXISTS (SELECT 1 FROM seen_revocations WHERE id = NEW.id)"
    for table, name, event, when in (
        ("recovery_events", "are_never_changed", "BEFORE UPDATE", "1"),
        ("recoveries", "stay", "BEFORE UPDATE OF id, opened_at", "1"),
        ("seen_revocations", "are_never_changed", "BEFORE UPDATE", "1"),
        ("seen_revocations", "are_never_removed", "BEFORE DELETE", "1"),
        ("seen_revocations", "never_replaced", "BEFORE INSERT", known),
    ):
        yield f"CREATE TRIGGER {table}_{name} {event} ON {table} WHEN {when} {refuse}"


def _postgresql_triggers() -> Iterator[str]:
    for table, name, event, each in (
        ("recovery_events", "are_never_changed", "BEFORE UPDATE OR DELETE", "ROW"),
        ("recoveries", "stay", "BEFORE UPDATE OF id, opened_at", "ROW"),
        ("seen_revocations", "are_never_changed", "BEFORE UPDATE OR DELETE", "ROW"),
        ("seen_revocations", "are_never_emptied", "BEFORE TRUNCATE", "STATEMENT"),
    ):
        yield f"""
            CREATE TRIGGER {table}_{name} {event} ON {table}
            FOR EACH {each} EXECUTE FUNCTION refuse_ledger_change()
        """
