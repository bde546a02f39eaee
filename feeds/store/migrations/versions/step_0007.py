"""Who sent an update, and whether what he wanted was done: a stop may come in between."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make room for it; what was taken up before counts as done."""
    op.add_column("updates", sa.Column("person", sa.BigInteger()))
    op.add_column(
        "updates", sa.Column("done", sa.Boolean(), nullable=False, server_default=sa.true())
    )


def downgrade() -> None:
    """Take it away again."""
    for column in ("done", "person"):
        op.execute(f"ALTER TABLE updates DROP COLUMN {column}")
