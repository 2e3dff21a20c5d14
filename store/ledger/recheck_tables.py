"""The tables of rechecks: how far each came, and whom there was no answer about."""

from sqlalchemy import Boolean, Column, Date, ForeignKey, Integer, String, Table

from store.columns import NUMBER, Moment, metadata

rechecks = Table(
    "rechecks",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("since", Date, nullable=False),
    Column("begun_at", Moment, nullable=False),
    Column("ended_at", Moment),
)

recheck_parts = Table(
    "recheck_parts",
    metadata,
    Column("recheck", NUMBER, ForeignKey("rechecks.id"), primary_key=True),
    Column("connector", String(63), primary_key=True),
    Column("position", NUMBER, nullable=False),
    Column("is_done", Boolean, nullable=False),
    Column("asked", Integer, nullable=False),
    Column("opened", Integer, nullable=False),
)

recheck_unanswered = Table(
    "recheck_unanswered",
    metadata,
    Column("recheck", NUMBER, ForeignKey("rechecks.id"), primary_key=True),
    Column("decision", NUMBER, ForeignKey("decisions.id"), primary_key=True),
    Column("connector", String(63), nullable=False),
)
