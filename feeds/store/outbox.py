"""What several deeds do to deliveries: make and choose them, keep the lanes' clocks right."""

import json
import random
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from feeds.model import DeliveryState
from feeds.store.columns import Instant
from feeds.store.statements import ids, listed, public_id
from feeds.store.tables import (
    SENDING,
    WAITING,
    deliveries,
    destinations,
    in_lane,
    routes,
)

SEQ_MAX = 2**62
DESTINATION_REMOVED = "destination removed"
ROUTE_REMOVED = "route removed"


def waiting_in(rows: sa.FromClause) -> sa.ColumnElement[bool]:
    """Choose what waits in the destination's lane; `rows` is `deliveries` or an alias of it."""
    return sa.and_(rows.c.destination == destinations.c.id, in_lane(rows), rows.c.state == WAITING)


def _ready_at() -> sa.ScalarSelect[Any]:
    """Find when a lane's first parcel is due: its head, or one before it that may be overtaken."""
    blocking, first = deliveries.alias("blocking"), deliveries.alias("first")
    head = (
        sa.select(blocking.c.seq)
        .where(waiting_in(blocking), sa.not_(blocking.c.overtakable))
        .order_by(blocking.c.seq)
        .limit(1)
        .correlate(destinations)  # two selects deep; left to itself it would look into every lane
        .scalar_subquery()
    )
    return (
        sa.select(sa.func.min(first.c.due_at))
        .where(waiting_in(first), first.c.seq <= sa.func.coalesce(head, SEQ_MAX))
        .scalar_subquery()
    )


_refresh = sa.update(destinations).where(destinations.c.id.in_(ids())).values(ready_at=_ready_at())
_put_off = sa.update(deliveries).where(
    deliveries.c.destination == sa.bindparam("lane"),
    in_lane(deliveries),
    deliveries.c.state == WAITING,
    deliveries.c.due_at > sa.bindparam("now", type_=Instant),
)
_sending = sa.exists().where(
    deliveries.c.destination == destinations.c.id, deliveries.c.state == SENDING
)
NOTHING_IN_FLIGHT = sa.not_(_sending)
_take_seqs = (
    sa.update(destinations)
    .where(destinations.c.id == sa.bindparam("destination"))
    .values(next_seq=destinations.c.next_seq + sa.bindparam("count", type_=sa.BigInteger))
    .returning(destinations.c.next_seq)
)

# Why nothing may wait here any more; for queries that join `destinations` and, outer, `routes`.
CLOSED_BY = sa.case(
    (destinations.c.removed_at.is_not(None), DESTINATION_REMOVED),
    (routes.c.removed_at.is_not(None), ROUTE_REMOVED),
    else_=None,
)


# A closed route would drop what an admin sends again at the first "later": it goes on without one.
LIVING_ROUTE = (
    sa.select(routes.c.id)
    .where(routes.c.id == deliveries.c.route, routes.c.removed_at.is_(None))
    .scalar_subquery()
)


def refresh(connection: sa.Connection, lanes: Iterable[int]) -> None:
    """Work out anew when these lanes have something due; after every deed that may change it."""
    for chunk in listed(lanes):
        connection.execute(_refresh, {"ids": chunk})


def hurry(connection: sa.Connection, lane: int, *, afresh: bool, now: datetime) -> None:
    """Let what was put off in a lane be due now; `afresh`: with all its attempts before it again.

    What the lane had to wait for is over; else its head would wait on, for hours, and all with it.
    """
    values: dict[str, Any] = {"due_at": now} | ({"attempts": 0} if afresh else {})
    connection.execute(_put_off.values(values), {"lane": lane, "now": now})


def take_seqs(connection: sa.Connection, destination: int, count: int) -> int:
    """Take the next `count` places at the end of a lane; gives the first."""
    after = connection.execute(_take_seqs, {"destination": destination, "count": count})
    return int(after.scalar_one()) - count


def new_delivery(
    *,
    destination: int,
    story: int | None,
    route: int | None,
    occasion: str,
    seq: int,
    hold: str | None = None,
    drop: str | None = None,
    details: Mapping[str, Any] | None = None,
    dice: random.Random,
    now: datetime,
) -> dict[str, Any]:
    """Make a row for the outbox: waiting and due now, held by a guard, or dropped by a rule."""
    state = DeliveryState.HELD if hold else DeliveryState.WAITING
    return {
        "webhook_id": public_id("msg_", dice),
        "destination": destination,
        "story": story,
        "route": route,
        "occasion": occasion,
        "state": DeliveryState.DROPPED if drop else state,
        "reason": drop or hold,
        "seq": seq,
        "details": json.dumps(details, ensure_ascii=False) if details else None,
        "due_at": now,
        "created_at": now,
        "changed_at": now,
    }


def of_feed(feed: int) -> sa.ColumnElement[bool]:
    """Choose the deliveries of one feed's stories, wherever they go."""
    ways = routes.c.feed == feed
    return sa.and_(
        deliveries.c.destination.in_(sa.select(routes.c.destination).where(ways)),  # for the index
        deliveries.c.route.in_(sa.select(routes.c.id).where(ways)),
    )


def of_destination(destination: int) -> sa.ColumnElement[bool]:
    """Choose the deliveries for one destination."""
    return deliveries.c.destination == destination


def of_pair(feed: int, destination: int) -> sa.ColumnElement[bool]:
    """Choose the deliveries of one feed's stories for one destination."""
    return sa.and_(of_feed(feed), of_destination(destination))
