"""The tables beside the outbox: paces, evidence, sightings, roll-ups, notices and who was told."""

import sqlalchemy as sa

from feeds.model import Finding, Told
from feeds.store.columns import Instant, id_type
from feeds.store.tables import (
    MOVED,
    Text,
    attempts,
    deliveries,
    destinations,
    feeds,
    metadata,
    one_of,
    partial,
)

__all__ = ["evidence", "metadata", "notices", "paces", "roll_ups", "sightings", "tellings"]

# What each scope has used up of its pace.
paces = sa.Table(
    "paces",
    metadata,
    sa.Column("scope", Text, primary_key=True),
    sa.Column("recent", Text, nullable=False),
    sa.Column("not_before", Instant),
    sa.Column("reason", Text),
    sa.Column("used_at", Instant, nullable=False),  # for upkeep: what is long unused is forgotten
    sqlite_with_rowid=False,
)

# Whose post a message is, and when a chat moved.
partial(
    "deliveries_messages",
    deliveries.c.destination,
    deliveries.c.message_id,
    where=deliveries.c.message_id.is_not(None),
)
partial("attempts_moves", attempts.c.delivery, where=attempts.c.outcome == MOVED)

# What was found where a post in doubt would be, if it had arrived.
evidence = sa.Table(
    "evidence",
    metadata,
    sa.Column("delivery", sa.ForeignKey(deliveries.c.id, ondelete="CASCADE"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("at", Instant, nullable=False),
    sa.Column("way", Text, nullable=False),  # how it was looked for: "linked group", "probe" …
    sa.Column("finding", Text, nullable=False),
    sa.Column("detail", Text, nullable=False),
    one_of("finding", Finding),
    sqlite_with_rowid=False,
)

# Posts of ours that were seen from outside while their delivery was not settled.
sightings = sa.Table(
    "sightings",
    metadata,
    sa.Column("kind", Text, primary_key=True),
    sa.Column("place", Text, primary_key=True),  # the chat, without a topic
    sa.Column("message_id", Text, primary_key=True),
    sa.Column("mark", sa.LargeBinary, nullable=False),  # the adapter's digest of what it says
    sa.Column("seen_at", Instant, nullable=False),
    sqlite_with_rowid=False,
)
sa.Index("sightings_seen", sightings.c.seen_at)

# Which deliveries go out inside of another, whose outcome is theirs.
roll_ups = sa.Table(
    "roll_ups",
    metadata,
    sa.Column("member", sa.ForeignKey(deliveries.c.id, ondelete="CASCADE"), primary_key=True),
    sa.Column("into", sa.ForeignKey(deliveries.c.id, ondelete="CASCADE"), nullable=False),
    sqlite_with_rowid=False,
)
sa.Index("roll_ups_into", roll_ups.c.into)

# What admins must hear of, once when it begins and once when it is over.
notices = sa.Table(
    "notices",
    metadata,
    sa.Column("id", id_type(), primary_key=True),
    sa.Column("key", Text, nullable=False),  # of the incident: one open notice for each
    sa.Column("kind", Text, nullable=False),
    sa.Column("destination", sa.ForeignKey(destinations.c.id)),
    sa.Column("feed", sa.ForeignKey(feeds.c.id)),
    sa.Column("delivery", sa.ForeignKey(deliveries.c.id, ondelete="CASCADE")),
    sa.Column("details", Text, nullable=False, default="{}"),
    sa.Column("begun_at", Instant, nullable=False),
    sa.Column("over_at", Instant),
)
partial("notices_open", notices.c.key, where=notices.c.over_at.is_(None), unique=True)
sa.Index("notices_begun", notices.c.begun_at)

tellings = sa.Table(
    "tellings",
    metadata,
    sa.Column("notice", sa.ForeignKey(notices.c.id, ondelete="CASCADE"), primary_key=True),
    sa.Column("person", sa.BigInteger, primary_key=True),
    sa.Column("what", Text, primary_key=True),
    sa.Column("begun_at", Instant, nullable=False),
    sa.Column("told_at", Instant),
    sa.Column("message_id", Text),
    one_of("what", Told),
    sqlite_with_rowid=False,
)
