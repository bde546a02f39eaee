"""The secret before a webhook's present one, which goes on signing for a while."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make room for it."""
    op.add_column("destinations", sa.Column("old_secret", sa.Text()))
    op.add_column("destinations", sa.Column("old_secret_until", sa.BigInteger()))


def downgrade() -> None:
    """Take it away again."""
    op.execute("ALTER TABLE destinations DROP COLUMN old_secret_until")
    op.execute("ALTER TABLE destinations DROP COLUMN old_secret")
