"""What waits for somebody's attention: few statements, each with its limit."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

import sqlalchemy as sa

from feeds.model import DeliveryState, DestinationState, FeedState
from feeds.store import decisions, holds, roll_ups
from feeds.store.rows import Burst
from feeds.store.runner import Runner
from feeds.store.statements import AnyRow
from feeds.store.tables import (
    DESTINATION_LIVE,
    FEED_LIVE,
    ROUTE_LIVE,
    deliveries,
    destinations,
    feeds,
    off_lane,
    routes,
    stories,
)

POSTS_MAX = 200  # in doubt, and as many given up: the newest
THINGS_MAX = 200  # feeds and places

STATES = (DeliveryState.IN_DOUBT, DeliveryState.FAILED)

_ONE_BY_ONE = sa.and_(off_lane(deliveries), sa.not_(roll_ups.IS_MEMBER), DESTINATION_LIVE)
_posts = (
    sa.select(
        *(deliveries.c.id, deliveries.c.state, deliveries.c.reason, deliveries.c.changed_at),
        *(stories.c.title, destinations.c.id.label("place"), destinations.c.name),
        destinations.c.title.label("called"),
    )
    .select_from(deliveries)
    .join(destinations, destinations.c.id == deliveries.c.destination)
    .outerjoin(stories, stories.c.id == deliveries.c.story)
    .where(_ONE_BY_ONE)
    .order_by(deliveries.c.changed_at.desc(), deliveries.c.id.desc())
    .limit(POSTS_MAX)
)
_counts = (
    sa.select(deliveries.c.state, sa.func.count())
    .join(destinations, destinations.c.id == deliveries.c.destination)
    .where(_ONE_BY_ONE, deliveries.c.state.in_(STATES))
    .group_by(deliveries.c.state)
)
_ill_feeds = sa.select(
    *(sa.literal("feed").label("what"), feeds.c.id, feeds.c.name, feeds.c.title, feeds.c.state),
    sa.func.coalesce(feeds.c.last_error, feeds.c.state_reason).label("why"),
).where(FEED_LIVE, sa.or_(feeds.c.failures > 0, feeds.c.state == FeedState.GONE))
_shut_places = sa.select(
    sa.literal("place").label("what"),
    *(destinations.c.id, destinations.c.name, destinations.c.title, destinations.c.state),
    destinations.c.state_reason.label("why"),
).where(DESTINATION_LIVE, destinations.c.state != DestinationState.OPEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class IllPost:
    """A delivery in doubt or given up."""

    id: int
    state: DeliveryState
    reason: str
    at: datetime
    title: str
    place: int
    place_name: str
    place_title: str  # as it calls itself; empty where that is not known


@dataclass(frozen=True, slots=True, kw_only=True)
class IllThing:
    """A feed that fails, or a place that is not served."""

    what: Literal["feed", "place"]
    id: int
    name: str
    title: str
    state: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Troubles:
    """All of it, each the newest first; within their bounds."""

    posts: tuple[IllPost, ...] = ()  # doubts first: no number of failures hides one
    counts: Mapping[DeliveryState, int] = field(default_factory=dict)  # of all such posts
    bursts: tuple[Burst, ...] = ()
    things: tuple[IllThing, ...] = ()


class TroubleMethods:
    """What /failures shows, and a lane's failures sent again."""

    _runner: Runner

    async def troubles(self, *, among: Collection[int] | None = None) -> Troubles:
        """Read what waits for attention; `among`: of these destinations and their feeds alone."""
        return await self._runner.read(lambda c: read(c, among))

    async def retry_failed(self, destination: int, *, now: datetime) -> int:
        """Let all that a destination was given up wait again; tells how many."""
        return await self._runner.write(
            lambda c: decisions.retry_since(c, None, destination=destination, now=now)
        )


def read(connection: sa.Connection, among: Collection[int] | None) -> Troubles:
    """Read it in one state of the database."""
    posts, counts, places, ill = _posts, _counts, _shut_places, _ill_feeds
    bursts = holds.listing(connection)
    if among is not None:
        mine = destinations.c.id.in_(among)
        posts, counts, places = posts.where(mine), counts.where(mine), places.where(mine)
        goes_there = sa.exists().where(
            routes.c.feed == feeds.c.id, routes.c.destination.in_(among), ROUTE_LIVE
        )
        ill = ill.where(goes_there)
        bursts = tuple(each for each in bursts if each.destination_id in among)
    things = sa.union_all(places, ill).limit(THINGS_MAX)
    return Troubles(
        posts=tuple(
            _as_post(row)
            for state in STATES
            for row in connection.execute(posts.where(deliveries.c.state == state))
        ),
        counts={DeliveryState(state): count for state, count in connection.execute(counts)},
        bursts=bursts,
        things=tuple(_as_thing(row) for row in connection.execute(things)),
    )


def _as_post(row: AnyRow) -> IllPost:
    return IllPost(
        id=row.id,
        state=DeliveryState(row.state),
        reason=row.reason or "",
        at=row.changed_at,
        title=row.title or "",
        place=row.place,
        place_name=row.name,
        place_title=row.called or "",
    )


def _as_thing(row: AnyRow) -> IllThing:
    what, id_, name, title, state, why = row
    return IllThing(what=what, id=id_, name=name, title=title, state=state, why=why or "")
