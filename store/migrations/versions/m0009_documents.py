"""Documents: what is known of a certificate whatever its spelling and its connector.

A change of state, what was paid for and what was seen are found to be of one document
by marks of its institution, number, item and level. What the marks of rows that are
there are made of stands in signed bytes: ``store.remarking`` makes them, with the keys.
A recovery says what opened it, and what was paid is asked about again.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

_MARKS = ("place", "former", "number", "code", "own_code", "name")
_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_DAYS = ("first_issued_on", "issued_on")


def _columns(but: str = "") -> list[sa.Column[Any]]:
    marks = [name for name in _MARKS if name != but]
    return [
        *(sa.Column(f"document_{name}", sa.String(64)) for name in marks),
        sa.Column("document_level", sa.String(16)),
        *(sa.Column(f"document_{name}", sa.Date()) for name in _DAYS),
    ]


def upgrade() -> None:
    """Make the table, the columns and the indexes."""
    op.create_table(
        "documents",
        sa.Column("certificate", sa.String(400), primary_key=True),
        *_columns(),
    )
    op.create_index("documents_by_number", "documents", ["document_number"])
    op.create_index("documents_by_place", "documents", ["document_place"])
    op.create_index("documents_by_former", "documents", ["document_former"])
    for column in _columns():
        op.add_column("state_changes", column)
    op.create_index("state_changes_by_document", "state_changes", ["document_number"])
    op.create_index("state_changes_by_place", "state_changes", ["document_place"])
    op.create_index("state_changes_by_former", "state_changes", ["document_former"])
    op.add_column("recoveries", sa.Column("source", sa.String(16)))
    # Until now nothing else opened one.
    op.execute(
        "UPDATE recoveries SET source = "
        "CASE cause WHEN 'REVOKED' THEN 'CHANGE' ELSE 'PROOF' END"
    )
    # In this way on both databases.
    op.execute("ALTER TABLE seen_certificates RENAME COLUMN place TO document_place")
    for column in _columns(but="place"):
        op.add_column("seen_certificates", column)
    op.create_index(
        "seen_certificates_by_document", "seen_certificates", ["document_number"]
    )
    op.create_index(
        "seen_certificates_by_former", "seen_certificates", ["document_former"]
    )
    op.create_table(
        "rechecks",
        sa.Column("id", _NUMBER, primary_key=True),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
    )
    op.create_table(
        "recheck_parts",
        sa.Column("recheck", _NUMBER, sa.ForeignKey("rechecks.id"), primary_key=True),
        sa.Column("connector", sa.String(63), primary_key=True),
        sa.Column("position", _NUMBER, nullable=False),
        sa.Column("is_done", sa.Boolean(), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("opened", sa.Integer(), nullable=False),
    )
    op.create_table(
        "recheck_unanswered",
        sa.Column("recheck", _NUMBER, sa.ForeignKey("rechecks.id"), primary_key=True),
        sa.Column("decision", _NUMBER, sa.ForeignKey("decisions.id"), primary_key=True),
        sa.Column("connector", sa.String(63), nullable=False),
    )
