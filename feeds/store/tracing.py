"""What an admin asks about: a story by its names or its id, a post by its message."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from feeds.model import Key
from feeds.store import roll_ups
from feeds.store.runner import Runner
from feeds.store.statements import ids
from feeds.store.tables import ROUTE_LIVE, deliveries, destinations, feeds, keys, routes, stories

FOUND_MAX = 20  # deliveries of a story, feeds that know a name

_known = (
    sa.select(keys.c.story, keys.c.seen_at, feeds.c.name)
    .join(feeds, feeds.c.id == keys.c.feed)
    .where(keys.c.digest.in_(ids()), keys.c.kind.in_(ids("kinds")))
    .order_by(keys.c.seen_at.desc())
    .limit(FOUND_MAX)
)
_of_stories = (
    sa.select(deliveries.c.id)
    .where(deliveries.c.story.in_(ids()))
    .order_by(deliveries.c.id.desc())
    .limit(FOUND_MAX)
)
_by_story_id = sa.select(stories.c.id).where(stories.c.story_id == sa.bindparam("story_id"))
_places_of_feed = sa.select(routes.c.destination).where(
    routes.c.feed == sa.bindparam("feed"), ROUTE_LIVE
)
_by_webhook_id = sa.select(deliveries.c.id).where(
    deliveries.c.webhook_id == sa.bindparam("webhook_id")
)
_of_message = (
    sa.select(deliveries.c.id)
    .join(destinations, destinations.c.id == deliveries.c.destination)
    .where(
        destinations.c.kind == sa.bindparam("kind"),
        sa.or_(
            destinations.c.address == sa.bindparam("place"),
            destinations.c.address.startswith(sa.bindparam("topics")),
        ),
        deliveries.c.message_id == sa.bindparam("message_id"),
        sa.not_(roll_ups.IS_MEMBER),  # the roll-up is what stands there
    )
    .order_by(deliveries.c.id.desc())
    .limit(1)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Traced:
    """What is known under a name: deliveries, the newest first, and feeds that knew it before."""

    stories: tuple[int, ...] = ()
    deliveries: tuple[int, ...] = ()
    before: tuple[tuple[str, datetime], ...] = ()  # feed, last seen: there from its first poll on


class TracingMethods:
    """Looking for what somebody asks about; each method is one transaction."""

    _runner: Runner

    async def trace(self, asked: Collection[Key]) -> Traced:
        """Look for stories by their names, in every feed."""
        return await self._runner.read(lambda c: trace(c, asked))

    async def trace_story(self, story_id: str) -> Traced:
        """Look for a story by its public id."""
        return await self._runner.read(lambda c: trace_story(c, story_id))

    async def delivery_of_webhook_id(self, webhook_id: str) -> int | None:
        """Tell which delivery a webhook's consumer knows by this id."""
        return await self._runner.read(
            lambda c: c.scalar(_by_webhook_id, {"webhook_id": webhook_id})
        )

    async def delivery_of_message(self, kind: str, place: str, message_id: str) -> int | None:
        """Tell which delivery became this message of a chat."""
        return await self._runner.read(lambda c: of_message(c, kind, place, message_id))

    async def places_of_feed(self, feed: int) -> frozenset[int]:
        """Tell which destinations a feed goes to."""
        return await self._runner.read(
            lambda c: frozenset(c.scalars(_places_of_feed, {"feed": feed}))
        )


def trace(connection: sa.Connection, asked: Collection[Key]) -> Traced:
    """Look for stories by their names."""
    if not asked:
        return Traced()
    digests, kinds = {key.digest for key in asked}, {int(key.kind) for key in asked}
    asking = {"ids": list(digests), "kinds": list(kinds)}
    rows = connection.execute(_known, asking).all()
    found = tuple(dict.fromkeys(row.story for row in rows if row.story is not None))
    before = {row.name: row.seen_at for row in rows if row.story is None}
    return Traced(
        stories=found, deliveries=_deliveries_of(connection, found), before=tuple(before.items())
    )


def trace_story(connection: sa.Connection, story_id: str) -> Traced:
    """Look for a story by its public id."""
    found = tuple(connection.scalars(_by_story_id, {"story_id": story_id}))
    return Traced(stories=found, deliveries=_deliveries_of(connection, found))


def of_message(connection: sa.Connection, kind: str, place: str, message_id: str) -> int | None:
    """Find the delivery of a message; in a chat all topics count together."""
    asked = {"kind": kind, "place": place, "topics": f"{place}/", "message_id": message_id}
    found: int | None = connection.execute(_of_message, asked).scalar()
    return found


def _deliveries_of(connection: sa.Connection, found: Collection[int]) -> tuple[int, ...]:
    return tuple(connection.scalars(_of_stories, {"ids": list(found)})) if found else ()
