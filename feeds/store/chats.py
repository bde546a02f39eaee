"""One chat behind several destinations: its topics, live and removed, share its message ids."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from feeds.model import DeliveryState
from feeds.store.columns import Instant
from feeds.store.statements import ids, listed
from feeds.store.tables import DOUBTFUL, MOVED, SENDING, attempts, deliveries, destinations

_topics = sa.bindparam("topics", type_=sa.Text)  # how the addresses of a chat's topics begin
IN_CHAT = sa.and_(
    destinations.c.kind == sa.bindparam("kind"),
    sa.or_(
        destinations.c.address == sa.bindparam("place"),
        sa.func.substr(destinations.c.address, 1, sa.func.length(_topics)) == _topics,
    ),
)

_lanes = sa.select(destinations.c.id).where(IN_CHAT).order_by(destinations.c.id)
_holders = sa.select(
    deliveries.c.destination, deliveries.c.message_id, deliveries.c.sent_at, deliveries.c.seq
).where(
    deliveries.c.destination.in_(ids("lanes")),
    deliveries.c.message_id.in_(ids()),
)
_moves = (
    sa.select(
        deliveries.c.destination,
        sa.func.max(attempts.c.ended_at, type_=Instant).label("moved_at"),
        sa.func.max(deliveries.c.seq).label("seq"),
    )
    .join(deliveries, deliveries.c.id == attempts.c.delivery)
    .where(attempts.c.outcome == MOVED, deliveries.c.destination.in_(ids("lanes")))
    .group_by(deliveries.c.destination)
)
# The post of a try that was found is known; any other doubtful try may have left one unknown.
_is_known = sa.and_(
    deliveries.c.state == DeliveryState.SENT,
    deliveries.c.message_id.is_not(None),
    attempts.c.number == deliveries.c.tries,
)
_rivals = sa.select(deliveries.c.id).where(
    deliveries.c.destination.in_(ids("lanes")),
    deliveries.c.destination != sa.bindparam("lane"),
    sa.or_(
        deliveries.c.state == SENDING,
        sa.exists().where(
            attempts.c.delivery == deliveries.c.id,
            attempts.c.outcome == DOUBTFUL,
            sa.not_(_is_known),
        ),
    ),
)


def asked_of(kind: str, place: str) -> dict[str, str]:
    """Give what IN_CHAT asks for; `place` is the chat's address without a topic."""
    return {"kind": kind, "place": place, "topics": f"{place}/"}


def place_of(address: str) -> str:
    """Name the chat of an address: ids of its messages are the chat's, whatever the topic."""
    return address.partition("/")[0]


def lanes_of(connection: sa.Connection, kind: str, address: str) -> list[int]:
    """List the destinations that are in the chat of an address, removed ones included."""
    return list(connection.scalars(_lanes, asked_of(kind, place_of(address))))


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """When a lane's chat last moved: a group that became a supergroup counts anew."""

    at: datetime
    seq: int  # place in its lane of what was on its way then

    def is_before(self, moment: datetime, seq: int) -> bool:
        """Tell whether what went out then, from that place, is certainly of the chat as it is now.

        A clock that was ahead makes no post of the old chat one of the new, as its place tells;
        what a person sent again from an older place is not counted, which is safe.
        """
        return moment >= self.at and seq >= self.seq


def moves_of(connection: sa.Connection, lanes: Iterable[int]) -> dict[int, Move]:
    """Tell of the last move of each lane whose chat has moved."""
    return {
        row.destination: Move(at=row.moved_at, seq=row.seq)
        for chunk in listed(lanes)
        for row in connection.execute(_moves, {"lanes": chunk})
    }


def taken(
    connection: sa.Connection, lanes: Iterable[int], numbers: Iterable[str]
) -> frozenset[str]:
    """Tell which of these message ids are known posts of deliveries of the chat's lanes.

    What is sent once more keeps the id of its post of before, which proves nothing of the new one,
    neither to itself nor to another.
    """
    every = list(lanes)
    moves = moves_of(connection, every)

    def is_of_now(lane: int, sent_at: datetime | None, seq: int) -> bool:
        move = moves.get(lane)
        return move is None or sent_at is None or move.is_before(sent_at, seq)

    return frozenset(
        message_id
        for some in listed(every)
        for chunk in listed(numbers)
        for lane, message_id, sent_at, seq in connection.execute(
            _holders, {"lanes": some, "ids": chunk}
        )
        if is_of_now(lane, sent_at, seq)
    )


def is_contested(
    connection: sa.Connection, lanes: Iterable[int], *, lane: int, story: int | None
) -> bool:
    """Tell whether another lane may have a post of the same story there whose id is not known.

    No way of looking tells the topic of a message. What has no story (a roll-up, a test) is taken
    to say the same as any other such.
    """
    same = (
        deliveries.c.story.is_(None)
        if story is None
        else deliveries.c.story == sa.bindparam("story")
    )
    rivals = _rivals.where(same).limit(1)
    asked = {"lane": lane, "story": story}
    return any(
        connection.execute(rivals, asked | {"lanes": chunk}).first() is not None
        for chunk in listed(lanes)
    )
