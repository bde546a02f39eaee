"""What an admin decides about deliveries: send again, it did arrive, never send."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa

from feeds.model import ROLL_UP, Admin, DeliveryState, Ended, Ending
from feeds.store import holds, notices, outbox, roll_ups
from feeds.store.columns import EPOCH
from feeds.store.rows import Decided
from feeds.store.statements import AnyRow, ids, listed
from feeds.store.tables import deliveries, destinations, off_lane

Deed = Literal["retry", "confirm", "drop", "resend", "delete"]

DROPPED = "dropped by an admin"
DELETED = "its post was deleted by an admin"
ONE_BY_ONE = "it is a roll-up: send its stories again one by one"
NOT_THERE = "there is no such delivery"
NO_DESTINATION = "its destination was removed"
ALLOWED: dict[Deed, tuple[DeliveryState, ...]] = {
    "retry": (
        DeliveryState.IN_DOUBT,
        DeliveryState.FAILED,
        DeliveryState.HELD,
        DeliveryState.DROPPED,
    ),
    "confirm": (DeliveryState.IN_DOUBT,),
    "drop": (
        DeliveryState.WAITING,
        DeliveryState.HELD,
        DeliveryState.FAILED,
        DeliveryState.IN_DOUBT,
    ),
    "resend": (DeliveryState.SENT,),  # once more: it stands there twice then
    "delete": (DeliveryState.SENT,),  # what stood there is taken away; that it was sent stays true
}
_ENDED: dict[Deed, Ended] = {
    "retry": Ended.RETRIED,
    "confirm": Ended.CONFIRMED,
    "drop": Ended.DROPPED,
    "resend": Ended.RETRIED,
    "delete": Ended.DROPPED,
}
NO_MORE_LOOKS = {"look_at": None, "look_until": None}
IT_IS = {
    DeliveryState.WAITING: "it is waiting to be sent",
    DeliveryState.HELD: "it is held back",
    DeliveryState.SENDING: "it is being sent right now",
    DeliveryState.SENT: "it was sent",
    DeliveryState.IN_DOUBT: "it is in doubt",
    DeliveryState.FAILED: "it failed",
    DeliveryState.DROPPED: "it was dropped",
}

_lock = (
    sa.select(deliveries.c.id)
    .join(destinations, destinations.c.id == deliveries.c.destination)
    .where(deliveries.c.id.in_(ids()))
    .order_by(destinations.c.id, deliveries.c.id)
    .with_for_update()
)
# Read after the lock: PostgreSQL looks into other tables as they were when a statement began.
_rows = (
    sa.select(
        deliveries.c.id,
        deliveries.c.destination,
        deliveries.c.state,
        deliveries.c.occasion,
        roll_ups.GOES_OUT_WITH.label("goes_out_with"),
        roll_ups.MEMBERS.label("members"),
        destinations.c.removed_at,
    )
    .join(destinations, destinations.c.id == deliveries.c.destination)
    .where(deliveries.c.id.in_(ids()))
)
_chosen = sa.update(deliveries).where(deliveries.c.id.in_(ids()))
_FAILED_SINCE = (
    off_lane(deliveries),
    deliveries.c.state == DeliveryState.FAILED,
    deliveries.c.changed_at >= sa.bindparam("since", type_=deliveries.c.changed_at.type),
    destinations.c.removed_at.is_(None),
    sa.not_(roll_ups.IS_MEMBER),
)
_failed_since = (
    sa.select(deliveries.c.id, deliveries.c.destination)
    .join(destinations, destinations.c.id == deliveries.c.destination)
    .where(*_FAILED_SINCE)
    .order_by(destinations.c.id, deliveries.c.id)
    .with_for_update()
)


def decide(
    connection: sa.Connection,
    asked: Collection[int],
    *,
    deed: Deed,
    now: datetime,
    message_id: str | None,
    reason: str | None,
    by: Admin | None = None,
    ending: Ending | None = None,
) -> Decided:
    """Do one deed to those whose state allows it; `ending`: how its incidents end, if not by it."""
    lock(connection, asked)
    rows = {
        row.id: row for chunk in listed(asked) for row in connection.execute(_rows, {"ids": chunk})
    }
    refusals = {each: _refusal(rows.get(each), deed) for each in asked}
    changed = [each for each, why in refusals.items() if why is None]
    _write(connection, changed, deed, _values(deed, now, message_id, reason), now)
    keys = [notices.doubt_key(each) for each in changed]
    ending = ending or Ending(how=_ENDED[deed], by=by)
    notices.end(connection, keys, now=now, ending=ending)
    held = {rows[each].destination for each in changed if rows[each].state == DeliveryState.HELD}
    holds.end_decided(connection, held, now=now, ending=ending)
    outbox.refresh(connection, (rows[each].destination for each in changed))
    return Decided(
        changed=tuple(changed),
        refused=tuple((each, why) for each, why in refusals.items() if why is not None),
    )


def lock(connection: sa.Connection, chosen: Collection[int]) -> None:
    """Let nobody else touch these deliveries and their lanes until the transaction ends."""
    for chunk in listed(chosen):
        connection.execute(_lock, {"ids": chunk}).all()


def retry_since(
    connection: sa.Connection,
    since: datetime | None,
    *,
    destination: int | None = None,
    now: datetime,
) -> int:
    """Let what failed since then, or ever, wait again; of one destination if asked."""
    failed = _failed_since
    if destination is not None:
        failed = failed.where(deliveries.c.destination == destination)
    rows = connection.execute(failed, {"since": since or EPOCH}).all()
    chosen = [row.id for row in rows]
    _write(connection, chosen, "retry", _values("retry", now, None, None), now)
    outbox.refresh(connection, (row.destination for row in rows))
    return len(rows)


def count_failed(
    connection: sa.Connection, destination: int, moments: Sequence[datetime]
) -> tuple[int, ...]:
    """Count what failed for a destination since each moment, as `retry_since` would find it."""
    each = [sa.func.count(sa.case((deliveries.c.changed_at >= moment, 1))) for moment in moments]
    counted = (
        sa.select(*each)
        .join_from(deliveries, destinations, destinations.c.id == deliveries.c.destination)
        .where(*_FAILED_SINCE, deliveries.c.destination == destination)
    )
    return tuple(connection.execute(counted, {"since": min(moments)}).one())


def _write(
    connection: sa.Connection,
    chosen: Collection[int],
    deed: Deed,
    values: dict[str, Any],
    now: datetime,
) -> None:
    for chunk in listed(chosen):
        connection.execute(_chosen.values(values | NO_MORE_LOOKS), {"ids": chunk})
    if deed == "retry":
        roll_ups.release(connection, chosen, now=now)
    roll_ups.follow(connection, chosen, now=now)


def _refusal(row: AnyRow | None, deed: Deed) -> str | None:
    if row is None:
        return NOT_THERE
    if row.goes_out_with is not None and row.state != DeliveryState.SENT:
        return f"it goes out with delivery {row.goes_out_with}"
    if row.state not in ALLOWED[deed]:
        return IT_IS[DeliveryState(row.state)]
    return _not_again(row, deed) if deed in ("retry", "resend") else None


def _not_again(row: AnyRow, deed: Deed) -> str | None:
    if row.removed_at is not None:
        return NO_DESTINATION
    if deed == "retry":
        rolls_up_nothing = row.occasion.startswith(f"{ROLL_UP}:") and not row.members
        return roll_ups.NOTHING_LEFT if rolls_up_nothing else None
    if row.members:
        return ONE_BY_ONE
    went_with = row.goes_out_with
    return None if went_with is None else f"it went out with delivery {went_with}"


def _values(
    deed: Deed, now: datetime, message_id: str | None, reason: str | None
) -> dict[str, Any]:
    match deed:
        case (
            "retry" | "resend"
        ):  # with all its attempts before it again; its place and its body stay
            return {
                "state": DeliveryState.WAITING,
                "reason": reason,
                "due_at": now,
                "attempts": 0,
                "overtakable": False,
                "released_at": now,
                "route": outbox.LIVING_ROUTE,
                "changed_at": now,
            }
        case "confirm":
            values: dict[str, Any] = {
                "state": DeliveryState.SENT,
                "reason": reason,
                "sent_at": now,
                "changed_at": now,
            }
            return values if message_id is None else values | {"message_id": message_id}
        case "delete":
            return {"reason": reason or DELETED}
        case "drop":
            return {
                "state": DeliveryState.DROPPED,
                "reason": reason or DROPPED,
                "changed_at": now,
            }
