"""What was cut off while sending, taken over once its lease is over."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from enum import Enum

import sqlalchemy as sa

from feeds.model import DeliveryState, InDoubtPolicy
from feeds.store import outbox
from feeds.store.columns import EPOCH, Instant
from feeds.store.nouns import as_destination_options
from feeds.store.rows import Expired
from feeds.store.statements import AnyRow, ids, listed
from feeds.store.tables import SENDING, attempts, deliveries, destinations, feeds, routes

CUT_OFF = "stopped while sending"
OUTCOME = "in_doubt"
RESEND_AFTER = timedelta(seconds=60)  # under the policy `resend`, a doubt is given time to clear

FOR_EVER = EPOCH + timedelta(days=365 * 1_000)  # longer than any lease

_over = destinations.c.lease_until <= sa.bindparam("until", type_=Instant)
_cut_off = (
    sa.select(
        deliveries.c.id,
        deliveries.c.tries,
        deliveries.c.destination,
        destinations.c.kind,
        destinations.c.options,
        outbox.CLOSED_BY.label("closed_by"),
    )
    .join(destinations, destinations.c.id == deliveries.c.destination)
    .outerjoin(routes, routes.c.id == deliveries.c.route)
    .where(deliveries.c.state == SENDING, sa.or_(destinations.c.lease_until.is_(None), _over))
    .order_by(destinations.c.id, deliveries.c.id)
    .with_for_update(of=(deliveries, destinations))
)
_over_lanes = (
    sa.select(destinations.c.id)
    .where(destinations.c.lease_until.is_not(None), _over)
    .order_by(destinations.c.id)
    .with_for_update()
)
_end_leases = (
    sa.update(destinations)
    .where(destinations.c.id.in_(ids()))
    .values(lease_owner=None, lease_until=None, lease_epoch=destinations.c.lease_epoch + 1)
)
_move_on = (
    sa.update(deliveries)
    .where(deliveries.c.id == sa.bindparam("delivery_id"))
    .values(
        state=sa.bindparam("new_state"),
        reason=sa.bindparam("new_reason"),
        attempts=deliveries.c.attempts + sa.bindparam("counted", type_=sa.Integer),
        due_at=sa.bindparam("due", type_=Instant),
        changed_at=sa.bindparam("now", type_=Instant),
    )
)
_end_attempt = (
    sa.update(attempts)
    .where(
        attempts.c.delivery == sa.bindparam("delivery_id"),
        attempts.c.number == sa.bindparam("try"),
    )
    .values(
        ended_at=sa.bindparam("now", type_=Instant),
        outcome=OUTCOME,
        detail=CUT_OFF,
    )
)


def expire(
    connection: sa.Connection,
    *,
    now: datetime,
    repeatable_kinds: Collection[str],
    everything: bool,
    in_doubt: InDoubtPolicy,
    spare: Collection[int] = (),
) -> Expired:
    """End leases that are over: repeatable sends wait again, the others are in doubt.

    Where the policy (the destination's own, else `in_doubt`) is to send again, these wait, too: for
    a minute, and with an attempt counted, so that it ends.

    `spare` are lanes that this process is still serving: what they heard may yet be written.
    `everything`, at the start under the run lock: nobody else is alive, so every lease is over, and
    every claim on a feed with it.
    """
    asked = {"until": FOR_EVER if everything else now}
    served = frozenset(spare)
    lanes = [lane for lane in connection.scalars(_over_lanes, asked) if lane not in served]
    rows = [row for row in connection.execute(_cut_off, asked) if row.destination not in served]
    ways = [_way(row, repeatable_kinds, in_doubt) for row in rows]
    if rows:
        _write(connection, rows, ways, now)
    for chunk in listed(lanes):
        connection.execute(_end_leases, {"ids": chunk})
    outbox.refresh(connection, lanes)
    if everything:
        claimed = feeds.c.claimed_until.is_not(None)
        connection.execute(sa.update(feeds).where(claimed).values(claimed_until=None))
    returned = sum(way is not _Way.DOUBT for way in ways)
    return Expired(returned=returned, in_doubt=len(rows) - returned)


class _Way(Enum):
    """How it goes on with what was cut off."""

    REPEAT = "repeat"
    RESEND = "resend"
    DOUBT = "doubt"


def _way(row: AnyRow, repeatable_kinds: Collection[str], default: InDoubtPolicy) -> _Way:
    if row.kind in repeatable_kinds:
        return _Way.REPEAT
    policy = as_destination_options(row.options).in_doubt or default
    return _Way.RESEND if policy is InDoubtPolicy.RESEND else _Way.DOUBT


def _write(
    connection: sa.Connection, rows: Sequence[AnyRow], ways: Sequence[_Way], now: datetime
) -> None:
    connection.execute(
        _move_on, [_move(row, way, now) for row, way in zip(rows, ways, strict=True)]
    )
    ends = [{"delivery_id": row.id, "try": row.tries, "now": now} for row in rows]
    connection.execute(_end_attempt, ends)


def _move(row: AnyRow, way: _Way, now: datetime) -> dict[str, object]:
    state, reason = DeliveryState.IN_DOUBT, CUT_OFF
    if way is not _Way.DOUBT:
        state = DeliveryState.DROPPED if row.closed_by else DeliveryState.WAITING
        reason = row.closed_by or CUT_OFF
    resent = way is _Way.RESEND
    return {
        "delivery_id": row.id,
        "new_state": state,
        "new_reason": reason,
        "counted": int(resent),
        "due": now + RESEND_AFTER if resent else now,
        "now": now,
    }
