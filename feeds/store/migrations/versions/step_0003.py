"""People: who may command, one-time codes, what was changed, where conversations stand."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables of people."""
    _people_and_stewards()
    _tickets()
    _changes()
    _talks_and_updates()


def downgrade() -> None:
    """Take them away again."""
    for table in ("updates", "talks", "changes", "tickets", "stewards", "people"):
        op.drop_table(table)


def _id_type() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _people_and_stewards() -> None:
    op.create_table(
        "people",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("language", sa.Text()),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="people_key"),
        sa.CheckConstraint("role IN ('owner', 'steward', 'guest')", name=op.f("people_role_known")),
    )
    op.create_table(
        "stewards",
        sa.Column("person", sa.BigInteger(), nullable=False),
        sa.Column("destination", _id_type(), nullable=False),
        sa.Column("invited_by", sa.BigInteger()),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("person", "destination", name="stewards_key"),
        sa.ForeignKeyConstraint(
            ["person"], ["people.id"], name="stewards_person_is_a_people", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["destination"], ["destinations.id"], name="stewards_destination_is_a_destinations"
        ),
        sqlite_with_rowid=False,
    )
    op.create_index("stewards_destination", "stewards", ["destination"])


def _tickets() -> None:
    op.create_table(
        "tickets",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("destination", _id_type()),
        sa.Column("made_by", sa.BigInteger()),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("used_by", sa.BigInteger()),
        sa.Column("used_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("digest", name="tickets_key"),
        sa.CheckConstraint("kind IN ('claim', 'invite')", name=op.f("tickets_kind_known")),
        sa.ForeignKeyConstraint(
            ["destination"], ["destinations.id"], name="tickets_destination_is_a_destinations"
        ),
    )


def _changes() -> None:
    op.create_table(
        "changes",
        sa.Column("id", _id_type(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("person", sa.BigInteger()),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("feed", _id_type()),
        sa.Column("destination", _id_type()),
        sa.Column("route", _id_type()),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("undone_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name="changes_key"),
        sa.ForeignKeyConstraint(["feed"], ["feeds.id"], name="changes_feed_is_a_feeds"),
        sa.ForeignKeyConstraint(
            ["destination"], ["destinations.id"], name="changes_destination_is_a_destinations"
        ),
        sa.ForeignKeyConstraint(["route"], ["routes.id"], name="changes_route_is_a_routes"),
    )
    op.create_index("changes_at", "changes", ["at"])


def _talks_and_updates() -> None:
    op.create_table(
        "talks",
        sa.Column("person", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("person", name="talks_key"),
    )
    op.create_table(
        "updates",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("taken_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="updates_key"),
    )
    op.create_index("updates_taken", "updates", ["taken_at"])
