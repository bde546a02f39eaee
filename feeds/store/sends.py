"""The two moments of a send: the intent committed before the request, the outcome after it.

Both read the rows under lock, decide by the fence, then write those that passed in batches: within
the transaction nothing can come between.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import sqlalchemy as sa

from feeds.model import HOLD_MAX, DeliveryState, Intent, Settlement
from feeds.store import arrivals, dropping, health, merging, outbox, paces, places, roll_ups
from feeds.store.beside import note_newest
from feeds.store.columns import Instant
from feeds.store.lanes import OPEN
from feeds.store.options import as_destination_options
from feeds.store.statements import AnyRow, ids, later, listed, storable
from feeds.store.tables import attempts, deliveries, destinations, literal, routes

DETAIL_MAX = 2_000  # characters of an attempt's detail
REASON_MAX = 600  # characters of why a delivery or a destination is as it is
MESSAGE_ID_MAX = 200  # characters of the name the other side gives a message
REACHED_EVERY = timedelta(minutes=1)  # how exactly it is kept when a destination took something
NOW = sa.bindparam("now", type_=Instant)
Rows = Mapping[int, AnyRow]  # by delivery

_rows = (
    sa.select(
        deliveries.c.id,
        deliveries.c.destination,
        deliveries.c.state,
        deliveries.c.story,
        deliveries.c.tries,
        dropping.AGE_FROM.label("age_from"),
        destinations.c.options,
        destinations.c.reached_at,
        destinations.c.lease_epoch,
        destinations.c.lease_until,
        *health.BEFORE,
        OPEN.label("is_open"),
        outbox.CLOSED_BY.label("closed_by"),
    )
    .join(destinations, destinations.c.id == deliveries.c.destination)
    .outerjoin(routes, routes.c.id == deliveries.c.route)
    .where(deliveries.c.id.in_(ids()))
    .order_by(destinations.c.id, deliveries.c.id)
    .with_for_update(of=(deliveries, destinations))
)
_this = deliveries.c.id == sa.bindparam("delivery_id")
_begin = (
    sa.update(deliveries)
    .where(_this)
    .values(
        state=literal(DeliveryState.SENDING),
        tries=sa.bindparam("number"),
        body=sa.func.coalesce(deliveries.c.body, sa.bindparam("fresh_body")),
        changed_at=NOW,
    )
)
_start_attempt = sa.insert(attempts)
_end_attempt = (
    sa.update(attempts)
    .where(
        attempts.c.delivery == sa.bindparam("delivery_id"),
        attempts.c.number == sa.bindparam("try"),
    )
    .values(
        {
            column: sa.bindparam(f"new_{column.name}", type_=column.type)
            for column in (
                *(attempts.c.started_at, attempts.c.ended_at, attempts.c.outcome),
                *(attempts.c.status, attempts.c.detail, attempts.c.wait),
            )
        }
    )
)
_is_plain = sa.bindparam("is_plain", type_=sa.Boolean)
_settle = (
    sa.update(deliveries)
    .where(_this)
    .values(
        state=sa.bindparam("new_state"),
        reason=sa.bindparam("new_reason"),
        attempts=deliveries.c.attempts + sa.bindparam("counted", type_=sa.Integer),
        plain=sa.or_(deliveries.c.plain, _is_plain),
        body=sa.case((_is_plain, None), else_=deliveries.c.body),
        overtakable=sa.bindparam("may_be_overtaken"),
        message_id=sa.func.coalesce(
            sa.bindparam("new_message_id", type_=sa.Text), deliveries.c.message_id
        ),
        due_at=sa.func.coalesce(sa.bindparam("new_due_at", type_=Instant), deliveries.c.due_at),
        changed_at=NOW,
        sent_at=sa.bindparam("new_sent_at", type_=Instant),
        look_at=sa.bindparam("new_look_at", type_=Instant),
        look_until=sa.bindparam("new_look_until", type_=Instant),
    )
)
_reach = (
    sa.update(destinations).where(destinations.c.id == sa.bindparam("lane")).values(reached_at=NOW)
)
_close_until = (
    sa.update(destinations)
    .where(destinations.c.id == sa.bindparam("lane"))
    .values(not_before=later(destinations.c.not_before, sa.bindparam("until", type_=Instant)))
)


def write(
    connection: sa.Connection,
    outcomes: Sequence[Settlement],
    intents: Sequence[Intent],
    *,
    now: datetime,
    dice: random.Random,
) -> tuple[frozenset[int], frozenset[int]]:
    """Settle, then begin; gives the deliveries settled, and those that may go out."""
    plain = all(map(arrivals.is_plain, outcomes))
    rows = _read(connection, (*outcomes, *intents)) if plain else None  # else an outcome may close
    settled = settle(connection, outcomes, now=now, dice=dice, rows=rows)  # what an intent is for
    return settled, begin(connection, intents, now=now, rows=rows)


def begin(
    connection: sa.Connection, intents: Sequence[Intent], *, now: datetime, rows: Rows | None = None
) -> frozenset[int]:
    """Mark deliveries `sending` for who still holds their lanes; gives those that may go out."""
    rows = _read(connection, intents) if rows is None else rows
    members = roll_ups.members_of(connection, [i for i, row in rows.items() if row.story is None])
    begun = [
        (intent, row.tries + 1)
        for intent in intents
        if (row := rows.get(intent.delivery)) is not None
        and members.get(row.id, 0) == intent.members
        and _may_begin(row, intent, now)
    ]
    if begun:
        _write_begun(connection, begun, now)
    return frozenset(intent.delivery for intent, _ in begun)


def _read(connection: sa.Connection, entries: Sequence[Intent | Settlement]) -> Rows:
    """Read under lock what both decide by."""
    return {
        row.id: row
        for chunk in listed(entry.delivery for entry in entries)
        for row in connection.execute(_rows, {"ids": chunk})
    }


def _may_begin(row: AnyRow, intent: Intent, now: datetime) -> bool:
    """Tell whether it waits in a lane still held and is not too old; members age each alone."""
    if row.state != DeliveryState.WAITING or not row.is_open:
        return False
    if (row.destination, row.lease_epoch) != (intent.destination, intent.epoch):
        return False
    if row.lease_until is None or row.lease_until <= now:
        return False
    max_age = as_destination_options(row.options).max_age
    return max_age is None or intent.members > 0 or now - row.age_from <= max_age


def settle(
    connection: sa.Connection,
    settlements: Sequence[Settlement],
    *,
    now: datetime,
    dice: random.Random,
    rows: Rows | None = None,
) -> frozenset[int]:
    """Write outcomes whose claim was not taken over meanwhile; gives the deliveries settled.

    The lease may have run out: as long as the epoch stands, nobody else has touched the lane.
    """
    rows = _read(connection, settlements) if rows is None else rows
    settled = [
        (_unless_closed(each, row.closed_by), row)
        for each in settlements
        if (row := rows.get(each.delivery)) is not None
        and row.state == DeliveryState.SENDING
        and (row.destination, row.lease_epoch) == (each.destination, each.epoch)
    ]
    if settled:
        _write_settled(connection, settled, now, dice)
    return frozenset(each.delivery for each, _ in settled)


def _unless_closed(settlement: Settlement, closed_by: str | None) -> Settlement:
    """Drop what would wait for a destination or route that was removed while it was being sent."""
    if closed_by is None or settlement.state is not DeliveryState.WAITING:
        return settlement
    return replace(settlement, state=DeliveryState.DROPPED, reason=closed_by)


def _write_begun(
    connection: sa.Connection, begun: Sequence[tuple[Intent, int]], now: datetime
) -> None:
    connection.execute(
        _begin,
        [
            {
                "delivery_id": intent.delivery,
                "number": number,
                "fresh_body": intent.body,
                "now": now,
            }
            for intent, number in begun
        ],
    )
    connection.execute(
        _start_attempt,
        [
            {"delivery": intent.delivery, "number": number, "started_at": intent.at}
            for intent, number in begun
        ],
    )
    paces.save(connection, (pace for intent, _ in begun for pace in intent.paces), now=now)


def _write_settled(
    connection: sa.Connection,
    settled: Sequence[tuple[Settlement, AnyRow]],
    now: datetime,
    dice: random.Random,
) -> None:
    connection.execute(_end_attempt, [_attempt_values(each, row.tries) for each, row in settled])
    arrivals.settle(connection, [each for each, _ in settled if arrivals.is_plain(each)], now=now)
    others = [_delivery_values(each, now) for each, _ in settled if not arrivals.is_plain(each)]
    if others:
        connection.execute(_settle, others)
        doubts = [each for each, _ in settled if each.state is DeliveryState.IN_DOUBT]
        note_newest(connection, [each.delivery for each in doubts])
    roll_ups.follow(connection, [row.id for _, row in settled if row.story is None], now=now)
    reached = {row.destination for each, row in settled if _is_news_of_reach(each, row, now)}
    if reached:
        connection.execute(_reach, [{"lane": lane, "now": now} for lane in reached])
    for each, _ in settled:
        _touch_destination(connection, each, now, dice)
    health.heed(connection, settled, now=now, dice=dice)
    paces.save(connection, (pace for each, _ in settled for pace in each.paces), now=now)


def _is_news_of_reach(settlement: Settlement, row: AnyRow, now: datetime) -> bool:
    if settlement.state is not DeliveryState.SENT:
        return False
    return row.reached_at is None or now - row.reached_at >= REACHED_EVERY


def _attempt_values(settlement: Settlement, number: int) -> dict[str, object]:
    attempt = settlement.attempt
    return {
        "delivery_id": settlement.delivery,
        "try": number,
        "new_started_at": attempt.started_at,
        "new_ended_at": attempt.ended_at,
        "new_outcome": attempt.outcome,
        "new_status": attempt.status,
        "new_detail": storable(attempt.detail, DETAIL_MAX),
        "new_wait": attempt.wait,
    }


def _delivery_values(settlement: Settlement, now: datetime) -> dict[str, object]:
    sent = settlement.state is DeliveryState.SENT
    doubtful = settlement.state is DeliveryState.IN_DOUBT
    return {
        "delivery_id": settlement.delivery,
        "new_state": settlement.state,
        "new_reason": _line(settlement.reason, REASON_MAX),
        "counted": int(settlement.counts),
        "is_plain": settlement.plain,
        "may_be_overtaken": settlement.overtakable,
        "new_message_id": _line(settlement.message_id, MESSAGE_ID_MAX),
        "new_due_at": settlement.due_at,
        "now": now,
        "new_sent_at": (settlement.attempt.ended_at or now) if sent else None,
        "new_look_at": now if doubtful else None,
        "new_look_until": now + HOLD_MAX if doubtful else None,
    }


def _line(text: str | None, most: int) -> str | None:
    return None if text is None else storable(text, most)


def _touch_destination(
    connection: sa.Connection, settlement: Settlement, now: datetime, dice: random.Random
) -> None:
    """Do what the outcome means for the whole lane; most outcomes mean nothing for it."""
    lane = settlement.destination
    if settlement.not_before is not None:
        connection.execute(_close_until, {"lane": lane, "until": settlement.not_before})
    if settlement.park is not None:
        places.park(connection, lane, storable(settlement.park, REASON_MAX), now=now, dice=dice)
    if settlement.address is not None:
        merging.move(connection, lane, settlement.address, now=now)
