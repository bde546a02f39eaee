"""The first tables: feeds and keys, stories, destinations and routes, the outbox and its pace."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

LIVE = sa.text("removed_at IS NULL")


def upgrade() -> None:
    """Make every table of the first release."""
    _meta_and_paces()
    _feeds()
    _stories_and_keys()
    _destinations()
    _routes()
    _deliveries()
    _attempts()


def downgrade() -> None:
    """Leave an empty database."""
    for table in (
        "attempts",
        "deliveries",
        "routes",
        "destinations",
        "keys",
        "stories",
        "feeds",
        "paces",
        "meta",
    ):
        op.drop_table(table)


def _id_type() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _partial(
    name: str, table: str, columns: list[str], where: sa.TextClause, *, unique: bool = False
) -> None:
    op.create_index(name, table, columns, unique=unique, sqlite_where=where, postgresql_where=where)


def _meta_and_paces() -> None:
    op.create_table(
        "meta",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="meta_key"),
    )
    op.create_table(
        "paces",
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("recent", sa.Text(), nullable=False),
        sa.Column("not_before", sa.BigInteger()),
        sa.Column("reason", sa.Text()),
        sa.Column("used_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("scope", name="paces_key"),
        sqlite_with_rowid=False,
    )


def _feeds() -> None:
    op.create_table(
        "feeds",
        sa.Column("id", _id_type(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("declared_url", sa.Text()),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("link", sa.Text()),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("state_reason", sa.Text()),
        sa.Column("every", sa.BigInteger()),
        sa.Column("start", sa.Integer()),
        sa.Column("next_poll_at", sa.BigInteger(), nullable=False),
        sa.Column("next_poll_why", sa.Text(), nullable=False),
        sa.Column("claimed_until", sa.BigInteger()),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("removed_at", sa.BigInteger()),
        *_polling_memory(),
        sa.PrimaryKeyConstraint("id", name="feeds_key"),
        sa.CheckConstraint("origin IN ('file', 'admin')", name=op.f("feeds_origin_known")),
        sa.CheckConstraint("state IN ('active', 'paused', 'gone')", name=op.f("feeds_state_known")),
    )
    _partial("feeds_live_name", "feeds", ["name"], LIVE, unique=True)
    _partial("feeds_live_url", "feeds", ["url"], LIVE, unique=True)
    active = sa.text("removed_at IS NULL AND state = 'active'")
    _partial("feeds_due", "feeds", ["next_poll_at"], active)
    claimed = sa.text("claimed_until IS NOT NULL")
    _partial("feeds_claimed", "feeds", ["claimed_until"], claimed)
    op.create_index("feeds_url", "feeds", ["url"])


def _polling_memory() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("etag", sa.Text()),
        sa.Column("last_modified", sa.Text()),
        sa.Column("body_digest", sa.LargeBinary()),
        sa.Column("baseline_at", sa.BigInteger()),
        sa.Column("last_poll_at", sa.BigInteger()),
        sa.Column("last_success_at", sa.BigInteger()),
        sa.Column("last_full_at", sa.BigInteger()),
        sa.Column("last_status", sa.Integer()),
        sa.Column("last_error", sa.Text()),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("gone_since", sa.BigInteger()),
        sa.Column("entries_seen", sa.Integer(), nullable=False),
        sa.Column("links_shared", sa.Boolean(), nullable=False),
        sa.Column("shared_guids", sa.LargeBinary(), nullable=False),
        sa.Column("moved_url", sa.Text()),
        sa.Column("moved_since", sa.BigInteger()),
        sa.Column("moved_polls", sa.Integer(), nullable=False),
    )


def _stories_and_keys() -> None:
    op.create_table(
        "stories",
        sa.Column("id", _id_type(), nullable=False),
        sa.Column("story_id", sa.Text(), nullable=False),
        sa.Column("feed", _id_type(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("link", sa.Text()),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("author", sa.Text()),
        sa.Column("published_at", sa.BigInteger()),
        sa.Column("updated_at", sa.BigInteger()),
        sa.Column("image", sa.Text()),
        sa.Column("tags", sa.Text(), nullable=False),
        sa.Column("language", sa.Text()),
        sa.Column("found_by", sa.SmallInteger(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("accepted_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="stories_key"),
        sa.UniqueConstraint("story_id", name=op.f("stories_story_id")),
        sa.ForeignKeyConstraint(["feed"], ["feeds.id"], name="stories_feed_is_a_feeds"),
    )
    op.create_index("stories_accepted", "stories", ["accepted_at"])
    op.create_table(
        "keys",
        sa.Column("feed", _id_type(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.Column("story", _id_type()),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("feed", "digest", "kind", name="keys_key"),
        sa.ForeignKeyConstraint(["feed"], ["feeds.id"], name="keys_feed_is_a_feeds"),
        sa.ForeignKeyConstraint(
            ["story"], ["stories.id"], name="keys_story_is_a_stories", ondelete="SET NULL"
        ),
        sqlite_with_rowid=False,
    )
    _partial("keys_of_story", "keys", ["story"], sa.text("story IS NOT NULL"))


def _destinations() -> None:
    op.create_table(
        "destinations",
        sa.Column("id", _id_type(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("declared_address", sa.Text()),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("resolved", sa.Boolean(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("state_reason", sa.Text()),
        sa.Column("secret", sa.Text()),
        sa.Column("options", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("removed_at", sa.BigInteger()),
        sa.Column("merged_into", _id_type()),
        sa.Column("next_seq", sa.BigInteger(), nullable=False),
        sa.Column("not_before", sa.BigInteger()),
        sa.Column("ready_at", sa.BigInteger()),
        sa.Column("served_at", sa.BigInteger(), nullable=False),
        sa.Column("lease_owner", sa.Text()),
        sa.Column("lease_epoch", sa.BigInteger(), nullable=False),
        sa.Column("lease_until", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name="destinations_key"),
        sa.CheckConstraint("origin IN ('file', 'admin')", name=op.f("destinations_origin_known")),
        sa.CheckConstraint(
            "state IN ('open', 'parked', 'paused')", name=op.f("destinations_state_known")
        ),
        sa.ForeignKeyConstraint(
            ["merged_into"], ["destinations.id"], name="destinations_merged_into_is_a_destinations"
        ),
    )
    _partial("destinations_live_name", "destinations", ["name"], LIVE, unique=True)
    _partial("destinations_live_address", "destinations", ["kind", "address"], LIVE, unique=True)
    filled = sa.text("removed_at IS NULL AND ready_at IS NOT NULL")
    _partial("destinations_ready", "destinations", ["kind", "ready_at"], filled)
    leased = sa.text("lease_until IS NOT NULL")
    _partial("destinations_leased", "destinations", ["lease_until"], leased)


def _routes() -> None:
    op.create_table(
        "routes",
        sa.Column("id", _id_type(), nullable=False),
        sa.Column("feed", _id_type(), nullable=False),
        sa.Column("destination", _id_type(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("options", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("removed_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name="routes_key"),
        sa.CheckConstraint("origin IN ('file', 'admin')", name=op.f("routes_origin_known")),
        sa.ForeignKeyConstraint(["feed"], ["feeds.id"], name="routes_feed_is_a_feeds"),
        sa.ForeignKeyConstraint(
            ["destination"], ["destinations.id"], name="routes_destination_is_a_destinations"
        ),
    )
    _partial("routes_live_pair", "routes", ["feed", "destination"], LIVE, unique=True)
    op.create_index("routes_pair", "routes", ["feed", "destination"])
    op.create_index("routes_destination", "routes", ["destination"])


def _deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("id", _id_type(), nullable=False),
        sa.Column("webhook_id", sa.Text(), nullable=False),
        sa.Column("destination", _id_type(), nullable=False),
        sa.Column("story", _id_type()),
        sa.Column("route", _id_type()),
        sa.Column("occasion", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("plain", sa.Boolean(), nullable=False),
        sa.Column("overtakable", sa.Boolean(), nullable=False),
        sa.Column("body", sa.LargeBinary()),
        sa.Column("message_id", sa.Text()),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("sent_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name="deliveries_key"),
        sa.UniqueConstraint("webhook_id", name=op.f("deliveries_webhook_id")),
        sa.UniqueConstraint(
            "story", "destination", "occasion", name=op.f("deliveries_story_destination_occasion")
        ),
        sa.UniqueConstraint("destination", "seq", name=op.f("deliveries_destination_seq")),
        *_delivery_states(),
        sa.ForeignKeyConstraint(
            ["destination"], ["destinations.id"], name="deliveries_destination_is_a_destinations"
        ),
        sa.ForeignKeyConstraint(["story"], ["stories.id"], name="deliveries_story_is_a_stories"),
        sa.ForeignKeyConstraint(["route"], ["routes.id"], name="deliveries_route_is_a_routes"),
    )
    in_lane = sa.text("state IN ('waiting', 'sending')")
    _partial("deliveries_lane", "deliveries", ["destination", "seq"], in_lane)
    sending = sa.text("state = 'sending'")
    _partial("deliveries_sending", "deliveries", ["destination"], sending)
    off_lane = sa.text("(state NOT IN ('waiting', 'sending'))")
    _partial("deliveries_off_lane", "deliveries", ["state", "changed_at"], off_lane)


def _delivery_states() -> tuple[sa.CheckConstraint, ...]:
    return (
        sa.CheckConstraint(
            "state IN ('waiting', 'held', 'sending', 'sent', 'in_doubt', 'failed', 'dropped')",
            name=op.f("deliveries_state_known"),
        ),
        sa.CheckConstraint(
            "reason IS NOT NULL OR state NOT IN ('held', 'in_doubt', 'failed', 'dropped')",
            name=op.f("deliveries_state_explained"),
        ),
    )


def _attempts() -> None:
    op.create_table(
        "attempts",
        sa.Column("delivery", _id_type(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger()),
        sa.Column("outcome", sa.Text()),
        sa.Column("status", sa.Integer()),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("wait", sa.BigInteger()),
        sa.PrimaryKeyConstraint("delivery", "number", name="attempts_key"),
        sa.ForeignKeyConstraint(
            ["delivery"],
            ["deliveries.id"],
            name="attempts_delivery_is_a_deliveries",
            ondelete="CASCADE",
        ),
        sqlite_with_rowid=False,
    )
