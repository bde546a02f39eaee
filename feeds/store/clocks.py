"""A clock that was set back: what was written under the wrong time is set right.

A machine that boots without a battery may run hours ahead until it has asked for the time. What it
wrote then lies in the future: polls, lanes, closures would rest until the right time has caught up.
What it wrote is taken to be wrong only where it tells when it happened (`last_poll_at`,
`served_at`, `changed_at`, a pace's instants): what is planned may well lie ahead.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from feeds.model import HOLD_MAX, DeliveryState, Pace
from feeds.store import outbox
from feeds.store.columns import Instant
from feeds.store.paces import as_pace, save
from feeds.store.side_tables import paces
from feeds.store.statements import ids, listed
from feeds.store.tables import (
    DESTINATION_LIVE,
    FEED_LIVE,
    WAITING,
    deliveries,
    destinations,
    feeds,
    in_lane,
    off_lane,
)

SLACK = timedelta(minutes=1)  # clocks are set by seconds all the time
LOOK_MAX = timedelta(hours=2)  # no look after a doubt is planned further ahead
CLOSED_MAX = timedelta(hours=1)  # of a scope whose pace was taken under the wrong time

_now = sa.bindparam("now", type_=Instant)
_ahead = sa.bindparam("ahead", type_=Instant)


def _not_after_now(column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    return sa.case((column > _now, _now), else_=column)


_feeds = (
    sa.update(feeds)
    .where(FEED_LIVE, feeds.c.last_poll_at > _ahead)
    .values(
        next_poll_at=_now,
        next_poll_why="clock set back",
        last_poll_at=_now,
        last_success_at=_not_after_now(feeds.c.last_success_at),
        last_full_at=_not_after_now(feeds.c.last_full_at),  # else all that comes is old news
    )
)
# Not only lanes served: the first parcel of one may have been made, or put off, ahead of time.
_lanes = (
    sa.select(destinations.c.id)
    .where(
        DESTINATION_LIVE,
        sa.or_(destinations.c.served_at > _ahead, destinations.c.ready_at > _ahead),
    )
    .order_by(destinations.c.id)
    .with_for_update()
)
_serve = (
    sa.update(destinations)
    .where(destinations.c.id.in_(ids()), destinations.c.served_at > _ahead)
    .values(served_at=_now, reached_at=_not_after_now(destinations.c.reached_at), not_before=None)
)
_wait = deliveries.c.due_at - deliveries.c.changed_at
_deliveries = (
    sa.update(deliveries)
    .where(
        deliveries.c.destination.in_(ids()),
        in_lane(deliveries),
        deliveries.c.state == WAITING,
        deliveries.c.changed_at > _ahead,
    )
    .values(
        due_at=sa.type_coerce(_now, sa.BigInteger)
        + sa.case((deliveries.c.due_at > deliveries.c.changed_at, _wait), else_=0),
        created_at=_not_after_now(deliveries.c.created_at),
        released_at=_not_after_now(deliveries.c.released_at),
        changed_at=_now,
    )
)
# Whoever looks after a doubt beside posts of the wrong time would look in the wrong place.
_sent = (
    sa.update(deliveries)
    .where(
        off_lane(deliveries),
        deliveries.c.state == DeliveryState.SENT,
        deliveries.c.changed_at > _ahead,
    )
    .values(changed_at=_now, sent_at=_not_after_now(deliveries.c.sent_at))
)
# A doubt that is looked into holds its lane up; what the policy had decided stays decided.
_doubts = (
    sa.update(deliveries)
    .where(
        off_lane(deliveries),
        deliveries.c.state == DeliveryState.IN_DOUBT,
        deliveries.c.look_at.is_not(None),
        sa.or_(
            deliveries.c.changed_at > _ahead,
            deliveries.c.look_until > sa.bindparam("held_ahead", type_=Instant),
            deliveries.c.look_at > sa.bindparam("too_late", type_=Instant),
        ),
    )
    .values(
        look_at=_now,
        look_until=sa.case(
            (deliveries.c.look_until <= deliveries.c.changed_at, _now),
            else_=sa.bindparam("held_until", type_=Instant),
        ),
        changed_at=_not_after_now(deliveries.c.changed_at),
    )
)
_paces = (
    sa.select(paces.c.scope, paces.c.recent, paces.c.not_before, paces.c.reason)
    .where(paces.c.used_at > _ahead)
    .order_by(paces.c.scope)
    .with_for_update()
)


def heed(connection: sa.Connection, *, now: datetime) -> int:
    """Set right what lies more than a minute ahead of `now`; tells how many rows.

    Feeds polled ahead are due now; destinations served ahead are no longer told to wait; what was
    put into a lane ahead is due as long after now as it was to wait then; the sends of a scope
    count as of now, and it is closed for an hour at most; what was sent ahead was sent now, and
    doubts are looked into at once.
    """
    asked = {"now": now, "ahead": now + SLACK}
    right = connection.execute(_feeds, asked).rowcount
    right += connection.execute(_sent, asked).rowcount
    doubtful = {
        "too_late": now + LOOK_MAX,
        "held_ahead": now + SLACK + HOLD_MAX,
        "held_until": now + HOLD_MAX,
    }
    right += connection.execute(_doubts, asked | doubtful).rowcount
    lanes = connection.scalars(_lanes, {"ahead": asked["ahead"]}).all()
    for chunk in listed(lanes):
        served = connection.execute(_serve, asked | {"ids": chunk}).rowcount
        waiting = connection.execute(_deliveries, asked | {"ids": chunk}).rowcount
        if waiting:  # a lane whose first parcel is not due is mostly right as it is
            outbox.refresh(connection, chunk)
        right += served + waiting
    wrong = list(_wrong_paces(connection, now))
    for chunk in listed(pace.scope for pace in wrong):
        connection.execute(sa.delete(paces).where(paces.c.scope.in_(chunk)))
    save(connection, wrong, now=now)
    return right + len(wrong)


def _wrong_paces(connection: sa.Connection, now: datetime) -> Iterator[Pace]:
    for row in connection.execute(_paces, {"ahead": now + SLACK}).all():
        pace = as_pace(row)
        if not any(at > now + SLACK for at in pace.recent):
            continue
        closed = pace.not_before is not None and pace.not_before <= now + CLOSED_MAX
        yield Pace(
            scope=pace.scope,
            recent=tuple(min(at, now) for at in pace.recent),
            not_before=pace.not_before if closed else None,
            reason=pace.reason if closed else None,
        )
