"""The tables: one schema for SQLite and PostgreSQL; migrations climb to exactly this.

Partial indexes name their states as literals: SQLite uses one only where the query's WHERE shows
the same literal, so queries say `WAITING` and its like from here, never a bound value.
"""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from feeds.model import DeliveryState, DestinationState, FeedState, Origin
from feeds.store.columns import EPOCH, Instant, Span, id_type

metadata = sa.MetaData(
    naming_convention={
        "ix": "%(table_name)s_%(column_0_N_name)s",
        "uq": "%(table_name)s_%(column_0_N_name)s",
        "ck": "%(table_name)s_%(constraint_name)s",
        "fk": "%(table_name)s_%(column_0_name)s_is_a_%(referred_table_name)s",
        "pk": "%(table_name)s_key",
    }
)

Text = sa.Text


def one_of(column: str, values: Iterable[str]) -> sa.CheckConstraint:
    """CHECK that a column holds one of a closed set."""
    listed = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")


def partial(
    name: str, *columns: sa.ColumnElement[Any], where: sa.ColumnElement[bool], unique: bool = False
) -> sa.Index:
    """Index the rows that satisfy `where` only; both databases can."""
    return sa.Index(name, *columns, unique=unique, sqlite_where=where, postgresql_where=where)


def literal(value: str) -> sa.ColumnElement[str]:
    """Name a state inside the statement's text, where partial indexes can see it."""
    return sa.literal_column(f"'{value}'", Text)


WAITING = literal(DeliveryState.WAITING)
SENDING = literal(DeliveryState.SENDING)
HELD = literal(DeliveryState.HELD)
DOUBTFUL, MOVED = literal("in_doubt"), literal("moved")  # outcomes of attempts

meta = sa.Table(
    "meta",
    metadata,
    sa.Column("name", Text, primary_key=True),
    sa.Column("value", Text, nullable=False),
)

feeds = sa.Table(
    "feeds",
    metadata,
    sa.Column("id", id_type(), primary_key=True),
    sa.Column("name", Text, nullable=False),
    sa.Column("url", Text, nullable=False),
    sa.Column("declared_url", Text),  # as the file wrote it; `url` may have moved on
    sa.Column("host", Text, nullable=False),  # of `url`; empty for file:
    sa.Column("title", Text, nullable=False, default=""),
    sa.Column("link", Text),
    sa.Column("origin", Text, nullable=False),
    sa.Column("state", Text, nullable=False, default=FeedState.ACTIVE),
    sa.Column("state_reason", Text),
    sa.Column("every", Span),
    sa.Column("start", sa.Integer),
    sa.Column("next_poll_at", Instant, nullable=False),
    sa.Column("next_poll_why", Text, nullable=False, default="new"),
    sa.Column("claimed_until", Instant),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("removed_at", Instant),
    # the polling memory, as model.PollMemory
    sa.Column("etag", Text),
    sa.Column("last_modified", Text),
    sa.Column("body_digest", sa.LargeBinary),
    sa.Column("baseline_at", Instant),
    sa.Column("last_poll_at", Instant),
    sa.Column("last_success_at", Instant),
    sa.Column("last_full_at", Instant),
    sa.Column("last_status", sa.Integer),
    sa.Column("last_error", Text),
    sa.Column("failures", sa.Integer, nullable=False, default=0),
    sa.Column("gone_since", Instant),
    sa.Column("entries_seen", sa.Integer, nullable=False, default=0),
    sa.Column("links_shared", sa.Boolean, nullable=False, default=False),
    sa.Column("shared_guids", sa.LargeBinary, nullable=False, default=b""),  # digests end to end
    sa.Column("moved_url", Text),
    sa.Column("moved_since", Instant),
    sa.Column("moved_polls", sa.Integer, nullable=False, default=0),
    one_of("origin", Origin),
    one_of("state", FeedState),
)
FEED_LIVE = feeds.c.removed_at.is_(None)
FEED_POLLED = sa.and_(FEED_LIVE, feeds.c.state == literal(FeedState.ACTIVE))
partial("feeds_live_name", feeds.c.name, where=FEED_LIVE, unique=True)
partial("feeds_live_url", feeds.c.url, where=FEED_LIVE, unique=True)
partial("feeds_due", feeds.c.next_poll_at, where=FEED_POLLED)
partial("feeds_claimed", feeds.c.claimed_until, where=feeds.c.claimed_until.is_not(None))
sa.Index("feeds_url", feeds.c.url)

stories = sa.Table(
    "stories",
    metadata,
    sa.Column("id", id_type(), primary_key=True),
    sa.Column("story_id", Text, nullable=False, unique=True),
    sa.Column("feed", sa.ForeignKey(feeds.c.id), nullable=False),
    sa.Column("title", Text, nullable=False),
    sa.Column("link", Text),
    sa.Column("summary", Text, nullable=False),
    sa.Column("author", Text),
    sa.Column("published_at", Instant),
    sa.Column("updated_at", Instant),
    sa.Column("image", Text),
    sa.Column("tags", Text, nullable=False, default="[]"),
    sa.Column("language", Text),
    sa.Column("found_by", sa.SmallInteger, nullable=False),
    sa.Column("fingerprint", sa.LargeBinary, nullable=False),
    sa.Column("accepted_at", Instant, nullable=False),
)
sa.Index("stories_accepted", stories.c.accepted_at)

# Digest before kind: an IN list of digests then costs one probe each, whatever the kinds.
keys = sa.Table(
    "keys",
    metadata,
    sa.Column("feed", sa.ForeignKey(feeds.c.id), primary_key=True),
    sa.Column("digest", sa.LargeBinary, primary_key=True),
    sa.Column("kind", sa.SmallInteger, primary_key=True),
    sa.Column("story", sa.ForeignKey(stories.c.id, ondelete="SET NULL")),
    sa.Column("seen_at", Instant, nullable=False),
    sqlite_with_rowid=False,
)
partial("keys_of_story", keys.c.story, where=keys.c.story.is_not(None))

destinations = sa.Table(
    "destinations",
    metadata,
    sa.Column("id", id_type(), primary_key=True),
    sa.Column("name", Text, nullable=False),
    sa.Column("kind", Text, nullable=False),
    sa.Column("address", Text, nullable=False),
    sa.Column("declared_address", Text),  # as the file wrote it; `address` is what it came to
    sa.Column("title", Text, nullable=False, default=""),
    sa.Column("resolved", sa.Boolean, nullable=False),
    sa.Column("origin", Text, nullable=False),
    sa.Column("state", Text, nullable=False, default=DestinationState.OPEN),
    sa.Column("state_reason", Text),
    sa.Column("secret", Text),
    sa.Column("old_secret", Text),  # the one before; it signs, too, until then
    sa.Column("old_secret_until", Instant),
    sa.Column("options", Text, nullable=False, default="{}"),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("removed_at", Instant),
    sa.Column("merged_into", sa.ForeignKey("destinations.id")),
    # the lane
    sa.Column("next_seq", sa.BigInteger, nullable=False, default=1),
    sa.Column("not_before", Instant),
    sa.Column("ready_at", Instant),  # when its first parcel is due; see lanes.refresh
    sa.Column("served_at", Instant, nullable=False, default=EPOCH),
    sa.Column("reached_at", Instant),  # when it last took something, to the minute
    # how an endpoint fares; see health
    sa.Column("proven", sa.Boolean, nullable=False, default=False),  # it took something once
    sa.Column("failing_since", Instant),  # nothing but failures since then
    sa.Column("failures", sa.Integer, nullable=False, default=0),  # in a row
    sa.Column("last_failure", Text),
    sa.Column("last_failure_at", Instant),
    sa.Column("lease_owner", Text),
    sa.Column("lease_epoch", sa.BigInteger, nullable=False, default=0),
    sa.Column("lease_until", Instant),
    one_of("origin", Origin),
    one_of("state", DestinationState),
)
DESTINATION_LIVE = destinations.c.removed_at.is_(None)
LANE_FILLED = sa.and_(DESTINATION_LIVE, destinations.c.ready_at.is_not(None))
partial("destinations_live_name", destinations.c.name, where=DESTINATION_LIVE, unique=True)
partial(
    "destinations_live_address",
    destinations.c.kind,
    destinations.c.address,
    where=DESTINATION_LIVE,
    unique=True,
)
partial(
    "destinations_failing",
    destinations.c.failing_since,
    where=destinations.c.failing_since.is_not(None),
)
partial("destinations_ready", destinations.c.kind, destinations.c.ready_at, where=LANE_FILLED)
partial(
    "destinations_leased",
    destinations.c.lease_until,
    where=destinations.c.lease_until.is_not(None),
)

routes = sa.Table(
    "routes",
    metadata,
    sa.Column("id", id_type(), primary_key=True),
    sa.Column("feed", sa.ForeignKey(feeds.c.id), nullable=False),
    sa.Column("destination", sa.ForeignKey(destinations.c.id), nullable=False),
    sa.Column("origin", Text, nullable=False),
    sa.Column("options", Text, nullable=False, default="{}"),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("removed_at", Instant),
    one_of("origin", Origin),
)
ROUTE_LIVE = routes.c.removed_at.is_(None)
partial("routes_live_pair", routes.c.feed, routes.c.destination, where=ROUTE_LIVE, unique=True)
sa.Index("routes_pair", routes.c.feed, routes.c.destination)  # of removed ones, too
sa.Index("routes_destination", routes.c.destination)

deliveries = sa.Table(
    "deliveries",
    metadata,
    sa.Column("id", id_type(), primary_key=True),
    sa.Column("webhook_id", Text, nullable=False, unique=True),
    sa.Column("destination", sa.ForeignKey(destinations.c.id), nullable=False),
    sa.Column("story", sa.ForeignKey(stories.c.id)),
    sa.Column("route", sa.ForeignKey(routes.c.id)),  # whose options it is rendered with
    sa.Column("occasion", Text, nullable=False),
    sa.Column("state", Text, nullable=False),
    sa.Column("reason", Text),
    sa.Column("seq", sa.BigInteger, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False, default=0),  # those that count
    sa.Column("tries", sa.Integer, nullable=False, default=0),  # all of them
    sa.Column("plain", sa.Boolean, nullable=False, default=False),
    sa.Column("overtakable", sa.Boolean, nullable=False, default=False),
    sa.Column("body", sa.LargeBinary),
    sa.Column("message_id", Text),
    sa.Column("details", Text),  # JSON: what an event that is no story's tells
    sa.Column("due_at", Instant, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("changed_at", Instant, nullable=False),  # when it came to its state
    sa.Column("sent_at", Instant),
    sa.Column("released_at", Instant),  # when an admin said it shall go out: it is as new as then
    sa.Column("look_at", Instant),  # of a doubt that is still looked into: when next
    sa.Column("look_until", Instant),  # … and until when it holds its lane up
    sa.Column("newest_before", Text),  # … the newest message id known when it began; "": none was
    one_of("state", DeliveryState),
    sa.CheckConstraint(
        "reason IS NOT NULL OR state NOT IN ('held', 'in_doubt', 'failed', 'dropped')",
        name="state_explained",
    ),
    sa.UniqueConstraint("story", "destination", "occasion"),
    sa.UniqueConstraint("destination", "seq"),
)


def in_lane(rows: sa.FromClause) -> sa.ColumnElement[bool]:
    """Choose what stands in a lane; `rows` is `deliveries` or an alias of it.

    Said in every query of lanes, word for word as in the index: SQLite does not see by itself that
    what is waiting is waiting or sending.
    """
    return rows.c.state.in_((WAITING, SENDING))


def off_lane(rows: sa.FromClause) -> sa.ColumnElement[bool]:
    """Choose what stands in no lane; said in every query of such states, as above.

    Two indexes that share no row: else SQLite, which counts no rows, reads a lane by its state.
    """
    return rows.c.state.not_in((WAITING, SENDING))


partial("deliveries_lane", deliveries.c.destination, deliveries.c.seq, where=in_lane(deliveries))
partial("deliveries_sending", deliveries.c.destination, where=deliveries.c.state == SENDING)
partial(
    "deliveries_off_lane",
    deliveries.c.state,
    deliveries.c.changed_at,
    where=off_lane(deliveries),
)
partial(
    "deliveries_doubts",
    deliveries.c.destination,
    deliveries.c.look_at,
    where=deliveries.c.look_at.is_not(None),
)

attempts = sa.Table(
    "attempts",
    metadata,
    sa.Column("delivery", sa.ForeignKey(deliveries.c.id, ondelete="CASCADE"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("started_at", Instant, nullable=False),
    sa.Column("ended_at", Instant),
    sa.Column("outcome", Text),
    sa.Column("status", sa.Integer),
    sa.Column("detail", Text, nullable=False, default=""),
    sa.Column("wait", Span),
    sqlite_with_rowid=False,
)
partial("attempts_doubts", attempts.c.delivery, where=attempts.c.outcome == DOUBTFUL)
