"""What was cut off while sending, taken over once its lease is over."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from feeds.model import HOLD_MAX, DeliveryState
from feeds.store import outbox, roll_ups
from feeds.store.beside import note_newest
from feeds.store.columns import EPOCH, Instant
from feeds.store.rows import Expired
from feeds.store.statements import AnyRow, ids, listed
from feeds.store.tables import SENDING, attempts, deliveries, destinations, feeds, routes

CUT_OFF = "stopped while sending"
OUTCOME = "in_doubt"

FOR_EVER = EPOCH + timedelta(days=365 * 1_000)  # longer than any lease

_over = destinations.c.lease_until <= sa.bindparam("until", type_=Instant)
_cut_off = (
    sa.select(
        deliveries.c.id,
        deliveries.c.story,
        deliveries.c.tries,
        deliveries.c.destination,
        destinations.c.kind,
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
        due_at=sa.bindparam("now", type_=Instant),
        look_at=sa.bindparam("look", type_=Instant),
        look_until=sa.bindparam("hold_until", type_=Instant),
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
    spare: Collection[int] = (),
) -> Expired:
    """End leases that are over: repeatable sends wait again, the others are in doubt.

    What is in doubt counts an attempt and is looked into; then its destination's policy decides.
    `spare` are lanes that this process is still serving: what they heard may yet be written.
    `everything`, at the start under the run lock: nobody else is alive, so every lease is over, and
    every claim on a feed with it.
    """
    asked = {"until": FOR_EVER if everything else now}
    served = frozenset(spare)
    lanes = [lane for lane in connection.scalars(_over_lanes, asked) if lane not in served]
    rows = [row for row in connection.execute(_cut_off, asked) if row.destination not in served]
    repeatable = frozenset(repeatable_kinds)
    if rows:
        _write(connection, rows, repeatable, now)
    for chunk in listed(lanes):
        connection.execute(_end_leases, {"ids": chunk})
    outbox.refresh(connection, lanes)
    if everything:
        claimed = feeds.c.claimed_until.is_not(None)
        connection.execute(sa.update(feeds).where(claimed).values(claimed_until=None))
    returned = sum(row.kind in repeatable for row in rows)
    return Expired(returned=returned, in_doubt=len(rows) - returned)


def _write(
    connection: sa.Connection, rows: Sequence[AnyRow], repeatable: Collection[str], now: datetime
) -> None:
    connection.execute(_move_on, [_move(row, repeatable, now) for row in rows])
    ends = [{"delivery_id": row.id, "try": row.tries, "now": now} for row in rows]
    connection.execute(_end_attempt, ends)
    note_newest(connection, [row.id for row in rows if row.kind not in repeatable])
    roll_ups.follow(connection, [row.id for row in rows if row.story is None], now=now)


def _move(row: AnyRow, repeatable: Collection[str], now: datetime) -> dict[str, object]:
    state, reason = DeliveryState.IN_DOUBT, CUT_OFF
    if row.kind in repeatable:
        state = DeliveryState.DROPPED if row.closed_by else DeliveryState.WAITING
        reason = row.closed_by or CUT_OFF
    doubtful = state is DeliveryState.IN_DOUBT
    return {
        "delivery_id": row.id,
        "new_state": state,
        "new_reason": reason,
        "counted": int(doubtful),
        "look": now if doubtful else None,
        "hold_until": now + HOLD_MAX if doubtful else None,
        "now": now,
    }
