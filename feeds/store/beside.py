"""The posts beside one in doubt: whose message ids tell which ids it could have itself.

What was sent before it is noted as its doubt begins: until then its lane sent nothing else, so
what has an id by then is older, however the clock is set. Clocks tell only of doubts from before
that was noted, and of what came later.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from feeds.model import REACH_MAX, Delivery, DeliveryState, Destination
from feeds.store import chats
from feeds.store.statements import ids, listed
from feeds.store.tables import deliveries

NONE = ""  # noted where no message id was known
ELSEWHERE = "elsewhere"  # noted where two lanes were merged: the post went to a chat of other ids
NEIGHBOURS = 50  # deliveries before and after it in its lane whose message ids are compared

_sent = sa.select(deliveries.c.message_id, deliveries.c.sent_at, deliveries.c.seq).where(
    deliveries.c.destination == sa.bindparam("lane"),
    deliveries.c.state == DeliveryState.SENT,
    deliveries.c.message_id.is_not(None),
)
_neighbours = _sent.where(
    deliveries.c.seq.between(
        sa.bindparam("first", type_=sa.BigInteger), sa.bindparam("last", type_=sa.BigInteger)
    )
)
_newest = _sent.order_by(deliveries.c.seq.desc()).limit(NEIGHBOURS)
_places = sa.select(
    deliveries.c.id, deliveries.c.destination, deliveries.c.seq, deliveries.c.message_id
).where(deliveries.c.id.in_(ids()))
_note = (
    sa.update(deliveries)
    .where(deliveries.c.id == sa.bindparam("delivery_id"))
    .values(newest_before=sa.bindparam("newest"))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What is known of the ids around a post; nothing where nothing can be said."""

    last_before: str | None  # of the newest post known to be older
    first_after: str | None  # of the oldest known to be younger
    taken: frozenset[str]  # ids around it, and of posts seen, that are known posts of deliveries
    contested: bool  # a post of the same story may stand there for another topic


def note_newest(connection: sa.Connection, doubts: Iterable[int]) -> None:
    """Note the newest message id known in the lane of each of these, whose doubts begin now."""
    rows = [row for chunk in listed(doubts) for row in connection.execute(_places, {"ids": chunk})]
    for row in {row.id: row for row in rows}.values():
        lane = row.destination
        move = chats.moves_of(connection, [lane]).get(lane)
        near = _near(connection, lane, row.seq, move)
        near += _ids(connection, _newest, {"lane": lane}, move)  # near, it may be an old one
        numbers = [number for number, _ in near]
        if move is None and (row.message_id or "").isdecimal():  # its own, of before it was resent
            numbers.append(int(row.message_id))
        newest = max(numbers, default=None)
        values = {"delivery_id": row.id, "newest": NONE if newest is None else str(newest)}
        connection.execute(_note, values)


def read_beside(
    connection: sa.Connection,
    delivery: Delivery,
    destination: Destination,
    *,
    started_at: datetime,
    newest_before: str | None,
    now: datetime,
    seen: Iterable[str],
) -> Beside:
    """Read what stands beside a delivery whose doubtful attempt began at `started_at`.

    `newest_before` is what was noted then, `seen` are ids of posts that were seen in its chat.
    """
    lane, last, first = delivery.destination, None, None
    move = chats.moves_of(connection, [lane]).get(lane)
    is_here = newest_before != ELSEWHERE
    if is_here and (move is None or move.is_before(started_at, delivery.seq)):
        near = _near(connection, lane, delivery.seq, move)
        if newest_before is not None:
            last, first = _noted_bounds(near, newest_before)
        elif started_at <= now:  # under a clock that was ahead: it cannot be said what was before
            last, first = _bounds(near, started_at)
    lanes = chats.lanes_of(connection, destination.kind, destination.address)
    numbers = {str(number) for number in _reach(last, first)} | set(seen)
    return Beside(
        last_before=None if last is None else str(last),
        first_after=None if first is None else str(first),
        taken=chats.taken(connection, lanes, sorted(numbers)),
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


def _near(
    connection: sa.Connection, lane: int, seq: int, move: chats.Move | None
) -> list[tuple[int, datetime]]:
    """Read the message ids near it in its lane and when they were sent."""
    asked = {"lane": lane, "first": seq - NEIGHBOURS, "last": seq + NEIGHBOURS}
    return _ids(connection, _neighbours, asked, move)


def _ids(
    connection: sa.Connection,
    statement: sa.Select[Any],
    asked: Mapping[str, int],
    move: chats.Move | None,
) -> list[tuple[int, datetime]]:
    """Read message ids, but none of the chat that it was before it moved."""
    return [
        (int(message_id), sent_at)
        for message_id, sent_at, seq in connection.execute(statement, asked)
        if message_id.isdecimal() and sent_at is not None
        if move is None or move.is_before(sent_at, seq)
    ]


def _noted_bounds(
    near: Iterable[tuple[int, datetime]], noted: str
) -> tuple[int | None, int | None]:
    """Tell the newest id of before, as it was noted, and the lowest known above it."""
    last = int(noted) if noted != NONE else None
    above = (number for number, _ in near if last is None or number > last)
    return last, min(above, default=None)


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
