"""Posts in doubt: which are to be looked into, what was seen of them, what became of them."""

import random
from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from feeds.model import (
    HOLD_MAX,
    DeliveryState,
    Doubt,
    Ended,
    Ending,
    Evidence,
    Finding,
    Incident,
    NoticeKind,
    Sighting,
    Verdict,
)
from feeds.store import chats, notices, outbox, roll_ups
from feeds.store.beside import read_beside
from feeds.store.columns import Instant
from feeds.store.nouns import DESTINATION, as_destination
from feeds.store.parcels import PARCEL, as_parcel, with_members, with_story
from feeds.store.side_tables import evidence, sightings
from feeds.store.statements import ids, listed, storable
from feeds.store.tables import attempts, deliveries, destinations, routes

AWAY_HOLD = 2 * HOLD_MAX  # from the last time its service was seen away
EVIDENCE_MAX = 20  # looks kept of one delivery, the newest; and whatever found it
DETAIL_MAX = 300  # characters of one look's detail
SIGHTINGS_MAX = 50  # posts seen of one place, the newest

_now = sa.bindparam("now", type_=Instant)
_started_at = (
    sa.select(attempts.c.started_at)
    .where(attempts.c.delivery == deliveries.c.id, attempts.c.number == deliveries.c.tries)
    .scalar_subquery()
)
_due = (
    sa.select(
        *PARCEL,
        *DESTINATION,
        _started_at.label("started_at"),
        deliveries.c.changed_at.label("since"),
        deliveries.c.look_until,
        deliveries.c.newest_before,
        deliveries.c.message_id,
        deliveries.c.tries,
    )
    .select_from(
        with_story(deliveries.join(destinations, destinations.c.id == deliveries.c.destination))
    )
    .where(
        deliveries.c.look_at.is_not(None),
        deliveries.c.look_at <= _now,
        deliveries.c.state == DeliveryState.IN_DOUBT,
        destinations.c.kind.not_in(ids("away")),
    )
    .order_by(  # what holds its lane up comes before what is only looked for later
        sa.case((deliveries.c.look_until > deliveries.c.changed_at, 0), else_=1),
        deliveries.c.look_at,
        deliveries.c.id,
    )
    .limit(sa.bindparam("most", type_=sa.Integer))
)
_seen = (
    sa.select(sightings.c.message_id, sightings.c.mark)
    .where(sightings.c.kind == sa.bindparam("kind"), sightings.c.place == sa.bindparam("place"))
    .order_by(sightings.c.seen_at.desc(), sightings.c.message_id)
    .limit(SIGHTINGS_MAX)
)
_looks = (
    sa.select(evidence.c.at, evidence.c.way, evidence.c.finding, evidence.c.detail)
    .where(evidence.c.delivery == sa.bindparam("delivery"))
    .order_by(evidence.c.number)
)
_rows = (
    sa.select(
        deliveries.c.id,
        deliveries.c.destination,
        deliveries.c.state,
        deliveries.c.story,
        deliveries.c.tries,
        destinations.c.kind,
        destinations.c.address,
        _started_at.label("started_at"),
        outbox.CLOSED_BY.label("closed_by"),
    )
    .join(destinations, destinations.c.id == deliveries.c.destination)
    .outerjoin(routes, routes.c.id == deliveries.c.route)
    .where(deliveries.c.id.in_(ids()))
    .order_by(destinations.c.id, deliveries.c.id)
    .with_for_update(of=(deliveries, destinations))
)
_last_look = (
    sa.select(evidence.c.delivery, sa.func.max(evidence.c.number))
    .where(evidence.c.delivery.in_(ids()))
    .group_by(evidence.c.delivery)
)
_forget_looks = sa.delete(evidence).where(
    evidence.c.delivery == sa.bindparam("its"),
    evidence.c.number <= sa.bindparam("end"),
    evidence.c.finding != Finding.FOUND.value,
)
# Nobody has looked yet, and nobody can: when its service is there again, the look comes first.
_hold = (
    sa.update(deliveries)
    .where(
        deliveries.c.look_at.is_not(None),
        deliveries.c.state == DeliveryState.IN_DOUBT,
        deliveries.c.look_at <= deliveries.c.changed_at,
        deliveries.c.look_until > deliveries.c.changed_at,
        deliveries.c.destination.in_(
            sa.select(destinations.c.id).where(destinations.c.kind.in_(ids("away")))
        ),
    )
    .values(look_until=sa.bindparam("until", type_=Instant))
)
_this = sa.update(deliveries).where(deliveries.c.id == sa.bindparam("delivery_id"))


def due(
    connection: sa.Connection, *, now: datetime, limit: int, away: Collection[str]
) -> list[Doubt]:
    """Read the doubts that are to be looked into now, with what is known of their surroundings.

    Those of a removed destination too: a post may stand there that nobody else will ever tell of.
    """
    rows = connection.execute(_due, {"now": now, "most": limit, "away": list(away)}).all()
    return [_as_doubt(connection, row, now) for row in rows]


def _as_doubt(connection: sa.Connection, row: Any, now: datetime) -> Doubt:
    (parcel,) = with_members(connection, [as_parcel(row)])
    destination = as_destination(row[len(PARCEL) : len(PARCEL) + len(DESTINATION)])
    started_at = row.started_at or row.since
    place = {"kind": destination.kind, "place": chats.place_of(destination.address)}
    seen = tuple(
        Sighting(message_id=number, mark=mark)
        for number, mark in connection.execute(_seen, place)
        if not _is_of_before(number, row.message_id)
    )
    beside = read_beside(
        connection,
        parcel.delivery,
        destination,
        started_at=started_at,
        newest_before=row.newest_before,
        now=now,
        seen=[each.message_id for each in seen],
    )
    return Doubt(
        parcel=parcel,
        destination=destination,
        attempt=row.tries,
        since=row.since,
        look_until=row.look_until,
        last_before=beside.last_before,
        first_after=beside.first_after,
        taken=beside.taken,
        contested=beside.contested,
        sightings=seen,
    )


def _is_of_before(number: str, own: str | None) -> bool:
    """Tell whether a post is not above the one that is known of a delivery sent once more."""
    if own is None or not (own.isdecimal() and number.isdecimal()):
        return False
    return int(number) <= int(own)


def hold(connection: sa.Connection, away: Collection[str], *, now: datetime) -> None:
    """Let doubts of these kinds that nobody has looked into hold their lanes for AWAY_HOLD yet."""
    connection.execute(_hold, {"away": list(away), "until": now + AWAY_HOLD})


def looks_of(connection: sa.Connection, delivery: int) -> tuple[Evidence, ...]:
    """Read what was found of a delivery, the first look first."""
    return tuple(
        Evidence(way=row.way, finding=Finding(row.finding), at=row.at, detail=row.detail)
        for row in connection.execute(_looks, {"delivery": delivery})
    )


def conclude(
    connection: sa.Connection, verdicts: Sequence[Verdict], *, now: datetime, dice: random.Random
) -> int:
    """Write what looks came to; tells how many doubts are settled or go out again.

    One that an admin decided on meanwhile is left alone, also if it was sent anew and is in doubt
    again; its evidence is not kept either. So is one found where another delivery of its chat has
    its post by now, or may have: it is looked for again.
    """
    rows = {
        row.id: row
        for chunk in listed(each.delivery for each in verdicts)
        for row in connection.execute(_rows, {"ids": chunk})
        if row.state == DeliveryState.IN_DOUBT
    }
    open_ = []
    for each in verdicts:
        if each.delivery in rows and _holds(connection, each, rows[each.delivery]):
            _move_on(connection, each, rows[each.delivery], now)
            open_.append(each)
    _keep_evidence(connection, open_)
    roll_ups.follow(connection, [each.delivery for each in open_], now=now)
    told = (_incident(v, rows[v.delivery]) for v in open_ if v.tell)
    notices.begin(connection, told, now=now, dice=dice)
    found = [each.delivery for each in open_ if each.found]
    again = [each.delivery for each in open_ if each.resend_at and not each.found]
    for moved, how in ((found, Ended.FOUND), (again, Ended.RESENT)):
        keys = [notices.doubt_key(each) for each in moved]
        notices.end(connection, keys, now=now, ending=Ending(how=how))
    outbox.refresh(connection, {rows[each.delivery].destination for each in open_})
    return len(found) + len(again)


def _holds(connection: sa.Connection, verdict: Verdict, row: Any) -> bool:
    """Tell whether a verdict is on this very doubt, and finds what nobody else can have."""
    if verdict.attempt is not None and verdict.attempt != row.tries:
        return False
    if verdict.found is None:
        return True
    lanes = chats.lanes_of(connection, row.kind, row.address)
    if chats.taken(connection, lanes, [verdict.found]):
        return False
    return not chats.is_contested(connection, lanes, lane=row.destination, story=row.story)


def _move_on(connection: sa.Connection, verdict: Verdict, row: Any, now: datetime) -> None:
    values: dict[str, Any] = {"look_at": verdict.look_at, "look_until": verdict.look_until}
    if verdict.reason is not None:
        values["reason"] = storable(verdict.reason, DETAIL_MAX)
    if verdict.found is not None:
        values |= {
            "state": DeliveryState.SENT,
            "message_id": verdict.found,
            "sent_at": row.started_at or now,
            "changed_at": now,
        }
    elif verdict.resend_at is not None:
        values |= {"state": DeliveryState.WAITING, "due_at": verdict.resend_at, "changed_at": now}
        if row.closed_by is not None:
            values |= {"state": DeliveryState.DROPPED, "reason": row.closed_by}
    connection.execute(_this.values(values), {"delivery_id": verdict.delivery})


def _keep_evidence(connection: sa.Connection, verdicts: Sequence[Verdict]) -> None:
    last: dict[int, int] = defaultdict(int)
    for chunk in listed(each.delivery for each in verdicts):
        last.update({row[0]: row[1] for row in connection.execute(_last_look, {"ids": chunk})})
    rows = []
    for each in verdicts:
        for found in each.evidence:
            last[each.delivery] += 1
            rows.append(_evidence_values(each.delivery, last[each.delivery], found))
    if rows:
        connection.execute(sa.insert(evidence), rows)
        ends = {row["delivery"]: last[row["delivery"]] - EVIDENCE_MAX for row in rows}
        old = [{"its": delivery, "end": end} for delivery, end in ends.items() if end > 0]
        if old:
            connection.execute(_forget_looks, old)


def _evidence_values(delivery: int, number: int, found: Evidence) -> dict[str, Any]:
    return {
        "delivery": delivery,
        "number": number,
        "at": found.at,
        "way": found.way,
        "finding": found.finding.value,
        "detail": storable(found.detail, DETAIL_MAX),
    }


def _incident(verdict: Verdict, row: Any) -> Incident:
    return Incident(
        key=notices.doubt_key(verdict.delivery),
        kind=NoticeKind.IN_DOUBT,
        destination=row.destination,
        delivery=verdict.delivery,
    )
