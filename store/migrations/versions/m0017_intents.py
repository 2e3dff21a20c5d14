"""Look-ups that began, until how they ended is on the audit log."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

NOW = {
    "sqlite": "CAST(strftime('%s', 'now') AS INTEGER)",
    "postgresql": "CAST(extract(epoch FROM clock_timestamp()) AS bigint)",
}


def upgrade() -> None:
    """Make the table."""
    now = NOW[op.get_bind().dialect.name]
    op.create_table(
        "audit_intents",
        sa.Column("mark", sa.String(48), primary_key=True),
        sa.Column(
            "began", sa.BigInteger, nullable=False, server_default=sa.text(f"({now})")
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event", sa.String(32), nullable=False),
        sa.Column("caller", sa.String(200), nullable=False),
        *(
            sa.Column(name, sa.String(length))
            for name, length in (
                ("districts", 128),
                ("request_id", 64),
                ("person", 64),
                ("purpose", 32),
                ("case_number", 64),
                ("organisation", 100),
                ("officer", 64),
                ("matter_code", 64),
                ("matter_name", 100),
                ("business_number", 64),
                ("operation", 64),
                ("document", 64),
            )
        ),
    )
