"""How things stand, in one look: counts and extremes, each found by an index."""

from datetime import datetime

import sqlalchemy as sa

from feeds.model import DeliveryState, DestinationState, NoticeKind
from feeds.store import notices, paces, side_tables
from feeds.store.rows import Status
from feeds.store.tables import (
    DESTINATION_LIVE,
    DOUBTFUL,
    FEED_LIVE,
    WAITING,
    attempts,
    deliveries,
    destinations,
    feeds,
    in_lane,
    literal,
    off_lane,
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
