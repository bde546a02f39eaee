"""Surplus by its destination's policy: when it opens again, and when an outage is seen at a claim.

Stories only: a test, or a roll-up that an admin asked for, goes out as it is.
"""

import random
from collections.abc import Sequence
from datetime import datetime
from typing import assert_never

import sqlalchemy as sa

from feeds.backlog import Fate, Surplus, after_closure, after_outage, reached_lately, was_out
from feeds.model import DeliveryState, Destination, DestinationState
from feeds.store import dropping, holds, outbox, roll_ups
from feeds.store.columns import Instant
from feeds.store.statements import ids, listed
from feeds.store.tables import WAITING, deliveries, in_lane

_waits = sa.and_(
    in_lane(deliveries),
    deliveries.c.state == WAITING,
    deliveries.c.destination == sa.bindparam("lane"),
)
_stories = (
    sa.select(deliveries.c.id)
    .where(_waits, deliveries.c.story.is_not(None))
    .order_by(deliveries.c.seq)
)
# One that may be overtaken waits for a reason of its own.
_waits_since = sa.select(sa.func.min(dropping.AGE_FROM, type_=Instant)).where(
    _waits, sa.not_(deliveries.c.overtakable)
)
_hold = sa.update(deliveries).where(deliveries.c.id.in_(ids()))


def heed_age_and_outage(
    connection: sa.Connection,
    place: Destination,
    *,
    reached_at: datetime | None,
    dice: random.Random,
    now: datetime,
) -> None:
    """Before a lane is served: drop what is too old, and if it was out, what its policy says."""
    options = place.options
    if options.max_age is not None:
        dropping.drop_older(connection, place.id, options.max_age, now=now)
    if options.backlog is None or reached_lately(reached_at, now=now):
        return
    since = connection.execute(_waits_since, {"lane": place.id}).scalar()
    if was_out(reached_at=reached_at, waits_since=since, now=now):
        join = roll_ups.waiting_in(connection, place.id, now=now)
        stories = connection.scalars(_stories, {"lane": place.id}).all()
        surplus = after_outage(len(stories), options.backlog, rolled_up=join is not None)
        _apply(connection, place.id, stories, surplus, join=join, dice=dice, now=now)


def open_again(
    connection: sa.Connection, place: Destination, *, dice: random.Random, now: datetime
) -> None:
    """Work the surplus of a destination off that was closed until now, too old parts first."""
    if place.state is DestinationState.OPEN:
        return
    if place.options.max_age is not None:
        dropping.drop_older(connection, place.id, place.options.max_age, now=now)
    join = roll_ups.waiting_in(connection, place.id, now=now)
    stories = connection.scalars(_stories, {"lane": place.id}).all()
    surplus = after_closure(
        len(stories), place.options.backlog, state=place.state, rolled_up=join is not None
    )
    _apply(connection, place.id, stories, surplus, join=join, dice=dice, now=now)


def _apply(
    connection: sa.Connection,
    lane: int,
    stories: Sequence[int],
    surplus: Surplus,
    *,
    join: int | None,
    dice: random.Random,
    now: datetime,
) -> None:
    chosen = stories[: surplus.oldest]
    if not chosen:
        return
    match surplus.fate:
        case Fate.ROLLED_UP:
            roll_ups.gather(connection, chosen, lane=lane, join=join, dice=dice, now=now)
        case Fate.DROPPED:
            dropping.drop_these(connection, chosen, reason=surplus.reason, now=now)
        case Fate.HELD:
            for chunk in listed(chosen):
                held = {"state": DeliveryState.HELD, "reason": surplus.reason}
                connection.execute(_hold.values(**held, changed_at=now), {"ids": chunk})
            holds.begin(connection, (lane,), now=now)
        case _:
            assert_never(surplus.fate)
    outbox.refresh(connection, (lane,))
