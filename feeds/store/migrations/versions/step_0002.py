"""Doubts looked into, what was found there, notices to admins, stories rolled up into one."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

LOOKED_INTO = sa.text("look_at IS NOT NULL")
DOUBTFUL = sa.text("outcome = 'in_doubt'")
OPEN = sa.text("over_at IS NULL")


def upgrade() -> None:
    """Let doubts be looked into, and make the tables of evidence, notices and roll-ups.

    Columns are added and never a table copied: in SQLite a copy would take its attempts along.
    """
    op.add_column("deliveries", sa.Column("released_at", sa.BigInteger()))
    op.add_column("destinations", sa.Column("reached_at", sa.BigInteger()))
    op.add_column("deliveries", sa.Column("look_at", sa.BigInteger()))
    op.add_column("deliveries", sa.Column("look_until", sa.BigInteger()))
    op.create_index(
        "deliveries_doubts",
        "deliveries",
        ["destination", "look_at"],
        sqlite_where=LOOKED_INTO,
        postgresql_where=LOOKED_INTO,
    )
    op.create_index(
        "attempts_doubts",
        "attempts",
        ["delivery"],
        sqlite_where=DOUBTFUL,
        postgresql_where=DOUBTFUL,
    )
    # What was in doubt before this step is looked into now, if anybody can.
    op.execute("UPDATE deliveries SET look_at = changed_at WHERE state = 'in_doubt'")
    _evidence_and_sightings()
    _roll_ups()
    _notices()


def downgrade() -> None:
    """Take them away again."""
    for table in ("tellings", "notices", "roll_ups", "sightings", "evidence"):
        op.drop_table(table)
    op.drop_index("attempts_doubts", "attempts")
    op.drop_index("deliveries_doubts", "deliveries")
    op.execute("ALTER TABLE deliveries DROP COLUMN look_until")
    op.execute("ALTER TABLE deliveries DROP COLUMN look_at")
    op.execute("ALTER TABLE destinations DROP COLUMN reached_at")
    op.execute("ALTER TABLE deliveries DROP COLUMN released_at")


def _id_type() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _of_delivery(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column],
        ["deliveries.id"],
        name=f"{table}_{column}_is_a_deliveries",
        ondelete="CASCADE",
    )


def _evidence_and_sightings() -> None:
    op.create_table(
        "evidence",
        sa.Column("delivery", _id_type(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("finding", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("delivery", "number", name="evidence_key"),
        sa.CheckConstraint(
            "finding IN ('found', 'absent', 'unknown')", name=op.f("evidence_finding_known")
        ),
        _of_delivery("evidence", "delivery"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "sightings",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("mark", sa.LargeBinary(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "place", "message_id", name="sightings_key"),
        sqlite_with_rowid=False,
    )
    op.create_index("sightings_seen", "sightings", ["seen_at"])


def _roll_ups() -> None:
    op.create_table(
        "roll_ups",
        sa.Column("member", _id_type(), nullable=False),
        sa.Column("into", _id_type(), nullable=False),
        sa.PrimaryKeyConstraint("member", name="roll_ups_key"),
        _of_delivery("roll_ups", "member"),
        _of_delivery("roll_ups", "into"),
        sqlite_with_rowid=False,
    )
    op.create_index("roll_ups_into", "roll_ups", ["into"])


def _notices() -> None:
    op.create_table(
        "notices",
        sa.Column("id", _id_type(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("destination", _id_type()),
        sa.Column("feed", _id_type()),
        sa.Column("delivery", _id_type()),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("begun_at", sa.BigInteger(), nullable=False),
        sa.Column("over_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name="notices_key"),
        sa.ForeignKeyConstraint(
            ["destination"], ["destinations.id"], name="notices_destination_is_a_destinations"
        ),
        sa.ForeignKeyConstraint(["feed"], ["feeds.id"], name="notices_feed_is_a_feeds"),
        _of_delivery("notices", "delivery"),
    )
    op.create_index(
        "notices_open",
        "notices",
        ["key"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    op.create_index("notices_begun", "notices", ["begun_at"])
    op.create_table(
        "tellings",
        sa.Column("notice", _id_type(), nullable=False),
        sa.Column("person", sa.BigInteger(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("begun_at", sa.BigInteger(), nullable=False),
        sa.Column("told_at", sa.BigInteger()),
        sa.Column("message_id", sa.Text()),
        sa.PrimaryKeyConstraint("notice", "person", "what", name="tellings_key"),
        sa.CheckConstraint("what IN ('begun', 'over')", name=op.f("tellings_what_known")),
        sa.ForeignKeyConstraint(
            ["notice"], ["notices.id"], name="tellings_notice_is_a_notices", ondelete="CASCADE"
        ),
        sqlite_with_rowid=False,
    )
