"""Lanes under lease: claimed in turn, read in order, renewed, given back, taken over after a death.

A lease is an owner, an end and an epoch. The epoch rises with every claim and every expiry, and
each later write names the epoch it was claimed under: who lost a lease cannot write any more.
"""

import random
from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from feeds.model import (
    SUSPECT_AFTER,
    DeliveryState,
    DestinationState,
    Lane,
    LaneRelease,
    Parcel,
    Shares,
)
from feeds.store import backlogs, outbox
from feeds.store.columns import Instant
from feeds.store.nouns import DESTINATION, as_destination
from feeds.store.parcels import PARCEL, as_parcel, with_members, with_story
from feeds.store.statements import AnyRow, ids, later, listed
from feeds.store.tables import (
    DESTINATION_LIVE,
    LANE_FILLED,
    deliveries,
    destinations,
    literal,
)

NOW = sa.bindparam("now", type_=Instant)
OPEN = sa.and_(
    DESTINATION_LIVE,
    destinations.c.resolved,
    destinations.c.state == literal(DestinationState.OPEN),
)
_lane = destinations.c
# A doubt holds its lane up while it is first looked into, a minute at most, whoever is late.
NO_FRESH_DOUBT = sa.not_(
    sa.exists().where(
        deliveries.c.destination == _lane.id,
        deliveries.c.look_at.is_not(None),
        deliveries.c.state == DeliveryState.IN_DOUBT,
        deliveries.c.look_until > NOW,
    )
)

# As Destination.is_suspect has it; and whose last answer was late.
_SUSPECT = sa.or_(
    sa.not_(_lane.proven),
    _lane.failures >= sa.literal_column(str(SUSPECT_AFTER)),
    _lane.id.in_(ids("late")),
)
_ALIVE = sa.and_(_lane.id.in_(ids("alive")), sa.not_(_SUSPECT))
_BESIDE = (_lane.lease_epoch, _lane.reached_at, _lane.served_at)  # read beside each destination
_claimable = (
    sa.select(*_BESIDE, *DESTINATION)
    .where(
        _lane.kind.in_(ids("kinds")),
        LANE_FILLED,
        OPEN,
        _lane.ready_at <= NOW,
        sa.or_(_lane.not_before.is_(None), _lane.not_before <= NOW),
        sa.or_(_lane.lease_until.is_(None), _lane.lease_until <= NOW),
        outbox.NOTHING_IN_FLIGHT,
        NO_FRESH_DOUBT,
    )
    .order_by(_lane.served_at, _lane.id)
    .limit(sa.bindparam("most", type_=sa.Integer))
    .with_for_update(of=destinations, skip_locked=True)
)
_claimable_suspects = _claimable.where(_SUSPECT)
_claimable_others = _claimable.where(sa.not_(_SUSPECT))
_claimable_alive = _claimable.where(_ALIVE)
# While many hang, who fell due last goes first: what fell due with them may be like them.
_claimable_strangers = (
    _claimable.where(sa.not_(_SUSPECT), _lane.id.not_in(ids("alive")))
    .order_by(None)
    .order_by(_lane.ready_at.desc(), _lane.id)
)
_lease = (
    sa.update(destinations)
    .where(_lane.id == sa.bindparam("lane"))
    .values(
        lease_owner=sa.bindparam("owner"),
        lease_epoch=_lane.lease_epoch + 1,
        lease_until=sa.bindparam("until", type_=Instant),
        served_at=NOW,
    )
)
_held = (
    sa.select(_lane.id, _lane.lease_epoch)
    .where(_lane.id.in_(ids()), _lane.lease_until.is_not(None))
    .order_by(_lane.id)
    .with_for_update()
)
_renew = (
    sa.update(destinations)
    .where(_lane.id == sa.bindparam("lane"))
    .values(lease_until=sa.bindparam("until", type_=Instant))
)
_give_back = (
    sa.update(destinations)
    .where(_lane.id == sa.bindparam("lane"))
    .values(
        lease_owner=None,
        lease_until=None,
        not_before=later(_lane.not_before, sa.bindparam("not_before", type_=Instant)),
    )
)
_mine = sa.select(_lane.id).where(
    _lane.id == sa.bindparam("lane"),
    _lane.lease_epoch == sa.bindparam("epoch"),
    _lane.lease_until > NOW,
    OPEN,
)
_next_due = sa.select(
    sa.func.min(later(later(_lane.ready_at, _lane.not_before), _lane.lease_until), type_=Instant)
).where(_lane.kind.in_(ids("kinds")), LANE_FILLED, OPEN, outbox.NOTHING_IN_FLIGHT)


def _heads() -> sa.Select[*tuple[Any, ...]]:
    """Choose the first parcels of each lane that could go now, were all before them gone."""
    beyond = deliveries.alias("beyond")

    def could_go(rows: sa.FromClause) -> sa.ColumnElement[bool]:
        return sa.or_(sa.not_(rows.c.overtakable), rows.c.due_at <= NOW)

    last = (
        sa.select(beyond.c.seq)
        .where(outbox.waiting_in(beyond), could_go(beyond))
        .order_by(beyond.c.seq)
        .limit(1)
        .offset(sa.bindparam("heads", type_=sa.Integer))
        .scalar_subquery()
    )
    return (
        sa.select(*PARCEL)
        .select_from(with_story(destinations.join(deliveries, outbox.waiting_in(deliveries))))
        .where(
            destinations.c.id.in_(ids()),
            could_go(deliveries),
            deliveries.c.seq < sa.func.coalesce(last, outbox.SEQ_MAX),
        )
        .order_by(deliveries.c.destination, deliveries.c.seq)
    )


_parcels = _heads()


def claim(
    connection: sa.Connection,
    *,
    now: datetime,
    owner: str,
    limit: int,
    heads: int,
    lease: timedelta,
    kinds: Collection[str],
    shares: Shares | None = None,
    dice: random.Random,
) -> list[Lane]:
    """Lease up to `limit` lanes whose head is due, the least recently served first.

    Of endpoints no more of each sort than `shares` say, if these are given.
    """
    rows = _choose(connection, {"kinds": list(kinds), "now": now}, limit, shares)
    if not rows:
        return []
    places = {lane: as_destination(row[len(_BESIDE) :]) for lane, row in rows.items()}
    for lane, row in rows.items():
        backlogs.heed_age_and_outage(
            connection, places[lane], reached_at=row.reached_at, dice=dice, now=now
        )
    parcels = _parcels_of(connection, rows, now=now, heads=heads)
    # A clock that was wrong is set right, and what is empty by now is no longer due.
    outbox.refresh(connection, rows.keys() - parcels.keys())
    lease_until = now + lease
    claims = [{"lane": lane, "owner": owner, "until": lease_until, "now": now} for lane in parcels]
    if claims:
        connection.execute(_lease, claims)
    return [
        Lane(
            destination=places[lane],
            epoch=row.lease_epoch + 1,
            lease_until=lease_until,
            parcels=tuple(parcels[lane]),
        )
        for lane, row in rows.items()
        if lane in parcels
    ]


def _choose(
    connection: sa.Connection, asked: dict[str, Any], limit: int, shares: Shares | None
) -> dict[int, AnyRow]:
    def due(query: sa.Select[*tuple[Any, ...]], most: int) -> list[AnyRow]:
        return list(connection.execute(query, asked | {"most": most})) if most else []

    if shares is None:
        return {row.id: row for row in due(_claimable, limit)}
    asked = asked | {"late": shares.late, "alive": shares.alive}
    most = limit if shares.strangers is None else min(shares.strangers, limit)
    others = _claimable_others if shares.strangers is None else _claimable_strangers
    chosen = _in_turn(due(others, most) + due(_claimable_suspects, min(shares.suspects, most)))
    alive = due(_claimable_alive, limit) if shares.strangers is not None else []
    return {row.id: row for row in _in_turn(chosen[:most] + alive)[:limit]}


def _in_turn(rows: list[AnyRow]) -> list[AnyRow]:
    return sorted(rows, key=lambda row: (row.served_at, row.id))


def more_parcels(
    connection: sa.Connection, *, destination: int, epoch: int, now: datetime, heads: int
) -> tuple[Parcel, ...]:
    """Read on in a lane under lease; nothing if the lease is lost or the destination closed."""
    mine = connection.execute(_mine, {"lane": destination, "epoch": epoch, "now": now})
    if mine.first() is None:
        return ()
    return tuple(_parcels_of(connection, [destination], now=now, heads=heads).get(destination, ()))


def renew(
    connection: sa.Connection,
    pairs: Sequence[tuple[int, int]],
    *,
    now: datetime,
    lease: timedelta,
) -> frozenset[int]:
    """Hold on to lanes (destination, epoch) for another `lease`; gives those still ours."""
    held = _still_held(connection, pairs)
    if held:
        until = now + lease
        connection.execute(_renew, [{"lane": lane, "until": until} for lane in held])
    return held


def release(connection: sa.Connection, releases: Sequence[LaneRelease]) -> None:
    """Give lanes back; those that were lost meanwhile are left alone."""
    held = _still_held(connection, [(each.destination, each.epoch) for each in releases])
    given_back = [
        {"lane": each.destination, "not_before": each.not_before}
        for each in releases
        if each.destination in held
    ]
    if given_back:
        connection.execute(_give_back, given_back)
    outbox.refresh(connection, held)


def next_due_at(connection: sa.Connection, kinds: Collection[str]) -> datetime | None:
    """Tell when the next lane of these kinds has something to send; leases are waited for."""
    return connection.execute(_next_due, {"kinds": list(kinds)}).scalar()


def _still_held(connection: sa.Connection, pairs: Sequence[tuple[int, int]]) -> frozenset[int]:
    epochs = {
        lane: epoch
        for chunk in listed(lane for lane, _ in pairs)
        for lane, epoch in connection.execute(_held, {"ids": chunk})
    }
    return frozenset(lane for lane, epoch in pairs if epochs.get(lane) == epoch)


def _parcels_of(
    connection: sa.Connection, lanes: Collection[int], *, now: datetime, heads: int
) -> dict[int, list[Parcel]]:
    """Read the parcels that may go now, by lane; a lane without any is left out."""
    found: dict[int, list[Parcel]] = defaultdict(list)
    blocked: set[int] = set()
    for chunk in listed(lanes):
        for row in connection.execute(_parcels, {"ids": chunk, "now": now, "heads": heads}):
            parcel = as_parcel(row)
            lane = parcel.delivery.destination
            if parcel.delivery.due_at > now:  # what may be overtaken and is not due is not read
                blocked.add(lane)
            if lane not in blocked:
                found[lane].append(parcel)
    return {lane: with_members(connection, parcels) for lane, parcels in found.items()}
