"""Pages of deliveries as the chat shows them: two queries, one that counts and one that lists."""

from collections.abc import Collection

import sqlalchemy as sa

from feeds.model import DeliveryState
from feeds.store import roll_ups
from feeds.store.card_rows import DeliveryPage, ListedDelivery
from feeds.store.statements import AnyRow
from feeds.store.tables import deliveries, destinations, in_lane, off_lane, stories

# Of those under way nobody decides on members, but on the roll-up that they go out in.
_OVER = (DeliveryState.SENT, DeliveryState.DROPPED)
_SHOWN = sa.or_(deliveries.c.state.in_(_OVER), sa.not_(roll_ups.IS_MEMBER))
_LANE = (DeliveryState.WAITING, DeliveryState.SENDING)
_listed = (
    sa.select(
        *(deliveries.c.id, deliveries.c.state, stories.c.title, deliveries.c.occasion),
        *(destinations.c.name.label("place_name"), destinations.c.title.label("place_title")),
        *(deliveries.c.changed_at, roll_ups.MEMBERS.label("members")),
    )
    .select_from(deliveries)
    .join(destinations, destinations.c.id == deliveries.c.destination)
    .outerjoin(stories, stories.c.id == deliveries.c.story)
    .where(_SHOWN)
)


def page(
    connection: sa.Connection,
    *,
    states: Collection[DeliveryState],
    among: Collection[int] | None,
    offset: int,
    limit: int,
) -> DeliveryPage:
    """Read one page; no `states`: of every. `among`: of these destinations alone, None: of all.

    Those of some states come by their last change, all together by their making.
    """
    mine = sa.true() if among is None else deliveries.c.destination.in_(among)
    by_state = sa.union_all(
        *(
            sa.select(deliveries.c.state, sa.func.count())
            .where(lane(deliveries), mine, _SHOWN)
            .group_by(deliveries.c.state)
            for lane in (in_lane, off_lane)
        )
    )
    listed = _listed.where(mine).limit(limit).offset(offset)
    if states:
        lane = in_lane if set(states) <= set(_LANE) else off_lane
        listed = listed.where(lane(deliveries), deliveries.c.state.in_(states)).order_by(
            deliveries.c.changed_at.desc(), deliveries.c.id.desc()
        )
    else:
        listed = listed.order_by(deliveries.c.id.desc())
    return DeliveryPage(
        rows=tuple(_as_listed(row) for row in connection.execute(listed)),
        counts={DeliveryState(state): count for state, count in connection.execute(by_state)},
    )


def _as_listed(row: AnyRow) -> ListedDelivery:
    values = row._asdict() | {"title": row.title or "", "place_title": row.place_title or ""}
    return ListedDelivery(**values | {"state": DeliveryState(row.state)})
