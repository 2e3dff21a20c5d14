"""Credentials that were issued: which place of which status list is whose."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"

TABLE = "issued_credentials"
_MARKS = ("place", "former", "number", "serial", "code", "own_code", "name")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        TABLE,
        sa.Column("list_number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("idx", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("part", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("form", sa.String(16), nullable=False),
        sa.Column("certificate", sa.String(400)),
        sa.Column("person", sa.String(64)),
        sa.Column("version_mark", sa.String(64)),
        sa.Column("said", sa.String(16)),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("after_revocation", sa.BigInteger, nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True)),
        *(sa.Column(f"document_{name}", sa.String(64)) for name in _MARKS),
        sa.Column("document_level", sa.String(16)),
        sa.Column("document_first_issued_on", sa.Date),
        sa.Column("document_issued_on", sa.Date),
    )
    for name, column in (
        ("person", "person"),
        ("certificate", "certificate"),
        ("version", "version_mark"),
        ("end", "expires_at"),
        ("number", "document_number"),
        ("place", "document_place"),
    ):
        op.create_index(f"{TABLE}_by_{name}", TABLE, [column])
    stated = sa.text("document_former IS NOT NULL")
    op.create_index(
        f"{TABLE}_by_former",
        TABLE,
        ["document_former"],
        sqlite_where=stated,
        postgresql_where=stated,
    )
