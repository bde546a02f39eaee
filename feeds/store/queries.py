"""What people are shown: lists, one delivery's story, how things stand."""

from collections import defaultdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from feeds.model import DeliveryState
from feeds.store import roll_ups, side_tables
from feeds.store.ahead import ahead_of
from feeds.store.doubts import looks_of
from feeds.store.nouns import (
    ATTEMPT,
    DELIVERY,
    DESTINATION,
    FEED,
    ROUTE,
    SOURCE,
    STORY,
    as_attempt,
    as_delivery,
    as_destination,
    as_feed,
    as_route,
    as_source,
    as_story,
)
from feeds.store.parcels import ROLL_UP_SHOWN
from feeds.store.rows import (
    DeliveryRow,
    DeliveryStory,
    DestinationRow,
    FeedRow,
    Names,
    RouteRow,
)
from feeds.store.statements import AnyRow
from feeds.store.tables import (
    DESTINATION_LIVE,
    FEED_LIVE,
    ROUTE_LIVE,
    attempts,
    deliveries,
    destinations,
    feeds,
    in_lane,
    off_lane,
    routes,
    stories,
)

LANE_STATES = (DeliveryState.WAITING, DeliveryState.SENDING)

_feeds = sa.select(feeds.c.next_poll_why, *FEED).where(FEED_LIVE).order_by(feeds.c.name)
_destinations = (
    sa.select(destinations.c.ready_at, *DESTINATION)
    .where(DESTINATION_LIVE)
    .order_by(destinations.c.name)
)
_routes = (
    sa.select(feeds.c.name, destinations.c.name, *ROUTE)
    .select_from(routes)
    .join(feeds, feeds.c.id == routes.c.feed)
    .join(destinations, destinations.c.id == routes.c.destination)
    .where(ROUTE_LIVE)
    .order_by(feeds.c.name, destinations.c.name)
)
_feed_names = sa.select(feeds.c.name).where(FEED_LIVE)
_place_names = sa.select(destinations.c.name).where(DESTINATION_LIVE)
_merged_names = sa.select(destinations.c.name).where(destinations.c.merged_into.is_not(None))
_route_names = _routes.with_only_columns(feeds.c.name, destinations.c.name).order_by(None)
_in_lanes = (
    sa.select(deliveries.c.destination, sa.func.count())
    .where(in_lane(deliveries))
    .group_by(deliveries.c.destination)
)
_in_doubt = (
    sa.select(deliveries.c.destination, sa.func.count())
    .where(
        off_lane(deliveries),
        deliveries.c.state == DeliveryState.IN_DOUBT,
        sa.not_(roll_ups.IS_MEMBER),  # somebody decides on the roll-up
    )
    .group_by(deliveries.c.destination)
)
_ROW = (
    *(deliveries.c.id, stories.c.story_id, stories.c.title, stories.c.link.label("url")),
    *(feeds.c.name.label("feed"), destinations.c.name.label("destination")),
    *(deliveries.c.state, deliveries.c.reason, deliveries.c.attempts, deliveries.c.seq),
    *(deliveries.c.occasion, deliveries.c.message_id, deliveries.c.due_at),
    *(deliveries.c.created_at, deliveries.c.changed_at, deliveries.c.sent_at),
    roll_ups.MEMBERS.label("members"),
)
_deliveries = (
    sa.select(*_ROW)
    .select_from(deliveries)
    .join(destinations, destinations.c.id == deliveries.c.destination)
    .outerjoin(stories, stories.c.id == deliveries.c.story)
    .outerjoin(feeds, feeds.c.id == stories.c.feed)
)
_delivery = (
    sa.select(
        *DELIVERY,
        *DESTINATION,
        *ROUTE,
        *SOURCE,
        *STORY,
        roll_ups.GOES_OUT_WITH.label("goes_out_with"),
    )
    .select_from(deliveries)
    .join(destinations, destinations.c.id == deliveries.c.destination)
    .outerjoin(routes, routes.c.id == deliveries.c.route)
    .outerjoin(stories, stories.c.id == deliveries.c.story)
    .outerjoin(feeds, feeds.c.id == stories.c.feed)
    .where(deliveries.c.id == sa.bindparam("delivery"))
)
_attempts = (
    sa.select(*ATTEMPT)
    .where(attempts.c.delivery == sa.bindparam("delivery"))
    .order_by(attempts.c.number)
)
_members = _deliveries.where(
    deliveries.c.id.in_(
        sa.select(side_tables.roll_ups.c.member).where(
            side_tables.roll_ups.c.into == sa.bindparam("roll_up")
        )
    )
).order_by(deliveries.c.seq.desc())


def list_feeds(connection: sa.Connection) -> tuple[FeedRow, ...]:
    """List the live feeds by name, with the names of where they go."""
    goes_to: dict[int, list[str]] = defaultdict(list)
    for row in connection.execute(_routes):
        goes_to[row.feed].append(row[1])
    return tuple(
        FeedRow(
            feed=(feed := as_feed(row[1:])),
            next_poll_why=row[0],
            destinations=tuple(goes_to[feed.id]),
        )
        for row in connection.execute(_feeds)
    )


def list_destinations(connection: sa.Connection) -> tuple[DestinationRow, ...]:
    """List the live destinations by name, with what stands in their lanes."""
    waiting = {row[0]: row[1] for row in connection.execute(_in_lanes)}
    in_doubt = {row[0]: row[1] for row in connection.execute(_in_doubt)}
    return tuple(
        DestinationRow(
            destination=(each := as_destination(row[1:])),
            waiting=waiting.get(each.id, 0),
            in_doubt=in_doubt.get(each.id, 0),
            next_at=max(row.ready_at, each.not_before or row.ready_at) if row.ready_at else None,
        )
        for row in connection.execute(_destinations)
    )


def list_routes(connection: sa.Connection) -> tuple[RouteRow, ...]:
    """List the live routes by the names of their ends."""
    return tuple(
        RouteRow(feed=row[0], destination=row[1], route=as_route(row[2:]))
        for row in connection.execute(_routes)
    )


def names(connection: sa.Connection) -> Names:
    """Tell the names of all that is live."""
    return Names(
        feeds=frozenset(connection.scalars(_feed_names)),
        destinations=frozenset(connection.scalars(_place_names)),
        routes=frozenset((row[0], row[1]) for row in connection.execute(_route_names)),
        merged=frozenset(connection.scalars(_merged_names)),
    )


def list_deliveries(
    connection: sa.Connection,
    *,
    state: DeliveryState | None,
    feed: int | None,
    destination: int | None,
    since: datetime | None,
    limit: int,
) -> tuple[DeliveryRow, ...]:
    """List the newest that match: by their last change within one state, else by their making."""
    query = _deliveries.limit(limit)
    if state is None:
        query = query.order_by(deliveries.c.id.desc())
    else:
        among = in_lane if state in LANE_STATES else off_lane
        query = query.where(among(deliveries), deliveries.c.state == state).order_by(
            deliveries.c.changed_at.desc(), deliveries.c.id.desc()
        )
    if feed is not None:
        query = query.where(stories.c.feed == feed)
    if destination is not None:
        query = query.where(deliveries.c.destination == destination)
    if since is not None:
        query = query.where(deliveries.c.created_at >= since)
    return tuple(_as_row(row) for row in connection.execute(query))


def delivery_story(
    connection: sa.Connection, delivery: int, *, now: datetime
) -> DeliveryStory | None:
    """Read a delivery with everything around it."""
    row = connection.execute(_delivery, {"delivery": delivery}).first()
    if row is None:
        return None
    destination_at = len(DELIVERY)
    route_at = destination_at + len(DESTINATION)
    source_at = route_at + len(ROUTE)
    story_at = source_at + len(SOURCE)
    has_story = row[story_at] is not None
    tried = connection.execute(_attempts, {"delivery": delivery})
    found, place = as_delivery(row[:destination_at]), as_destination(row[destination_at:route_at])
    return DeliveryStory(
        delivery=found,
        destination=place,
        route=as_route(row[route_at:source_at]) if row[route_at] is not None else None,
        source=as_source(row[source_at:story_at]) if has_story else None,
        story=as_story(row[story_at : story_at + len(STORY)]) if has_story else None,
        attempts=tuple(as_attempt(each) for each in tried),
        evidence=looks_of(connection, delivery),
        goes_out_with=row.goes_out_with,
        ahead=ahead_of(connection, found, place, now=now),
        **_members_of(connection, delivery),
    )


def _members_of(connection: sa.Connection, delivery: int) -> dict[str, Any]:
    rows = connection.execute(_members, {"roll_up": delivery}).all()
    shown = tuple(_as_row(row) for row in rows[:ROLL_UP_SHOWN])
    return {"members": shown, "members_total": len(rows)}


def _as_row(row: AnyRow) -> DeliveryRow:
    values = row._asdict()
    return DeliveryRow(**values | {"state": DeliveryState(values["state"])})
