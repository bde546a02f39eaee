"""What is not to go out any more, dropped with its reason; roll-ups and incidents kept in step."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from feeds.backlog import too_old
from feeds.model import DeliveryState
from feeds.store import holds, outbox, roll_ups
from feeds.store.columns import Instant
from feeds.store.options import as_destination_options
from feeds.store.statements import ids, listed
from feeds.store.tables import (
    HELD,
    LANE_FILLED,
    WAITING,
    deliveries,
    destinations,
    in_lane,
    off_lane,
)

AGE_FROM = sa.case(
    (deliveries.c.released_at > deliveries.c.created_at, deliveries.c.released_at),
    else_=deliveries.c.created_at,
)
_locked = (
    sa.select(destinations.c.id)
    .where(destinations.c.id.in_(ids()))
    .order_by(destinations.c.id)
    .with_for_update()
)
_waits = sa.and_(in_lane(deliveries), deliveries.c.state == WAITING)
_held = sa.and_(off_lane(deliveries), deliveries.c.state == HELD)
# A member is in the body that is being sent; what becomes of that becomes of it.
_may_leave = sa.or_(sa.not_(roll_ups.IS_MEMBER), roll_ups.IS_WAITING_MEMBER)
_ageing = sa.select(destinations.c.id, destinations.c.options).where(
    LANE_FILLED,
    destinations.c.options.contains('"max_age"'),
    sa.or_(
        destinations.c.lease_until.is_(None),
        destinations.c.lease_until <= sa.bindparam("now", type_=Instant),
    ),
)


def drop(
    connection: sa.Connection,
    which: sa.ColumnElement[bool],
    *,
    lanes: Collection[int],
    reason: str,
    now: datetime,
) -> int:
    """Drop what waits or is held among `which`, not what is being sent or in doubt; how many.

    `lanes` are all those that may hold such: nobody else touches them from here on.
    """
    _lock(connection, lanes)
    waited = _write(connection, sa.and_(_waits, which), reason, now)
    roll_ups.follow(connection, waited, now=now)
    held = _write(connection, sa.and_(_held, which, _may_leave), reason, now)
    roll_ups.leave(connection, held, now=now)
    holds.end_decided(connection, lanes, now=now)
    outbox.refresh(connection, lanes)
    return len(waited) + len(held)


def drop_stale(connection: sa.Connection, *, now: datetime) -> int:
    """Drop what waits for longer than its destination allows, in lanes nobody serves; how many."""
    gone = 0
    for lane, options in sorted(map(tuple, connection.execute(_ageing, {"now": now}))):
        max_age = as_destination_options(options).max_age
        if max_age is not None:
            gone += drop_older(connection, lane, max_age, now=now)
    return gone


def drop_older(connection: sa.Connection, lane: int, max_age: timedelta, *, now: datetime) -> int:
    """Drop what waits in a lane, or in a roll-up there, for longer than `max_age`; how many."""
    older = sa.and_(deliveries.c.destination == lane, now - max_age > AGE_FROM)
    waits = sa.and_(_waits, older, sa.not_(roll_ups.IS_ROLL_UP))
    rolled_up = sa.and_(_held, older, roll_ups.IS_WAITING_MEMBER)
    if not any(_is_any(connection, each) for each in (waits, rolled_up)):
        return 0
    _lock(connection, (lane,))
    waited = _write(connection, waits, too_old(max_age), now)
    members = _write(connection, rolled_up, too_old(max_age), now)
    roll_ups.leave(connection, members, now=now)
    outbox.refresh(connection, (lane,))
    return len(waited) + len(members)


def drop_these(
    connection: sa.Connection, chosen: Sequence[int], *, reason: str, now: datetime
) -> None:
    """Drop deliveries by their ids, which the caller has seen waiting under lock."""
    for chunk in listed(chosen):
        _write(connection, sa.and_(_waits, deliveries.c.id.in_(chunk)), reason, now)


def _is_any(connection: sa.Connection, chosen: sa.ColumnElement[bool]) -> bool:
    return connection.execute(sa.select(deliveries.c.id).where(chosen).limit(1)).first() is not None


def _lock(connection: sa.Connection, lanes: Collection[int]) -> None:
    for chunk in listed(lanes):
        connection.execute(_locked, {"ids": chunk}).all()


def _write(
    connection: sa.Connection, chosen: sa.ColumnElement[bool], reason: str, now: datetime
) -> Sequence[int]:
    values = {"state": DeliveryState.DROPPED, "reason": reason, "changed_at": now}
    dropped = sa.update(deliveries).where(chosen).values(values).returning(deliveries.c.id)
    return connection.scalars(dropped).all()
