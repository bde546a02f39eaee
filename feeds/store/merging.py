"""A destination gets its canonical address, or a new one; two that are one place are merged."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from feeds.backlog import EXPIRED
from feeds.model import DeliveryState, Ended, Ending
from feeds.store import holds, notices, outbox, roll_ups
from feeds.store.beside import ELSEWHERE
from feeds.store.bursts import SKIPPED
from feeds.store.decisions import DROPPED
from feeds.store.statements import AnyRow, ids
from feeds.store.tables import DESTINATION_LIVE, ROUTE_LIVE, deliveries, destinations, routes

MERGED = "the same place had it under another name"
# What is still to be decided moves along; what is over stays where it happened.
_UNDECIDED = (
    DeliveryState.WAITING,
    DeliveryState.HELD,
    DeliveryState.IN_DOUBT,
    DeliveryState.FAILED,
)
# Dropped for these, a story is dropped by whatever name: an admin said so, or it is too old.
_FOR_GOOD = (DROPPED, SKIPPED, MERGED)
_ASIDE = " aside"  # for the moment in which two rows change places

_lane = destinations.c
_kind = sa.select(_lane.kind).where(_lane.id == sa.bindparam("lane"))
_both = sa.select(_lane.id).where(_lane.id.in_(ids())).order_by(_lane.id).with_for_update()
_namesake = sa.select(_lane.id).where(
    DESTINATION_LIVE,
    _lane.kind == sa.bindparam("kind"),
    _lane.address == sa.bindparam("address"),
    _lane.id != sa.bindparam("lane"),
)
_undecided = (
    sa.select(
        deliveries.c.id,
        deliveries.c.state,
        deliveries.c.story,
        deliveries.c.occasion,
        deliveries.c.seq,
    )
    .where(
        deliveries.c.destination == sa.bindparam("lane"),
        deliveries.c.state.in_(_UNDECIDED),
        sa.not_(roll_ups.IS_BEING_SENT_WITH_ANOTHER),
    )
    .order_by(deliveries.c.seq)
)
_twin = sa.select(
    deliveries.c.id,
    deliveries.c.state,
    deliveries.c.reason,
    roll_ups.IS_BEING_SENT_WITH_ANOTHER.label("is_leaving"),
).where(
    deliveries.c.destination == sa.bindparam("lane"),
    deliveries.c.story == sa.bindparam("story"),
    deliveries.c.occasion == sa.bindparam("occasion"),
)
# Deliveries that came along on a route closed as a double go on by the one that was there.
_old, _new = routes.alias("old"), routes.alias("new")
_follow = (
    sa.update(deliveries)
    .where(
        deliveries.c.destination == sa.bindparam("into"),
        deliveries.c.route.in_(
            sa.select(_old.c.id).where(_old.c.destination == sa.bindparam("lane"))
        ),
    )
    .values(
        route=sa.func.coalesce(
            sa.select(_new.c.id)
            .join(_old, _old.c.feed == _new.c.feed)
            .where(
                _old.c.id == deliveries.c.route,
                _new.c.destination == sa.bindparam("into"),
                _new.c.removed_at.is_(None),
            )
            .scalar_subquery(),
            deliveries.c.route,
        )
    )
)


def move(
    connection: sa.Connection,
    lane: int,
    address: str,
    *,
    now: datetime,
    title: str | None = None,
) -> int:
    """Give a destination its address; tells who has it now: another, if merged into that one."""
    kind = connection.execute(_kind, {"lane": lane}).scalar_one()
    asked = {"lane": lane, "kind": kind, "address": address}
    other = connection.execute(_namesake, asked).scalar()
    if other is not None:
        _merge(connection, lane, other, now)
        return int(other)
    values: dict[str, Any] = {"address": address, "resolved": True}
    if title is not None:
        values["title"] = title
    _update(connection, lane, **values)
    return lane


def _merge(connection: sa.Connection, lane: int, into: int, now: datetime) -> None:
    ending = Ending(how=Ended.REMOVED)
    notices.end(connection, notices.keys_of(lane), now=now, ending=ending)
    connection.execute(_both, {"ids": [lane, into]}).all()
    _move_deliveries(connection, lane, into, now)
    _move_routes(connection, lane, into, now)
    connection.execute(
        sa.update(destinations).where(_lane.merged_into == lane).values(merged_into=into)
    )
    _update(
        connection,
        lane,
        removed_at=now,
        merged_into=into,
        lease_owner=None,
        lease_until=None,
        lease_epoch=_lane.lease_epoch + 1,
    )
    outbox.refresh(connection, (lane, into))
    notices.end(connection, (*notices.keys_of(lane), holds.held_key(lane)), now=now)
    holds.end_decided(connection, (into,), now=now)
    holds.begin(connection, (into,), now=now)


def _move_deliveries(connection: sa.Connection, lane: int, into: int, now: datetime) -> None:
    rows = connection.execute(_undecided, {"lane": lane}).all()
    seq = outbox.take_seqs(connection, into, len(rows))
    twins: list[int] = []  # what both had goes out once
    for place, row in enumerate(rows, start=seq):
        asked = {"lane": into, "story": row.story, "occasion": row.occasion}
        twin = connection.execute(_twin, asked).first() if row.story is not None else None
        here = {"destination": into, "seq": place, "newest_before": ELSEWHERE}
        if twin is None:
            _put(connection, row.id, **here)
        elif _gives_way(twin, row):
            _put(connection, twin.id, occasion=row.occasion + _ASIDE)
            _put(connection, row.id, **here)
            _put(connection, twin.id, destination=lane, seq=row.seq, occasion=row.occasion)
            twins += [twin.id] if twin.state != DeliveryState.DROPPED else []
        else:
            twins.append(row.id)
    _drop(connection, twins, now)


def _gives_way(twin: AnyRow, row: AnyRow) -> bool:
    """Tell whether the one that was there is to be left for the one that comes along.

    So it is if it will never go out, for a reason of its own name alone; if it was given up, and
    the other not; and if it still waits while the other may be there already: it would be there
    twice.
    """
    if twin.state == DeliveryState.FAILED:
        return bool(row.state != DeliveryState.FAILED)
    if twin.state == DeliveryState.DROPPED:
        return twin.reason not in _FOR_GOOD and not twin.reason.startswith(EXPIRED)
    waits = twin.state in (DeliveryState.WAITING, DeliveryState.HELD)
    return waits and not twin.is_leaving and row.state == DeliveryState.IN_DOUBT


def _put(connection: sa.Connection, delivery: int, **values: Any) -> None:
    connection.execute(sa.update(deliveries).where(deliveries.c.id == delivery).values(**values))


def _drop(connection: sa.Connection, twins: Sequence[int], now: datetime) -> None:
    """Drop what the other has; nobody is to decide on it any more."""
    over = {"state": DeliveryState.DROPPED, "reason": MERGED, "changed_at": now, "look_at": None}
    for twin in twins:
        _put(connection, twin, **over)
    roll_ups.leave(connection, twins, now=now)
    keys = [notices.doubt_key(twin) for twin in twins]
    notices.end(connection, keys, now=now, ending=Ending(how=Ended.REMOVED))


def _move_routes(connection: sa.Connection, lane: int, into: int, now: datetime) -> None:
    there = sa.select(routes.c.feed).where(ROUTE_LIVE, routes.c.destination == into)
    both = sa.and_(ROUTE_LIVE, routes.c.destination == lane, routes.c.feed.in_(there))
    connection.execute(sa.update(routes).where(both).values(removed_at=now))
    rest = sa.and_(ROUTE_LIVE, routes.c.destination == lane)
    connection.execute(sa.update(routes).where(rest).values(destination=into))
    connection.execute(_follow, {"lane": lane, "into": into})


def _update(connection: sa.Connection, lane: int, **values: Any) -> None:
    connection.execute(sa.update(destinations).where(_lane.id == lane).values(**values))
