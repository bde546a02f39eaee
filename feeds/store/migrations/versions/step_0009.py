"""The newest message id known in its chat when a doubt began: clocks may be set, facts stay."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make room for it; for doubts that are there already the clock goes on telling."""
    op.add_column("deliveries", sa.Column("newest_before", sa.Text()))


def downgrade() -> None:
    """Take it away again."""
    op.execute("ALTER TABLE deliveries DROP COLUMN newest_before")
