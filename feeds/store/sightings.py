"""Posts of ours that were seen from outside while their delivery was not settled."""

from collections.abc import Callable
from datetime import datetime, timedelta

import sqlalchemy as sa

from feeds.model import DeliveryState, Sighting
from feeds.store import roll_ups
from feeds.store.chats import IN_CHAT, asked_of
from feeds.store.columns import Instant
from feeds.store.side_tables import sightings
from feeds.store.statements import listed
from feeds.store.tables import DESTINATION_LIVE, deliveries, destinations

SIGHTINGS_KEEP = timedelta(days=1)

_unsettled_at = (
    sa.select(deliveries.c.id, deliveries.c.state, deliveries.c.body)
    .join(destinations, destinations.c.id == deliveries.c.destination)
    .where(
        IN_CHAT,
        DESTINATION_LIVE,
        deliveries.c.state.in_((DeliveryState.SENDING, DeliveryState.IN_DOUBT)),
        sa.not_(roll_ups.IS_MEMBER),  # the roll-up is what is seen
    )
)

# What nobody meant to look into any more stays decided: it holds nobody up, nor is it told anew.
_look = sa.update(deliveries).values(
    look_at=sa.bindparam("now", type_=Instant),
    look_until=sa.case(
        (deliveries.c.look_at.is_(None), deliveries.c.changed_at), else_=deliveries.c.look_until
    ),
)


def sight(
    connection: sa.Connection,
    kind: str,
    place: str,
    sighting: Sighting,
    *,
    mark_body: Callable[[bytes], bytes | None],
    now: datetime,
) -> bool:
    """Keep a post that was seen, if a delivery of that place is not settled; tells whether.

    Only a doubt that says the same is looked into for it: any other post tells nothing of it.
    """
    unsettled = connection.execute(_unsettled_at, asked_of(kind, place)).all()
    if not unsettled:
        return False
    known = {"kind": kind, "place": place, "message_id": sighting.message_id}
    same = sa.and_(*(sightings.c[name] == value for name, value in known.items()))
    connection.execute(sa.delete(sightings).where(same))
    connection.execute(sa.insert(sightings).values(**known, mark=sighting.mark, seen_at=now))
    doubtful = [
        row.id
        for row in unsettled
        if row.state == DeliveryState.IN_DOUBT
        if mark_body(row.body or b"") == sighting.mark
    ]
    for chunk in listed(doubtful):
        connection.execute(_look.where(deliveries.c.id.in_(chunk)), {"now": now})
    return True


def forget_sightings(connection: sa.Connection, *, now: datetime) -> int:
    """Forget posts seen long ago."""
    old = sightings.c.seen_at < now - SIGHTINGS_KEEP
    return connection.execute(sa.delete(sightings).where(old)).rowcount
