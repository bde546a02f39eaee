"""What people are shown: lists, one delivery's story, how things stand."""

from collections import defaultdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from feeds.model import DeliveryState, DestinationState, NoticeKind
from feeds.store import notices, paces, roll_ups, side_tables
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
    RouteRow,
    Status,
)
from feeds.store.statements import AnyRow
from feeds.store.tables import (
    DESTINATION_LIVE,
    DOUBTFUL,
    FEED_LIVE,
    ROUTE_LIVE,
    WAITING,
    attempts,
    deliveries,
    destinations,
    feeds,
    in_lane,
    literal,
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


def delivery_story(connection: sa.Connection, delivery: int) -> DeliveryStory | None:
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
    return DeliveryStory(
        delivery=as_delivery(row[:destination_at]),
        destination=as_destination(row[destination_at:route_at]),
        route=as_route(row[route_at:source_at]) if row[route_at] is not None else None,
        source=as_source(row[source_at:story_at]) if has_story else None,
        story=as_story(row[story_at : story_at + len(STORY)]) if has_story else None,
        attempts=tuple(as_attempt(each) for each in tried),
        evidence=looks_of(connection, delivery),
        goes_out_with=row.goes_out_with,
        **_members_of(connection, delivery),
    )


def _members_of(connection: sa.Connection, delivery: int) -> dict[str, Any]:
    rows = connection.execute(_members, {"roll_up": delivery}).all()
    shown = tuple(_as_row(row) for row in rows[:ROLL_UP_SHOWN])
    return {"members": shown, "members_total": len(rows)}


def status(connection: sa.Connection, *, now: datetime) -> Status:
    """Count and find the extremes, each by an index."""
    polled = connection.execute(_POLLED).one()
    places = connection.execute(_PLACES).one()
    by_state = {DeliveryState(state): count for state, count in connection.execute(_BY_STATE)}
    for state, count in connection.execute(_MEMBERS_BY_STATE):
        by_state[DeliveryState(state)] -= count
    return Status(
        feeds=polled.total,
        feeds_failing=polled.failing,
        destinations=places.total,
        destinations_closed=places.closed,
        destinations_failing=places.failing,
        deliveries={state: count for state, count in by_state.items() if count},
        oldest_waiting_at=connection.execute(_OLDEST_WAITING).scalar(),
        last_poll_at=polled.last_poll_at,
        last_sent_at=connection.execute(_LAST_SENT).scalar(),
        closed=paces.closed(connection, now=now),
        outages=tuple(notices.still_open(connection, NoticeKind.OUTAGE)),
        resent=connection.execute(_RESENT).scalar_one(),
    )


_POLLED = sa.select(
    sa.func.count().label("total"),
    sa.func.count(sa.case((feeds.c.failures > 0, 1))).label("failing"),
    sa.func.max(feeds.c.last_poll_at).label("last_poll_at"),
).where(FEED_LIVE)
_OPEN = literal(DestinationState.OPEN)
_FAILING = sa.and_(destinations.c.state == _OPEN, destinations.c.failing_since.is_not(None))
_PLACES = sa.select(
    sa.func.count().label("total"),
    sa.func.count(sa.case((destinations.c.state != _OPEN, 1))).label("closed"),
    sa.func.count(sa.case((_FAILING, 1))).label("failing"),
).where(DESTINATION_LIVE)
_BY_STATE = sa.union_all(
    *(
        sa.select(deliveries.c.state, sa.func.count())
        .where(among(deliveries))
        .group_by(deliveries.c.state)
        for among in (in_lane, off_lane)
    )
)
# Nobody decides on members, but on their roll-up: until it is over it counts for them all.
_MEMBERS_BY_STATE = (
    sa.select(deliveries.c.state, sa.func.count())
    .join(side_tables.roll_ups, side_tables.roll_ups.c.member == deliveries.c.id)
    .where(
        deliveries.c.state.in_((DeliveryState.HELD, DeliveryState.IN_DOUBT, DeliveryState.FAILED))
    )
    .group_by(deliveries.c.state)
)
_head = (
    sa.select(deliveries.c.created_at)
    .where(
        deliveries.c.destination == destinations.c.id,
        in_lane(deliveries),
        deliveries.c.state == WAITING,
    )
    .order_by(deliveries.c.seq)
    .limit(1)
    .scalar_subquery()
)
# Looked for in open lanes: what waits for a place that somebody closed is not late.
_OLDEST_WAITING = sa.select(sa.func.min(_head, type_=deliveries.c.created_at.type)).where(
    DESTINATION_LIVE, destinations.c.state == _OPEN
)
_RESENT = sa.select(sa.func.count(sa.distinct(attempts.c.delivery))).where(
    attempts.c.outcome == DOUBTFUL,
    attempts.c.number
    < sa.select(deliveries.c.tries).where(deliveries.c.id == attempts.c.delivery).scalar_subquery(),
)
_LAST_SENT = sa.select(sa.func.max(deliveries.c.changed_at)).where(
    off_lane(deliveries), deliveries.c.state == DeliveryState.SENT
)


def _as_row(row: AnyRow) -> DeliveryRow:
    values = row._asdict()
    return DeliveryRow(**values | {"state": DeliveryState(values["state"])})
