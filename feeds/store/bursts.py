"""What an admin decides about a whole burst: publish it, skip it, or roll it up into one."""

import random
from collections.abc import Sequence
from datetime import datetime
from typing import Literal

import sqlalchemy as sa

from feeds.backlog import cannot_roll_up
from feeds.model import Admin, DeliveryState, Ended, Ending
from feeds.store import decisions, holds, roll_ups
from feeds.store.rows import BurstDecided, Decided
from feeds.store.statements import AnyRow
from feeds.store.tables import deliveries, destinations

BurstDeed = Literal["publish", "skip", "roll_up"]

SKIPPED = "skipped by an admin"

_ENDED: dict[BurstDeed, Ended] = {
    "publish": Ended.PUBLISHED,
    "skip": Ended.SKIPPED,
    "roll_up": Ended.ROLLED_UP,
}
_row = (
    sa.select(
        deliveries.c.destination,
        deliveries.c.state,
        deliveries.c.reason,
        roll_ups.GOES_OUT_WITH.label("goes_out_with"),
        destinations.c.kind,
        destinations.c.removed_at,
    )
    .join(destinations, destinations.c.id == deliveries.c.destination)
    .where(deliveries.c.id == sa.bindparam("delivery"))
)


def decide(
    connection: sa.Connection,
    delivery: int,
    *,
    deed: BurstDeed,
    dice: random.Random,
    now: datetime,
    by: Admin | None = None,
) -> BurstDecided:
    """Do a deed to all that is held with this delivery, or refuse it naming why."""
    decisions.lock(connection, (delivery,))
    row = connection.execute(_row, {"delivery": delivery}).first()
    refusal = _refusal(row, deed)
    if row is None or refusal is not None:
        return BurstDecided(refused=((delivery, refusal or ""),))
    burst = holds.held_with(connection, row.destination, row.reason)
    ending = Ending(how=_ENDED[deed], by=by)
    if deed == "roll_up":
        return _roll_up(connection, row.destination, burst, dice=dice, now=now, ending=ending)
    return _one_by_one(connection, burst, deed, now, ending)


def _refusal(row: AnyRow | None, deed: BurstDeed) -> str | None:
    if row is None:
        return decisions.NOT_THERE
    if row.goes_out_with is not None:
        return f"it goes out with delivery {row.goes_out_with}"
    if row.state != DeliveryState.HELD:
        return decisions.IT_IS[DeliveryState(row.state)]
    if deed == "roll_up" and row.removed_at is None:
        return cannot_roll_up(row.kind)
    return decisions.NO_DESTINATION if row.removed_at and deed != "skip" else None


def _one_by_one(
    connection: sa.Connection,
    burst: Sequence[int],
    deed: BurstDeed,
    now: datetime,
    ending: Ending,
) -> BurstDecided:
    publish = deed == "publish"
    decided: Decided = decisions.decide(
        connection,
        burst,
        deed="retry" if publish else "drop",
        now=now,
        message_id=None,
        reason=None if publish else SKIPPED,
        ending=ending,
    )
    return BurstDecided(changed=decided.changed, refused=decided.refused)


def _roll_up(
    connection: sa.Connection,
    lane: int,
    burst: Sequence[int],
    *,
    dice: random.Random,
    now: datetime,
    ending: Ending,
) -> BurstDecided:
    made = roll_ups.gather(connection, burst, lane=lane, join=None, dice=dice, now=now)
    roll_ups.release(connection, (made,), now=now)
    holds.end_decided(connection, (lane,), now=now, ending=ending)
    return BurstDecided(changed=tuple(burst), roll_up=made)
