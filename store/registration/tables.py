"""The tables of connectors, keys, challenges and sanctions, as statements use them.

``migrations`` makes and changes them; a test compares the two, for all features.
"""

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from store.columns import NUMBER, Moment, metadata

connectors = Table(
    "connectors",
    metadata,
    Column("id", String(63), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("authority", String(128), nullable=False),
    Column("institution", String(128), nullable=False),
    Column("submission", JSON, nullable=False),
    Column("owner", String(400), nullable=False),
    Column("submitted_by", String(400)),
    Column("approved_by", String(400)),
    Column("report", JSON(none_as_null=True)),
    Column("changed_at", Moment, nullable=False),
)

connector_events = Table(
    "connector_events",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("connector", String(63), ForeignKey("connectors.id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("step", String(16), nullable=False),
    Column("at", Moment, nullable=False),
    Column("actor", String(400), nullable=False),
    Column("reason", Text, nullable=False),
    Column("before", String(16)),
    Column("after", String(16), nullable=False),
    Column("detail", JSON, nullable=False),
    UniqueConstraint("connector", "version", name="one_event_a_version"),
)

connector_keys = Table(
    "connector_keys",
    metadata,
    Column("kid", String(128), primary_key=True),
    Column("connector", String(63), ForeignKey("connectors.id"), nullable=False),
    Column("institution", String(128), nullable=False),
    Column("fingerprint", String(64), nullable=False, unique=True),
    Column("algorithm", String(16), nullable=False),
    Column("public_key", Text, nullable=False),
    Column("not_before", Moment, nullable=False),
    Column("not_after", Moment, nullable=False),
    Column("state", String(16), nullable=False),
    Column("state_since", Moment),
    Column("proved_by", String(400), nullable=False),
    Column("proved_at", Moment, nullable=False),
    Column("approved_by", String(400)),
    Column("sm2_signer_id", Text),
    Column("sm2_signature", String(16)),
    Index("connector_keys_by_connector", "connector"),
)

key_challenges = Table(
    "key_challenges",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("connector", String(63), ForeignKey("connectors.id"), nullable=False),
    Column("kid", String(128), nullable=False),
    Column("algorithm", String(16), nullable=False),
    Column("public_key", Text, nullable=False),
    Column("not_before", Moment, nullable=False),
    Column("not_after", Moment, nullable=False),
    Column("text", Text, nullable=False),
    Column("asked_by", String(400), nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment),
    Column("sm2_signer_id", Text),
    Column("sm2_signature", String(16)),
)

sanctions = Table(
    "sanctions",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("body", String(128), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("reason", Text, nullable=False),
    Column("imposed_by", String(400), nullable=False),
    Column("imposed_at", Moment, nullable=False),
    Column("lifted_by", String(400)),
    Column("lifted_at", Moment),
    Column("lift_reason", Text),
    Column("state", String(16), nullable=False, server_default="IN_FORCE"),
    Column("last_day", Date),
    Column("confirm_before", Moment),
    Column("confirmed_by", String(400)),
    Column("confirmed_at", Moment),
    Column("follows", NUMBER),
)

sanction_events = Table(
    "sanction_events",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("sanction", NUMBER, ForeignKey("sanctions.id"), nullable=False),
    Column("step", String(16), nullable=False),
    Column("at", Moment, nullable=False),
    Column("actor", String(400), nullable=False),
    Column("reason", Text, nullable=False),
    Column("after", String(16), nullable=False),
    Index("sanction_events_by_sanction", "sanction"),
)

sanction_proposals = Table(
    "sanction_proposals",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("connector", String(63), nullable=False),
    Column("body", String(128), nullable=False),
    Column("cause", String(32), nullable=False),
    Column("found", Integer, nullable=False),
    Column("threshold", Integer, nullable=False),
    Column("proposed_at", Moment, nullable=False),
    Column("state", String(16), nullable=False),
    Column("decided_by", String(400)),
    Column("decided_at", Moment),
    Column("reason", Text),
    Column("day", Date),
    Index("one_proposal_a_day", "connector", "cause", "day", unique=True),
)


change_sequence = Table(
    "change_sequence",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("value", BigInteger, nullable=False),
    CheckConstraint("id = 1", "one_sequence"),
)
