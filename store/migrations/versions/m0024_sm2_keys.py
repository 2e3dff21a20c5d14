"""Under which id a registered key of SM2 signs, and how it writes signatures.

Keys of before have neither: they sign under the default id, raw.
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    """Make room for both, at keys and at challenges."""
    for table in ("connector_keys", "key_challenges"):
        op.add_column(table, sa.Column("sm2_signer_id", sa.Text))
        op.add_column(table, sa.Column("sm2_signature", sa.String(16)))
