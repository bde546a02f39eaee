"""How to find whose post a message is, and when a chat moved."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

KNOWN = sa.text("message_id IS NOT NULL")
MOVED = sa.text("outcome = 'moved'")


def upgrade() -> None:
    """Make the indexes."""
    op.create_index(
        "deliveries_messages",
        "deliveries",
        ["destination", "message_id"],
        sqlite_where=KNOWN,
        postgresql_where=KNOWN,
    )
    op.create_index(
        "attempts_moves",
        "attempts",
        ["delivery"],
        sqlite_where=MOVED,
        postgresql_where=MOVED,
    )


def downgrade() -> None:
    """Take them away again."""
    op.drop_index("attempts_moves", "attempts")
    op.drop_index("deliveries_messages", "deliveries")
