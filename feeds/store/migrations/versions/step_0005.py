"""How an endpoint fares: whether it ever took anything, and since when it does nothing but fail."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make room for it; who took something before has shown that it can."""
    op.add_column(
        "destinations",
        sa.Column("proven", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.add_column("destinations", sa.Column("failing_since", sa.BigInteger()))
    op.add_column(
        "destinations", sa.Column("failures", sa.Integer(), nullable=False, server_default="0")
    )
    op.add_column("destinations", sa.Column("last_failure", sa.Text()))
    op.create_index(
        "destinations_failing",
        "destinations",
        ["failing_since"],
        sqlite_where=sa.text("failing_since IS NOT NULL"),
        postgresql_where=sa.text("failing_since IS NOT NULL"),
    )
    op.execute("UPDATE destinations SET proven = TRUE WHERE reached_at IS NOT NULL")


def downgrade() -> None:
    """Take it away again."""
    op.drop_index("destinations_failing", "destinations")
    for column in ("last_failure", "failures", "failing_since", "proven"):
        op.execute(f"ALTER TABLE destinations DROP COLUMN {column}")
