"""The posts beside one in doubt: whose message ids tell which ids it could have itself."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from feeds.model import REACH_MAX, Delivery, DeliveryState, Destination
from feeds.store import chats
from feeds.store.tables import deliveries

NEIGHBOURS = 50  # deliveries before and after it in its lane whose message ids are compared

_neighbours = sa.select(deliveries.c.message_id, deliveries.c.sent_at).where(
    deliveries.c.destination == sa.bindparam("lane"),
    deliveries.c.seq.between(
        sa.bindparam("first", type_=sa.BigInteger), sa.bindparam("last", type_=sa.BigInteger)
    ),
    deliveries.c.state == DeliveryState.SENT,
    deliveries.c.message_id.is_not(None),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What is known of the ids around a post; nothing where nothing can be said."""

    last_before: str | None  # of the newest post known to be older
    first_after: str | None  # of the oldest known to be younger
    taken: frozenset[str]  # ids around it, and of posts seen, that belong to other deliveries
    contested: bool  # a post of the same story may stand there for another topic


def read_beside(
    connection: sa.Connection,
    delivery: Delivery,
    destination: Destination,
    *,
    started_at: datetime,
    now: datetime,
    seen: Iterable[str],
) -> Beside:
    """Read what stands beside a delivery whose doubtful attempt began at `started_at`.

    `seen` are ids of posts that were seen in its chat.
    """
    # Begun under a clock that was ahead, it cannot be said what came before it.
    around = _ids_around(connection, delivery, started_at) if started_at <= now else []
    last, first = _bounds(around, started_at)
    lanes = chats.lanes_of(connection, destination.kind, destination.address)
    numbers = {str(number) for number in _reach(last, first)} | set(seen)
    return Beside(
        last_before=None if last is None else str(last),
        first_after=None if first is None else str(first),
        taken=chats.taken(connection, lanes, delivery.id, sorted(numbers)),
        contested=chats.is_contested(
            connection, lanes, lane=delivery.destination, story=delivery.story
        ),
    )


def _reach(last: int | None, first: int | None) -> range:
    """Give the ids that a look may come to, or pass by."""
    if last is not None:
        return range(last, last + REACH_MAX + 1)
    if first is not None:
        return range(max(first - REACH_MAX, 1), first + REACH_MAX + 1)
    return range(0)


def _ids_around(
    connection: sa.Connection, delivery: Delivery, started_at: datetime
) -> list[tuple[int, datetime]]:
    """Read the message ids near it and when they were sent; none if its chat has moved since."""
    lane, seq = delivery.destination, delivery.seq
    moved_at = chats.moved_at(connection, [lane]).get(lane)
    if moved_at is not None and moved_at > started_at:
        return []
    asked = {"lane": lane, "first": seq - NEIGHBOURS, "last": seq + NEIGHBOURS}
    return [
        (int(message_id), sent_at)
        for message_id, sent_at in connection.execute(_neighbours, asked)
        if message_id.isdecimal() and sent_at is not None
        if moved_at is None or sent_at > moved_at
    ]


def _bounds(
    around: Sequence[tuple[int, datetime]], started_at: datetime
) -> tuple[int | None, int | None]:
    """Tell the newest id of before and the oldest of after; too wide a reach is safe.

    Where ids and instants contradict each other (a clock was set, an admin confirmed an old post
    late), all ids above those that are older by both are within reach.
    """
    before = [number for number, at in around if at <= started_at]
    last = max(before, default=None)
    first = min((number for number, at in around if at > started_at), default=None)
    if last is not None and first is not None and first < last:
        return max((number for number in before if number < first), default=None), None
    return last, first
