"""Roll-ups: one delivery that others, its members, go out in; what comes of it comes of them.

A member is `held` while its roll-up may still be sent, and takes its outcome in the transaction
that writes it. Members come and go only while the roll-up waits; its body is then made anew.
"""

import random
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from feeds.model import ROLL_UP, DeliveryState
from feeds.store import outbox
from feeds.store.columns import Instant
from feeds.store.side_tables import roll_ups
from feeds.store.statements import AnyRow, ids, listed
from feeds.store.tables import SENDING, WAITING, deliveries, destinations, in_lane, routes

NOTHING_LEFT = "nothing is left in it"

_roll_up: sa.BindParameter[int] = sa.bindparam("roll_up")
_members = sa.select(roll_ups.c.member).where(roll_ups.c.into == _roll_up)
IS_ROLL_UP = sa.and_(
    deliveries.c.story.is_(None),
    deliveries.c.occasion.startswith(f"{ROLL_UP}:", autoescape=True),
)
IS_MEMBER = sa.exists().where(roll_ups.c.member == deliveries.c.id)
GOES_OUT_WITH = (
    sa.select(roll_ups.c.into).where(roll_ups.c.member == deliveries.c.id).scalar_subquery()
)
MEMBERS = (  # how many it has
    sa.case(
        (deliveries.c.story.is_not(None), 0),
        else_=sa.select(sa.func.count())
        .select_from(roll_ups)
        .where(roll_ups.c.into == deliveries.c.id)
        .scalar_subquery(),
    )
)
_whole = deliveries.alias("whole")


def _member_of_one(state: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    return sa.exists().where(
        roll_ups.c.member == deliveries.c.id,
        _whole.c.id == roll_ups.c.into,
        _whole.c.state == state,
    )


IS_WAITING_MEMBER = _member_of_one(WAITING)
IS_BEING_SENT_WITH_ANOTHER = _member_of_one(SENDING)
_newest = sa.select(deliveries.c.id, deliveries.c.seq).where(deliveries.c.id.in_(ids()))
_move = (
    sa.update(deliveries)
    .where(deliveries.c.id == sa.bindparam("delivery_id"))
    .values(seq=sa.bindparam("new_seq"))
)
_hold = (
    sa.update(deliveries)
    .where(deliveries.c.id.in_(ids()))
    .values(
        state=DeliveryState.HELD,
        reason=sa.bindparam("why"),
        changed_at=sa.bindparam("now", type_=Instant),
    )
)
_make_anew = sa.update(deliveries).where(deliveries.c.id == _roll_up).values(body=None)
_waiting_in = (
    sa.select(deliveries.c.id)
    .join(destinations, destinations.c.id == deliveries.c.destination)
    .where(
        deliveries.c.destination == sa.bindparam("lane"),
        in_lane(deliveries),
        deliveries.c.state == WAITING,
        IS_ROLL_UP,
        # Who serves the lane may have read it: members may then only leave.
        sa.or_(
            destinations.c.lease_until.is_(None),
            destinations.c.lease_until <= sa.bindparam("now", type_=Instant),
        ),
    )
    .order_by(deliveries.c.seq)
    .limit(1)
)
_wholes = sa.select(
    deliveries.c.id,
    deliveries.c.destination,
    deliveries.c.state,
    deliveries.c.reason,
    deliveries.c.message_id,
    deliveries.c.sent_at,
).where(deliveries.c.id.in_(ids()), IS_ROLL_UP)
_closed = (
    sa.select(deliveries.c.id)
    .join(routes, routes.c.id == deliveries.c.route)
    .where(deliveries.c.id.in_(_members), routes.c.removed_at.is_not(None))
)
_wholes_of = (
    sa.select(deliveries.c.id, deliveries.c.destination)
    .where(
        deliveries.c.state == WAITING,
        in_lane(deliveries),
        deliveries.c.id.in_(sa.select(roll_ups.c.into).where(roll_ups.c.member.in_(ids()))),
    )
    .order_by(deliveries.c.id)
)
_unlink = sa.delete(roll_ups).where(roll_ups.c.member.in_(ids()))
_counts = (
    sa.select(roll_ups.c.into, sa.func.count())
    .where(roll_ups.c.into.in_(ids()))
    .group_by(roll_ups.c.into)
)
_any_member = sa.select(roll_ups.c.member).where(roll_ups.c.into == _roll_up).limit(1)
_of_members = sa.update(deliveries).where(deliveries.c.id.in_(_members))


def waiting_in(connection: sa.Connection, lane: int, *, now: datetime) -> int | None:
    """Find the roll-up that waits in a lane and may still be joined."""
    return connection.execute(_waiting_in, {"lane": lane, "now": now}).scalar()


def members_of(connection: sa.Connection, chosen: Collection[int]) -> dict[int, int]:
    """Count the members of roll-ups, whose lanes the caller has locked."""
    return {
        whole: count
        for chunk in listed(chosen)
        for whole, count in connection.execute(_counts, {"ids": chunk})
    }


def gather(
    connection: sa.Connection,
    members: Sequence[int],
    *,
    lane: int,
    join: int | None,
    dice: random.Random,
    now: datetime,
) -> int:
    """Let stories of one lane go out in one delivery, in `join` or in a new one; gives its id.

    A new one takes the place of the newest of them, which moves to the lane's end: what came later
    goes out later.
    """
    assert members, "there is something to roll up"
    roll_up = join or _make(connection, members, lane=lane, dice=dice, now=now)
    connection.execute(
        sa.insert(roll_ups), [{"member": member, "into": roll_up} for member in members]
    )
    held = {"why": f"rolled up in delivery {roll_up}", "now": now}
    for chunk in listed(members):
        connection.execute(_hold, held | {"ids": chunk})
    connection.execute(_make_anew, {"roll_up": roll_up})
    outbox.refresh(connection, (lane,))
    return roll_up


def _make(
    connection: sa.Connection,
    members: Sequence[int],
    *,
    lane: int,
    dice: random.Random,
    now: datetime,
) -> int:
    found = (
        row for chunk in listed(members) for row in connection.execute(_newest, {"ids": chunk})
    )
    newest, place = max(found, key=lambda row: row.seq)
    end = outbox.take_seqs(connection, lane, 1)
    connection.execute(_move, {"delivery_id": newest, "new_seq": end})
    values = outbox.new_delivery(
        destination=lane,
        story=None,
        route=None,
        occasion=f"{ROLL_UP}:{place}",
        seq=place,
        hold=None,
        dice=dice,
        now=now,
    )
    inserted = connection.execute(sa.insert(deliveries).values(**values))
    assert inserted.inserted_primary_key is not None, "one row was inserted"
    return int(inserted.inserted_primary_key[0])


def follow(connection: sa.Connection, changed: Collection[int], *, now: datetime) -> None:
    """Give members what came of their roll-ups; `changed` are deliveries whose state changed.

    Called wherever a state is written, in the same transaction. A member whose route was closed
    while its roll-up was being sent is dropped when that comes back to waiting.
    """
    for chunk in listed(changed):
        for whole in connection.execute(_wholes, {"ids": chunk}).all():
            if whole.state == DeliveryState.WAITING:
                _drop_closed(connection, whole.id, now)
                _drop_if_empty(connection, whole, now)
            values = _as_whole(whole, now)
            behind = deliveries.c.state != values["state"]
            connection.execute(_of_members.where(behind).values(values), {"roll_up": whole.id})


def _as_whole(whole: AnyRow, now: datetime) -> dict[str, Any]:
    over = {"changed_at": now, "look_at": None, "look_until": None}
    if whole.state in (DeliveryState.WAITING, DeliveryState.SENDING):
        held = {"state": DeliveryState.HELD, "reason": f"rolled up in delivery {whole.id}"}
        return over | held
    return over | {
        "state": whole.state,
        "reason": whole.reason,
        "message_id": whole.message_id,
        "sent_at": whole.sent_at,
    }


def _drop_closed(connection: sa.Connection, roll_up: int, now: datetime) -> None:
    closed = connection.scalars(_closed, {"roll_up": roll_up}).all()
    if not closed:
        return
    values = {
        "state": DeliveryState.DROPPED,
        "reason": outbox.ROUTE_REMOVED,
        "changed_at": now,
    }
    for chunk in listed(closed):
        these = sa.update(deliveries).where(deliveries.c.id.in_(chunk))
        connection.execute(these.values(values))
    leave(connection, closed, now=now)


def leave(connection: sa.Connection, gone: Collection[int], *, now: datetime) -> None:
    """Take dropped members out of their roll-ups; one that waits and is left empty is dropped."""
    for chunk in listed(gone):
        wholes = connection.execute(_wholes_of, {"ids": chunk}).all()
        connection.execute(_unlink, {"ids": chunk})
        for whole in wholes:
            connection.execute(_make_anew, {"roll_up": whole.id})
            _drop_if_empty(connection, whole, now)


def _drop_if_empty(connection: sa.Connection, whole: AnyRow, now: datetime) -> None:
    """Drop a roll-up that waits and has no members: they left it, now or while it was in doubt."""
    if connection.execute(_any_member, {"roll_up": whole.id}).first() is not None:
        return
    this = sa.update(deliveries).where(deliveries.c.id == whole.id)
    over = {"state": DeliveryState.DROPPED, "reason": NOTHING_LEFT, "changed_at": now}
    connection.execute(this.values(over))
    outbox.refresh(connection, (whole.destination,))


def release(connection: sa.Connection, changed: Collection[int], *, now: datetime) -> None:
    """Let members of roll-ups be as new as now, and go on without closed routes: an admin's word.

    What is no roll-up has no members.
    """
    for chunk in listed(changed):
        members = deliveries.c.id.in_(
            sa.select(roll_ups.c.member).where(roll_ups.c.into.in_(chunk))
        )
        values = {"released_at": now, "route": outbox.LIVING_ROUTE}
        connection.execute(sa.update(deliveries).where(members).values(values))
