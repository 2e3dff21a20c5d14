"""What decisions rest on, the states of payments, corrections; nothing is changed.

Each payment that there was gets the step that its decision was. Triggers refuse to
change a row of the ledger, to put one in another's place (which SQLite's INSERT OR
REPLACE would do without asking the others), and to remove one. Signed bytes alone may
be erased, once a row says so. Of a recovery its progress is kept beside its steps, and
nothing else of it changes.
"""

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KEPT = {
    "decisions": ("recorded_by", "request_key"),
    "judgements": ("decision",),
    "payment_steps": ("claim", "version"),
    "corrections": (),
    "correction_answers": ("correction",),
    "false_records": ("certificate",),
    "recovery_events": (),
    "evidence_erasures": (),
}
"""Tables whose rows stay as they are, and what is unique in each beside its id."""
_REFUSED = "the ledger is append-only"


def upgrade() -> None:
    """Make the column, the tables, the steps of what was paid, and the triggers."""
    op.add_column("decisions", sa.Column("fund", sa.String(32)))
    op.create_index("decisions_by_district", "decisions", ["district", "decided_on"])
    _make_evidence()
    _make_steps()
    _make_corrections()
    _take_the_steps()
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in _sqlite_triggers() if is_sqlite else _postgresql_triggers():
        op.execute(statement)


def _make_evidence() -> None:
    op.create_table(
        "judgements",
        sa.Column("id", _NUMBER, primary_key=True),
        sa.Column("decision", _NUMBER, sa.ForeignKey("decisions.id"), nullable=False),
        sa.Column("verdict", sa.String(16), nullable=False),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.Column("computed_yuan", sa.Integer()),
        sa.Column("figures_from", sa.Date(), nullable=False),
        sa.Column("figures_digest", sa.String(64), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("rulings", sa.JSON(), nullable=False),
        sa.Column("status_list", sa.String(64)),
        sa.UniqueConstraint("decision", name="one_judgement_a_decision"),
    )
    op.create_table(
        "evidence",
        sa.Column("id", _NUMBER, primary_key=True),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("key", sa.String(16), nullable=False),
        sa.Column("nonce", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("digest", name="bytes_are_kept_once"),
    )
    op.create_table(
        "evidence_erasures",
        sa.Column("id", _NUMBER, primary_key=True),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("evidence_erasures_by_digest", "evidence_erasures", ["digest"])
    op.create_index("decisions_by_evidence", "decisions", ["evidence"])


def _make_steps() -> None:
    op.create_table(
        "payment_steps",
        sa.Column("id", _NUMBER, primary_key=True),
        sa.Column("claim", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("decision", _NUMBER, sa.ForeignKey("decisions.id"), nullable=False),
        sa.Column("step", sa.String(16), nullable=False),
        sa.Column("after", sa.String(16), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("payments", sa.Integer(), nullable=False),
        sa.Column("amount_yuan", sa.Integer(), nullable=False),
        sa.Column("officer", sa.String(64)),
        sa.Column("reason", sa.Text()),
        sa.Column("actor", sa.String(400), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("claim", "version", name="one_step_a_version"),
    )
    op.create_index("payment_steps_by_decision", "payment_steps", ["decision"])
    op.create_index("payment_steps_by_day", "payment_steps", ["booked_on"])


def _make_corrections() -> None:
    op.create_table(
        "corrections",
        sa.Column("id", _NUMBER, primary_key=True),
        sa.Column("decision", _NUMBER, sa.ForeignKey("decisions.id"), nullable=False),
        sa.Column("replacement", sa.JSON()),
        sa.Column("officer", sa.String(64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("proposed_by", sa.String(400), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("corrections_by_decision", "corrections", ["decision"])
    op.create_table(
        "correction_answers",
        sa.Column("id", _NUMBER, primary_key=True),
        sa.Column(
            "correction", _NUMBER, sa.ForeignKey("corrections.id"), nullable=False
        ),
        sa.Column("answer", sa.String(16), nullable=False),
        sa.Column("replaced_by", _NUMBER, sa.ForeignKey("decisions.id")),
        sa.Column("officer", sa.String(64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("answered_by", sa.String(400), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("correction", name="one_answer_a_correction"),
    )


def _take_the_steps() -> None:
    """Note the step that each payment's decision was, and each approval's to come."""
    for outcome, step, sign, newest in (
        ("PAID", "PAY", 1, "later.outcome = 'PAID' AND later.id < one.id"),
        # An approval that another decision followed is that decision's.
        ("APPROVED", "APPROVE", 0, "later.id > one.id"),
    ):
        op.execute(
            sa.text(
                f"""
                INSERT INTO payment_steps (claim, version, decision, step, after,
                    booked_on, payments, amount_yuan, actor, at)
                SELECT one.claim, 1, one.id, '{step}', '{outcome}', one.decided_on,
                    {sign}, {sign} * coalesce(one.amount_yuan, 0), one.recorded_by,
                    one.recorded_at
                FROM decisions AS one WHERE one.outcome = '{outcome}'
                AND NOT EXISTS (SELECT 1 FROM decisions AS later
                    WHERE later.claim = one.claim AND {newest})
                ORDER BY one.id
                """  # noqa: S608 - our own words
            )
        )


_UNSAID = """
    NOT EXISTS (SELECT 1 FROM evidence_erasures
    WHERE digest = OLD.digest AND erased_at >= OLD.kept_at)
"""


def _sqlite_triggers() -> Iterator[str]:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{_REFUSED}'); END"

    def trigger(table: str, name: str, event: str, when: str = "1") -> str:
        return f"CREATE TRIGGER {table}_{name} {event} ON {table} WHEN {when} {refuse}"

    for table, unique in KEPT.items():
        yield trigger(table, "are_never_changed", "BEFORE UPDATE")
        yield trigger(table, "are_never_removed", "BEFORE DELETE")
        yield trigger(table, "never_replaced", "BEFORE INSERT", _known(table, unique))
    yield trigger("evidence", "is_never_changed", "BEFORE UPDATE")
    known = _known("evidence", ("digest",))
    yield trigger("evidence", "is_never_replaced", "BEFORE INSERT", known)
    yield trigger("evidence", "is_erased_by_its_way", "BEFORE DELETE", _UNSAID)
    known = _known("recoveries", ("decision",))
    yield trigger("recoveries", "are_never_replaced", "BEFORE INSERT", known)
    yield trigger("recoveries", "are_never_removed", "BEFORE DELETE")
    yield trigger("recoveries", "stay", "BEFORE UPDATE OF id, decision, opened_at")


def _known(table: str, unique: tuple[str, ...]) -> str:
    """Return whether a row stands already where the new one would."""
    same = " AND ".join(f"{name} = NEW.{name}" for name in unique) or "0"
    known = f"SELECT 1 FROM {table} WHERE id = NEW.id OR ({same})"  # noqa: S608 - ours
    return f"EXISTS ({known})"


def _postgresql_triggers() -> Iterator[str]:
    refuse = (
        f"RAISE EXCEPTION '{_REFUSED}' USING ERRCODE = 'integrity_constraint_violation'"
    )
    for name, body in (
        ("refuse_ledger_change", f"{refuse}; RETURN NULL;"),
        (
            "refuse_unsaid_erasure",
            f"IF {_UNSAID} THEN {refuse}; END IF; RETURN OLD;",
        ),
    ):
        yield f"""
            CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql
            AS $$ BEGIN {body} END $$
        """

    def trigger(
        table: str,
        name: str,
        event: str,
        each: str = "ROW",
        run: str = "refuse_ledger_change",
    ) -> str:
        return f"""
            CREATE TRIGGER {table}_{name} {event} ON {table}
            FOR EACH {each} EXECUTE FUNCTION {run}()
        """

    for table in KEPT:
        yield trigger(table, "are_never_changed", "BEFORE UPDATE OR DELETE")
    for table in (*KEPT, "evidence", "recoveries"):
        yield trigger(table, "are_never_emptied", "BEFORE TRUNCATE", "STATEMENT")
    yield trigger("evidence", "is_never_changed", "BEFORE UPDATE")
    yield trigger(
        *("evidence", "is_erased_by_its_way", "BEFORE DELETE", "ROW"),
        "refuse_unsaid_erasure",
    )
    yield trigger("recoveries", "are_never_removed", "BEFORE DELETE")
    yield trigger("recoveries", "stay", "BEFORE UPDATE OF id, decision, opened_at")
