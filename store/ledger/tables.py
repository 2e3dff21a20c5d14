"""The tables of decisions on claims, and of what is claimed back.

A decision is written once and never changed: clause 17-once rests on it.
"""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

from store.columns import NUMBER, Moment, metadata

decisions = Table(
    "decisions",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("claim", String(64), nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("amount_yuan", Integer),
    Column("district", String(6), nullable=False),
    Column("person", String(64), nullable=False),
    Column("certificate", String(400), nullable=False),
    Column("connector", String(63), nullable=False),
    Column("authority", String(128), nullable=False),
    Column("item", String(32)),
    Column("level", String(16)),
    Column("category", String(32)),
    Column("evidence", String(64), nullable=False),
    Column("ruling", Text),
    Column("decided_on", Date, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    Column("recorded_by", String(400), nullable=False),
    Column("request_key", String(128), nullable=False),
    Column("request_digest", String(64), nullable=False),
    Column("fund", String(32)),
    UniqueConstraint("recorded_by", "request_key", name="one_decision_a_key"),
    Index("decisions_by_claim", "claim"),
    Index("decisions_by_person", "person"),
    Index("decisions_by_certificate", "certificate"),
    Index("decisions_by_day", "decided_on"),
    Index("decisions_by_district", "district", "decided_on"),
    Index("decisions_by_evidence", "evidence"),
    Index("decisions_by_connector", "connector", "id"),
)

claim_moves = Table(
    "claim_moves",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("claim", String(64), nullable=False),
    Column("from_district", String(6), nullable=False),
    Column("to_district", String(6), nullable=False),
    Column("reason", Text, nullable=False),
    Column("moved_at", Moment, nullable=False),
    Column("moved_by", String(400), nullable=False),
    Column("officer", String(64)),
    Index("claim_moves_by_claim", "claim"),
)

false_records = Table(
    "false_records",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("certificate", String(400), nullable=False),
    Column("reason", Text, nullable=False),
    Column("evidence", Text, nullable=False),
    Column("proved_at", Moment, nullable=False),
    Column("proved_by", String(400), nullable=False),
    Index("false_records_by_certificate", "certificate"),
)

false_record_withdrawals = Table(
    "false_record_withdrawals",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("proof", NUMBER, ForeignKey("false_records.id"), nullable=False),
    Column("reason", Text, nullable=False),
    Column("officer", String(64), nullable=False),
    Column("stated_at", Moment, nullable=False),
    Column("stated_by", String(400), nullable=False),
    UniqueConstraint("proof", "stated_by", name="one_word_a_caller"),
)

false_claims = Table(
    "false_claims",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("claim", String(64), nullable=False),
    Column("part", String(16), nullable=False),
    Column("reason", Text, nullable=False),
    Column("evidence", Text, nullable=False),
    Column("officer", String(64), nullable=False),
    Column("proved_at", Moment, nullable=False),
    Column("proved_by", String(400), nullable=False),
    UniqueConstraint("claim", name="one_proof_a_claim"),
)

recoveries = Table(
    "recoveries",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("decision", NUMBER, ForeignKey("decisions.id"), nullable=False),
    Column("authority", String(128), nullable=False),
    Column("cause", String(32), nullable=False),
    Column("source", String(16)),
    # Whether what opened it names another holder: an officer has to look.
    Column("holder_differs", Boolean, nullable=False, server_default=false()),
    Column("state", String(16), nullable=False),
    Column("version", Integer, nullable=False),
    Column("amount_yuan", Integer, nullable=False),
    Column("recovered_yuan", Integer, nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    UniqueConstraint("decision", name="one_recovery_a_payment"),
    Index("recoveries_by_authority", "authority", "state"),
    Index("recoveries_by_time", "opened_at"),
)

seen_revocations = Table(
    "seen_revocations",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("certificate", String(400), nullable=False),
    Column("source", String(16), nullable=False),
    Column("since", Date),
    Column("connector", String(63), nullable=False),
    Column("evidence", String(64), nullable=False),
    Column("seen_at", Moment, nullable=False),
    Index("seen_revocations_by_certificate", "certificate"),
)

recovery_events = Table(
    "recovery_events",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("recovery", NUMBER, ForeignKey("recoveries.id"), nullable=False),
    Column("step", String(16), nullable=False),
    Column("after", String(16), nullable=False),
    Column("at", Moment, nullable=False),
    Column("actor", String(400), nullable=False),
    Column("reason", Text, nullable=False),
    Column("amount_yuan", Integer),
    # Of which payment it was then, for its own month's sums; each row has one.
    Column("decision", NUMBER),
    Column("owed_yuan", Integer),
    Index("recovery_events_by_recovery", "recovery"),
    Index("recovery_events_by_time", "at"),
)
