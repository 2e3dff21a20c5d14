"""The table of which facts of the log a decision rests on."""

from sqlalchemy import Column, ForeignKey, Table

from store.columns import NUMBER, metadata

decision_facts = Table(
    "decision_facts",
    metadata,
    Column("decision", NUMBER, ForeignKey("decisions.id"), primary_key=True),
    Column("fact", NUMBER, ForeignKey("logged_facts.id"), primary_key=True),
)
