"""What a guard holds until an admin decides, as bursts, and the incident that tells of them.

A burst is what is held for one destination for one reason; its id is that of its first delivery.
Members of roll-ups are held, too, but wait for nobody's word.
"""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from feeds.model import Ending, Incident, NoticeKind
from feeds.store import notices
from feeds.store.roll_ups import IS_MEMBER
from feeds.store.rows import Burst
from feeds.store.statements import ids, listed
from feeds.store.tables import HELD, deliveries, destinations, off_lane, stories

BURSTS_MAX = 500  # listed

_is_held = sa.and_(off_lane(deliveries), deliveries.c.state == HELD, sa.not_(IS_MEMBER))
_grouped = (
    sa.select(
        deliveries.c.destination,
        deliveries.c.reason,
        sa.func.min(deliveries.c.id).label("id"),
        sa.func.count().label("total"),
        sa.func.min(deliveries.c.seq).label("first_seq"),
        sa.func.max(deliveries.c.seq).label("last_seq"),
        sa.func.min(deliveries.c.created_at, type_=deliveries.c.created_at.type).label("since"),
    )
    .where(_is_held)
    .group_by(deliveries.c.destination, deliveries.c.reason)
)
_burst = _grouped.subquery("burst")


def _title_at(seq: sa.ColumnElement[int]) -> sa.ScalarSelect[str]:
    return (
        sa.select(stories.c.title)
        .join(deliveries, deliveries.c.story == stories.c.id)
        .where(deliveries.c.destination == _burst.c.destination, deliveries.c.seq == seq)
        .scalar_subquery()
    )


_listed = (
    sa.select(
        _burst.c.id,
        destinations.c.name.label("destination"),
        destinations.c.kind,
        _burst.c.reason,
        _burst.c.total.label("count"),
        _burst.c.since,
        _title_at(_burst.c.first_seq).label("oldest"),
        _title_at(_burst.c.last_seq).label("newest"),
        destinations.c.id.label("destination_id"),
    )
    .join(destinations, destinations.c.id == _burst.c.destination)
    .order_by(_burst.c.id)
    .limit(BURSTS_MAX)
)
_of_lanes = _grouped.where(deliveries.c.destination.in_(ids())).order_by("id")
_members = (
    sa.select(deliveries.c.id, deliveries.c.seq)
    .where(
        _is_held,
        deliveries.c.destination == sa.bindparam("lane"),
        deliveries.c.reason == sa.bindparam("why"),
    )
    .order_by(deliveries.c.seq)
)


def listing(connection: sa.Connection) -> tuple[Burst, ...]:
    """List the bursts that wait for a word, the one that came first at the top."""
    return tuple(Burst(**row._asdict()) for row in connection.execute(_listed))


def held_with(connection: sa.Connection, lane: int, reason: str) -> list[int]:
    """List what is held for a destination for this reason, in lane order."""
    return list(connection.scalars(_members, {"lane": lane, "why": reason}))


def begin(connection: sa.Connection, lanes: Collection[int], *, now: datetime) -> None:
    """Begin the incident of each lane that has something held; one that goes on stays as it is."""
    notices.begin_for_admins(connection, _incidents(connection, lanes).values(), now=now)


def end_decided(
    connection: sa.Connection,
    lanes: Collection[int],
    *,
    now: datetime,
    ending: Ending | None = None,
) -> None:
    """End the incident of each lane in which nothing is held any more."""
    left = _incidents(connection, lanes)
    over = [held_key(lane) for lane in lanes if lane not in left]
    notices.end(connection, over, now=now, ending=ending)


def _incidents(connection: sa.Connection, lanes: Collection[int]) -> dict[int, Incident]:
    """Say by lane what is held there: of its first burst the id and reason, of all the number."""
    found: dict[int, Incident] = {}
    for chunk in listed(lanes):
        counts: dict[int, int] = {}
        rows = connection.execute(_of_lanes, {"ids": chunk}).all()
        for row in rows:
            counts[row.destination] = counts.get(row.destination, 0) + row.total
        for row in rows:
            details = {"count": str(counts[row.destination]), "reason": row.reason}
            incident = Incident(
                key=held_key(row.destination),
                kind=NoticeKind.HELD,
                destination=row.destination,
                delivery=row.id,
                details=details,
            )
            found.setdefault(row.destination, incident)
    return found


def held_key(destination: int) -> str:
    """Name the incident of a destination for which something is held."""
    return f"held:{destination}"
