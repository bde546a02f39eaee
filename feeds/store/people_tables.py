"""The tables of people: who may command, by which codes, what they changed, where talks stand."""

import sqlalchemy as sa

from feeds.model.people import Role, TicketKind
from feeds.store.columns import Instant, id_type
from feeds.store.tables import Text, destinations, feeds, metadata, one_of, routes

__all__ = ["changes", "people", "stewards", "talks", "tickets", "updates"]

people = sa.Table(
    "people",
    metadata,
    sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),  # Telegram's user id
    sa.Column("name", Text, nullable=False, default=""),
    sa.Column("language", Text),
    sa.Column("role", Text, nullable=False),
    sa.Column("since", Instant, nullable=False),
    one_of("role", Role),
)

# Which channels a steward looks after.
stewards = sa.Table(
    "stewards",
    metadata,
    sa.Column("person", sa.ForeignKey(people.c.id, ondelete="CASCADE"), primary_key=True),
    sa.Column("destination", sa.ForeignKey(destinations.c.id), primary_key=True),
    sa.Column("invited_by", sa.BigInteger),
    sa.Column("since", Instant, nullable=False),
    sqlite_with_rowid=False,
)
sa.Index("stewards_destination", stewards.c.destination)

# One-time codes; of a code only its digest is kept.
tickets = sa.Table(
    "tickets",
    metadata,
    sa.Column("digest", sa.LargeBinary, primary_key=True),
    sa.Column("kind", Text, nullable=False),
    sa.Column("destination", sa.ForeignKey(destinations.c.id)),
    sa.Column("made_by", sa.BigInteger),
    sa.Column("made_at", Instant, nullable=False),
    sa.Column("expires_at", Instant, nullable=False),
    sa.Column("used_by", sa.BigInteger),
    sa.Column("used_at", Instant),
    one_of("kind", TicketKind),
)

changes = sa.Table(
    "changes",
    metadata,
    sa.Column("id", id_type(), primary_key=True),
    sa.Column("at", Instant, nullable=False),
    sa.Column("person", sa.BigInteger),  # NULL: the command line
    sa.Column("what", Text, nullable=False),
    sa.Column("feed", sa.ForeignKey(feeds.c.id)),
    sa.Column("destination", sa.ForeignKey(destinations.c.id)),
    sa.Column("route", sa.ForeignKey(routes.c.id)),
    sa.Column("before", Text, nullable=False, default="{}"),
    sa.Column("after", Text, nullable=False, default="{}"),
    sa.Column("undone_at", Instant),
)
sa.Index("changes_at", changes.c.at)

# Where each person's conversation stands; one at a time.
talks = sa.Table(
    "talks",
    metadata,
    sa.Column("person", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("kind", Text, nullable=False),
    sa.Column("data", Text, nullable=False, default="{}"),
    sa.Column("changed_at", Instant, nullable=False),
)

# Updates of Telegram's that were taken up; each is acted on once. One that is not done was cut off.
updates = sa.Table(
    "updates",
    metadata,
    sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("taken_at", Instant, nullable=False),
    sa.Column("person", sa.BigInteger),  # who waits for an answer; NULL: nobody
    sa.Column("done", sa.Boolean, nullable=False, default=False),
)
sa.Index("updates_taken", updates.c.taken_at)
