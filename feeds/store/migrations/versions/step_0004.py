"""The secret before a webhook's present one, and what events that are no story's tell."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make room for them."""
    op.add_column("destinations", sa.Column("old_secret", sa.Text()))
    op.add_column("destinations", sa.Column("old_secret_until", sa.BigInteger()))
    op.add_column("deliveries", sa.Column("details", sa.Text()))


def downgrade() -> None:
    """Take them away again."""
    op.execute("ALTER TABLE deliveries DROP COLUMN details")
    op.execute("ALTER TABLE destinations DROP COLUMN old_secret_until")
    op.execute("ALTER TABLE destinations DROP COLUMN old_secret")
