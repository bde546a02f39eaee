"""What a card in the chat shows of one feed or one destination, in two or three queries."""

from datetime import datetime

import sqlalchemy as sa

from feeds.model import DeliveryState, DestinationState, FeedState
from feeds.store import changes, people_tables, roll_ups
from feeds.store.card_rows import (
    FeedCard,
    FeedOfPlace,
    FeedSettings,
    PlaceCard,
    PlaceName,
    PlaceOfFeed,
    PlaceSettings,
    RouteCard,
)
from feeds.store.columns import Instant
from feeds.store.nouns import DESTINATION, FEED, ROUTE, as_destination, as_feed, as_route
from feeds.store.tables import (
    DESTINATION_LIVE,
    FEED_LIVE,
    ROUTE_LIVE,
    deliveries,
    destinations,
    feeds,
    in_lane,
    off_lane,
    routes,
    stories,
)

HEADLINES_MAX = 3
UNDECIDED = (DeliveryState.IN_DOUBT, DeliveryState.HELD, DeliveryState.FAILED)

_waiting = (
    sa.select(sa.func.count())
    .where(in_lane(deliveries), deliveries.c.destination == destinations.c.id)
    .scalar_subquery()
)
# From the end of the lane backwards: what was sent last stands near it.
_last_sent = (
    sa.select(deliveries.c.sent_at)
    .where(
        deliveries.c.destination == destinations.c.id,
        off_lane(deliveries),
        deliveries.c.state == DeliveryState.SENT,
    )
    .order_by(deliveries.c.seq.desc())
    .limit(1)
    .scalar_subquery()
)
_place = sa.select(_waiting, _last_sent, *DESTINATION).where(
    DESTINATION_LIVE, destinations.c.id == sa.bindparam("place")
)
_undecided = (
    sa.select(deliveries.c.state, sa.func.count())
    .where(
        off_lane(deliveries),
        deliveries.c.state.in_(UNDECIDED),
        deliveries.c.destination == sa.bindparam("place"),
        sa.not_(roll_ups.IS_MEMBER),
    )
    .group_by(deliveries.c.state)
)
_feeds_of_place = (
    sa.select(routes.c.id, feeds.c.id, feeds.c.name, feeds.c.title, feeds.c.state, feeds.c.failures)
    .select_from(routes)
    .join(feeds, feeds.c.id == routes.c.feed)
    .where(ROUTE_LIVE, routes.c.destination == sa.bindparam("place"))
    .order_by(feeds.c.name)
)
_feed = (
    sa.select(*FEED, *changes.CHANGE)
    .select_from(feeds)
    .outerjoin(people_tables.changes, people_tables.changes.c.id == changes.LAST_OF_FEED)
    .where(FEED_LIVE, feeds.c.id == sa.bindparam("feed"))
)
_places_of_feed = (
    sa.select(
        *(routes.c.id, destinations.c.id, destinations.c.name, destinations.c.title),
        *(destinations.c.kind, destinations.c.state),
    )
    .select_from(routes)
    .join(destinations, destinations.c.id == routes.c.destination)
    .where(ROUTE_LIVE, DESTINATION_LIVE, routes.c.feed == sa.bindparam("feed"))
    .order_by(destinations.c.name)
)
_newest = (
    sa.select(stories.c.title)
    .where(stories.c.feed == sa.bindparam("feed"))
    .where(stories.c.accepted_at >= sa.bindparam("since", type_=Instant))
    .order_by(stories.c.accepted_at.desc(), stories.c.id.desc())
    .limit(HEADLINES_MAX)
)


_places = (
    sa.select(
        *(destinations.c.id, destinations.c.name, destinations.c.title),
        *(destinations.c.kind, destinations.c.state),
    )
    .where(DESTINATION_LIVE)
    .order_by(destinations.c.name)
)
_counts = sa.select(
    sa.select(sa.func.count()).select_from(feeds).where(FEED_LIVE).scalar_subquery(),
    sa.select(sa.func.count()).select_from(destinations).where(DESTINATION_LIVE).scalar_subquery(),
)


def counts(connection: sa.Connection) -> tuple[int, int]:
    """Count the live feeds and destinations."""
    row = connection.execute(_counts).one()
    return row[0], row[1]


def place_names(connection: sa.Connection) -> tuple[PlaceName, ...]:
    """List the live destinations by name, and nothing of their lanes."""
    return tuple(
        PlaceName(id=id_, name=name, title=title, kind=kind, state=DestinationState(state))
        for id_, name, title, kind, state in connection.execute(_places)
    )


_route = (
    sa.select(*ROUTE, *FEED, *DESTINATION)
    .select_from(routes)
    .join(feeds, feeds.c.id == routes.c.feed)
    .join(destinations, destinations.c.id == routes.c.destination)
    .where(ROUTE_LIVE, FEED_LIVE, DESTINATION_LIVE, routes.c.id == sa.bindparam("route"))
)


def route_card(connection: sa.Connection, route: int) -> RouteCard | None:
    """Read a live route with its ends and the last change of it."""
    row = connection.execute(_route, {"route": route}).first()
    if row is None:
        return None
    feed_at, place_at = len(ROUTE), len(ROUTE) + len(FEED)
    last = changes.listed_changes(connection, about={"route": route}, limit=1)
    return RouteCard(
        route=as_route(row[:feed_at]),
        feed=as_feed(row[feed_at:place_at]),
        destination=as_destination(row[place_at:]),
        change=next(iter(last), None),
    )


def place_of_route(connection: sa.Connection, route: int) -> int | None:
    """Tell where a live route leads to."""
    found = sa.select(routes.c.destination).where(ROUTE_LIVE, routes.c.id == route)
    return connection.execute(found).scalar()


def place_card(connection: sa.Connection, place: int) -> PlaceCard | None:
    """Read a live destination with what stands in its lane and what goes there."""
    row = connection.execute(_place, {"place": place}).first()
    if row is None:
        return None
    undecided = connection.execute(_undecided, {"place": place})
    return PlaceCard(
        destination=as_destination(row[2:]),
        waiting=row[0],
        last_sent_at=row[1],
        undecided={DeliveryState(state): count for state, count in undecided},
        feeds=tuple(
            FeedOfPlace(
                route=route,
                feed=feed,
                name=name,
                title=title,
                state=FeedState(state),
                failing=failures > 0,
            )
            for route, feed, name, title, state, failures in connection.execute(
                _feeds_of_place, {"place": place}
            )
        ),
    )


_settings = sa.select(*DESTINATION).where(
    DESTINATION_LIVE, destinations.c.id == sa.bindparam("place")
)


def place_settings(connection: sa.Connection, place: int) -> PlaceSettings | None:
    """Read a live destination with the last change of its settings."""
    row = connection.execute(_settings, {"place": place}).first()
    if row is None:
        return None
    last = changes.listed_changes(
        connection, about={"destination": place}, what="destination.set", limit=1
    )
    return PlaceSettings(destination=as_destination(row), change=next(iter(last), None))


def feed_settings(connection: sa.Connection, feed: int) -> FeedSettings | None:
    """Read a live feed with the last change of it."""
    row = connection.execute(_feed, {"feed": feed}).first()
    if row is None:
        return None
    changed = row[len(FEED) :]
    return FeedSettings(
        feed=as_feed(row[: len(FEED)]),
        change=changes.as_change(changed) if changed[0] is not None else None,
    )


def feed_card(connection: sa.Connection, feed: int, *, since: datetime) -> FeedCard | None:
    """Read a live feed with where it goes and its newest headlines accepted from `since` on."""
    found = feed_settings(connection, feed)
    if found is None:
        return None
    return FeedCard(
        feed=found.feed,
        change=found.change,
        places=tuple(
            PlaceOfFeed(
                route=route,
                destination=place,
                name=name,
                title=title,
                kind=kind,
                state=DestinationState(state),
            )
            for route, place, name, title, kind, state in connection.execute(
                _places_of_feed, {"feed": feed}
            )
        ),
        headlines=tuple(connection.scalars(_newest, {"feed": feed, "since": since})),
    )
