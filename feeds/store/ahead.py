"""What stands before a waiting delivery: its lane's head, a closed pace, a doubt, an outage."""

from datetime import datetime

import sqlalchemy as sa

from feeds.model import Delivery, DeliveryState, Destination
from feeds.store.chats import place_of
from feeds.store.columns import Instant
from feeds.store.notices import details_of, outage_key
from feeds.store.paces import as_pace
from feeds.store.rows import Ahead
from feeds.store.side_tables import paces
from feeds.store.tables import deliveries, in_lane

_lane = deliveries.c.destination == sa.bindparam("lane")
_head = (
    sa.select(deliveries.c.id, deliveries.c.state, deliveries.c.due_at)
    .where(
        _lane,
        in_lane(deliveries),
        sa.not_(deliveries.c.overtakable),
        deliveries.c.seq < sa.bindparam("place"),
    )
    .order_by(deliveries.c.seq)
    .limit(1)
)
# As NO_FRESH_DOUBT of `lanes` has it: in the first minute, or not looked into at all yet.
_doubt = (
    sa.select(deliveries.c.id)
    .where(
        _lane,
        deliveries.c.look_at.is_not(None),
        deliveries.c.state == DeliveryState.IN_DOUBT,
        sa.or_(
            deliveries.c.look_until.is_(None),
            deliveries.c.look_until > deliveries.c.changed_at,
        ),
    )
    .order_by(deliveries.c.look_at)
    .limit(1)
)
_closed = (
    sa.select(paces.c.scope, paces.c.recent, paces.c.not_before, paces.c.reason)
    .where(
        paces.c.not_before > sa.bindparam("now", type_=Instant),
        sa.or_(
            paces.c.scope.in_(sa.bindparam("own", expanding=True)),
            paces.c.scope.startswith(sa.bindparam("token"), autoescape=False),
        ),
    )
    .order_by(paces.c.not_before.desc())
    .limit(1)
)


def ahead_of(
    connection: sa.Connection, delivery: Delivery, destination: Destination, *, now: datetime
) -> Ahead | None:
    """Read it; None for what does not wait. What was closed until before `now` is not told."""
    if delivery.state is not DeliveryState.WAITING:
        return None
    lane = {"lane": destination.id, "place": delivery.seq}
    head = connection.execute(_head, lane).first()
    kind = destination.kind
    own = [f"{kind}:{destination.id}", f"{kind}:chat:{place_of(destination.address)}"]
    scopes = {"own": own, "token": f"{kind}:bot:", "now": now}
    closed = connection.execute(_closed, scopes).first()
    key = outage_key(kind)
    outage = details_of(connection, [key]).get(key, {})
    return Ahead(
        head=head.id if head else None,
        head_state=DeliveryState(head.state) if head else None,
        head_due_at=head.due_at if head else None,
        lane_until=destination.not_before,
        closed=as_pace(closed) if closed else None,
        doubt=connection.execute(_doubt, lane).scalar(),
        outage=outage.get("reason"),
    )
