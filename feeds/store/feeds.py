"""Feeds as admins see them: added, changed, paused, removed softly, found again."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, TypedDict
from urllib.parse import urlsplit

import sqlalchemy as sa

from feeds.errors import Conflict, UnknownName
from feeds.model import Feed, FeedState, Origin, PollMemory, Validators
from feeds.store import dropping, notices, outbox
from feeds.store.nouns import FEED, as_feed, memory_values
from feeds.store.tables import FEED_LIVE, ROUTE_LIVE, feeds, routes

REMOVED = "feed removed"
PAUSED = "paused by an admin"
SETTINGS = frozenset({"name", "url", "every"})


class FeedChanges(TypedDict, total=False):
    """What may be set; a new `url` forgets what the old one told, unless `memory` is given."""

    name: str
    url: str
    title: str
    every: timedelta | None
    start: int | None
    memory: PollMemory
    next_poll_at: datetime


_by_id = sa.select(*FEED).where(feeds.c.id == sa.bindparam("feed"))
_live_by = {
    column: sa.select(*FEED).where(FEED_LIVE, feeds.c[column] == sa.bindparam("value"))
    for column in ("id", "name", "url")
}
_goes_to = (
    sa.select(routes.c.destination).where(routes.c.feed == sa.bindparam("of_feed")).distinct()
)
_removed_by_url = (
    sa.select(feeds.c.id)
    .where(feeds.c.removed_at.is_not(None), feeds.c.url == sa.bindparam("url"))
    .order_by(feeds.c.removed_at.desc(), feeds.c.id.desc())
    .limit(1)
)


def add(
    connection: sa.Connection,
    name: str,
    url: str,
    *,
    origin: Origin,
    every: timedelta | None,
    start: int | None,
    now: datetime,
) -> Feed:
    """Insert a feed, due at once, or revive a removed one of that URL with all it has seen."""
    refuse_taken(connection, name=name, url=url)
    values = {
        "name": name,
        "url": url,
        "host": host_of(url),
        "declared_url": url if origin is Origin.FILE else None,
        "origin": origin,
        "every": every,
        "start": start,
        "next_poll_at": now,
        "next_poll_why": "new",
    }
    removed = connection.execute(_removed_by_url, {"url": url}).scalar()
    if removed is None:
        inserted = connection.execute(sa.insert(feeds).values(**values, created_at=now))
        return by_id(connection, _new_id(inserted))
    revived = {"state": FeedState.ACTIVE, "state_reason": None, "removed_at": None}
    update(connection, removed, **values, **revived, **_fresh_memory())
    return by_id(connection, removed)


def change(
    connection: sa.Connection, feed: int, changes: FeedChanges, *, expected: Feed | None = None
) -> Feed:
    """Set what is given; raises Conflict for a name or URL that another feed has.

    With `expected` also if the name, the URL or the interval to change is not as it is there.
    """
    old = by_id(connection, feed)
    if expected is not None:
        _refuse_changed(old, expected, changes)
    values: dict[str, Any] = {k: v for k, v in changes.items() if k != "memory"}
    refuse_taken(connection, name=changes.get("name"), url=changes.get("url"), but=feed)
    if changes.get("url", old.url) != old.url:
        # A poll of the old URL that is under way finds another URL and records nothing.
        values |= {"host": host_of(changes["url"]), "claimed_until": None} | _fresh_memory()
        values.setdefault("next_poll_at", old.created_at)
        values["next_poll_why"] = "new URL"
    if "memory" in changes:
        values |= memory_values(changes["memory"])
    every = changes.get("every")
    if every is not None and old.memory.last_poll_at is not None:
        sooner = old.memory.last_poll_at + every
        values.setdefault("next_poll_at", min(old.next_poll_at, sooner))
    if values:
        update(connection, feed, **values)
    return by_id(connection, feed)


def _refuse_changed(present: Feed, expected: Feed, changes: FeedChanges) -> None:
    for name in SETTINGS & changes.keys():
        if getattr(present, name) != getattr(expected, name):
            raise Conflict(
                "It was changed meanwhile: look again, then set it as you want it.",
                "error.changed",
            )


def pause(connection: sa.Connection, feed: int, *, reason: str = PAUSED) -> Feed:
    """Poll it no more; what it gave already still goes out."""
    update(connection, feed, state=FeedState.PAUSED, state_reason=reason, claimed_until=None)
    return by_id(connection, feed)


def resume(
    connection: sa.Connection, feed: int, *, newest: int | None = None, now: datetime
) -> Feed:
    """Poll it again, at once; `newest`: as if for the first time, but what is known is not new.

    Without it what came meanwhile is news, under the burst guard. Its validators go with the
    baseline: a 304 would put off the new one until there is something new to skip.
    """
    if newest is not None:
        anew = {"baseline_at": None, "etag": None, "last_modified": None, "body_digest": None}
        update(connection, feed, start=newest, **anew)
    update(
        connection,
        feed,
        state=FeedState.ACTIVE,
        state_reason=None,
        gone_since=None,
        next_poll_at=now,
        next_poll_why="resumed",
    )
    return by_id(connection, feed)


def remove(connection: sa.Connection, feed: int, *, now: datetime, reason: str = REMOVED) -> None:
    """Stop it softly: routes closed, what waits dropped with the reason, what was seen kept."""
    by_id(connection, feed)
    update(connection, feed, removed_at=now, claimed_until=None)
    notices.end(connection, [notices.failing_key(feed)], now=now)
    connection.execute(
        sa.update(routes).where(ROUTE_LIVE, routes.c.feed == feed).values(removed_at=now)
    )
    lanes = connection.scalars(_goes_to, {"of_feed": feed}).all()
    dropping.drop(connection, outbox.of_feed(feed), lanes=lanes, reason=reason, now=now)


def find(connection: sa.Connection, name_or_id: str | int) -> Feed | None:
    """Find a live feed by its name, else by its id."""
    if found := _find(connection, "name", str(name_or_id)):
        return found
    return _find(connection, "id", int(name_or_id)) if str(name_or_id).isdecimal() else None


def find_by_url(connection: sa.Connection, url: str) -> Feed | None:
    """Find a live feed by its URL."""
    return _find(connection, "url", url)


def by_id(connection: sa.Connection, feed: int) -> Feed:
    """Read a feed; raises UnknownName."""
    row = connection.execute(_by_id, {"feed": feed}).first()
    if row is None:
        raise UnknownName(f"There is no feed {feed}.", "error.gone")
    return as_feed(row)


def update(connection: sa.Connection, feed: int, **values: Any) -> None:
    """Set columns of one feed."""
    connection.execute(sa.update(feeds).where(feeds.c.id == feed).values(**values))


def refuse_taken(
    connection: sa.Connection, *, name: str | None, url: str | None, but: int | None = None
) -> None:
    """Raise Conflict if another live feed has that name or URL."""
    other = _find(connection, "name", name) if name is not None else None
    if other is not None and other.id != but:
        raise Conflict(
            f"There is a feed called {name} already: choose another name.",
            "error.feed.name_taken",
            name=other.name,
        )
    other = _find(connection, "url", url) if url is not None else None
    if other is not None and other.id != but:
        raise Conflict(
            f"That URL is there already: the feed is called {other.name}.",
            "error.feed.known",
            name=other.name,
        )


def memory_at(feed: Feed, url: str) -> PollMemory:
    """Tell what a feed still knows at a new URL that the file gives it.

    The same host or the same path (http became https, the feed moved within its site or the site
    to another name) is the same feed: its baseline holds, so what was published since the last poll
    is still news, and the guards against floods hold, too. Only what the old address itself said
    goes: validators, digest, failures, redirects. Where both differ it is another feed, whose
    first document is a baseline. The path / names nothing, nor does a file's empty host.
    """
    old, new = urlsplit(feed.url), urlsplit(url)
    one_host = bool(old.hostname) and old.hostname == new.hostname
    one_path = bool(old.path.strip("/")) and old.path.rstrip("/") == new.path.rstrip("/")
    if not (one_host or one_path):
        return PollMemory()
    return replace(
        feed.memory,
        validators=Validators(),
        body_digest=None,
        last_error=None,
        failures=0,
        gone_since=None,
        moved_url=None,
        moved_since=None,
        moved_polls=0,
    )


def host_of(url: str) -> str:
    """Tell whose server a URL is polled from; empty for a file."""
    return (urlsplit(url).hostname or "").lower()


def _find(connection: sa.Connection, column: str, value: str | int) -> Feed | None:
    row = connection.execute(_live_by[column], {"value": value}).first()
    return as_feed(row) if row else None


def _fresh_memory() -> dict[str, Any]:
    """Begin anew: the next document is a baseline. The keys stay, so nothing is repeated."""
    return memory_values(PollMemory())


def _new_id(inserted: sa.CursorResult[Any]) -> int:
    key = inserted.inserted_primary_key
    assert key is not None, "one row was inserted"
    return int(key[0])
