"""The tables of what decisions rest on, of payments' steps and of corrections.

Rows are added and never changed or removed, which triggers hold (``m0010_payments``);
signed bytes alone are erased, once ``evidence_erasures`` says so.
"""

from sqlalchemy import (
    JSON,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from store.columns import NUMBER, Moment, metadata

judgements = Table(
    "judgements",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("decision", NUMBER, ForeignKey("decisions.id"), nullable=False),
    Column("verdict", String(16), nullable=False),
    Column("findings", JSON, nullable=False),
    Column("computed_yuan", Integer),
    Column("figures_from", Date, nullable=False),
    Column("figures_digest", String(64), nullable=False),
    Column("facts", JSON, nullable=False),
    Column("rulings", JSON, nullable=False),
    Column("status_list", String(64)),
    UniqueConstraint("decision", name="one_judgement_a_decision"),
)

evidence = Table(
    "evidence",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("key", String(16), nullable=False),
    Column("nonce", LargeBinary, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("kept_at", Moment, nullable=False),
    UniqueConstraint("digest", name="bytes_are_kept_once"),
)

evidence_erasures = Table(
    "evidence_erasures",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("reason", Text, nullable=False),
    Column("erased_at", Moment, nullable=False),
    Index("evidence_erasures_by_digest", "digest"),
)

payment_steps = Table(
    "payment_steps",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("claim", String(64), nullable=False),
    Column("version", Integer, nullable=False),
    Column("decision", NUMBER, ForeignKey("decisions.id"), nullable=False),
    Column("step", String(16), nullable=False),
    Column("after", String(16), nullable=False),
    Column("booked_on", Date, nullable=False),
    Column("payments", Integer, nullable=False),
    Column("amount_yuan", Integer, nullable=False),
    Column("officer", String(64)),
    Column("reason", Text),
    Column("actor", String(400), nullable=False),
    Column("at", Moment, nullable=False),
    UniqueConstraint("claim", "version", name="one_step_a_version"),
    Index("payment_steps_by_decision", "decision"),
    Index("payment_steps_by_day", "booked_on"),
)

corrections = Table(
    "corrections",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("decision", NUMBER, ForeignKey("decisions.id"), nullable=False),
    Column("replacement", JSON),
    Column("officer", String(64), nullable=False),
    Column("reason", Text, nullable=False),
    Column("proposed_by", String(400), nullable=False),
    Column("proposed_at", Moment, nullable=False),
    Index("corrections_by_decision", "decision"),
)

correction_answers = Table(
    "correction_answers",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("correction", NUMBER, ForeignKey("corrections.id"), nullable=False),
    Column("answer", String(16), nullable=False),
    Column("replaced_by", NUMBER, ForeignKey("decisions.id")),
    Column("officer", String(64), nullable=False),
    Column("reason", Text, nullable=False),
    Column("answered_by", String(400), nullable=False),
    Column("answered_at", Moment, nullable=False),
    UniqueConstraint("correction", name="one_answer_a_correction"),
)
