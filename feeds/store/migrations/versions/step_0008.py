"""When an endpoint failed last: after days of quiet a row of failures begins anew."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make room for it; of those that fail already it is not known."""
    op.add_column("destinations", sa.Column("last_failure_at", sa.BigInteger()))


def downgrade() -> None:
    """Take it away again."""
    op.execute("ALTER TABLE destinations DROP COLUMN last_failure_at")
