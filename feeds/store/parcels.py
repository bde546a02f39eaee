"""A parcel as it is read: a delivery with its story, its source and its route's options.

That of a roll-up has the stories of its members instead, the newest first.
"""

from collections.abc import Sequence
from dataclasses import replace

import sqlalchemy as sa

from feeds.model import Parcel, RouteOptions
from feeds.store.nouns import (
    DELIVERY,
    SOURCE,
    STORY,
    Row,
    as_delivery,
    as_source,
    as_story,
)
from feeds.store.options import as_route_options
from feeds.store.side_tables import roll_ups
from feeds.store.tables import deliveries, feeds, routes, stories

PARCEL = (*DELIVERY, routes.c.options, *SOURCE, *STORY)
OPTIONS = len(DELIVERY)  # where the parts of a row of PARCEL begin
SOURCE_AT = OPTIONS + 1
STORY_AT = SOURCE_AT + len(SOURCE)
ROLL_UP_SHOWN = 30  # headlines of one roll-up


def with_story(found: sa.FromClause) -> sa.FromClause:
    """Join to deliveries in `found` what PARCEL reads of them."""
    return (
        found.outerjoin(routes, routes.c.id == deliveries.c.route)
        .outerjoin(stories, stories.c.id == deliveries.c.story)
        .outerjoin(feeds, feeds.c.id == stories.c.feed)
    )


def as_parcel(row: Row) -> Parcel:
    """Read a row of PARCEL; what follows it is left alone."""
    has_story = row[STORY_AT] is not None
    return Parcel(
        delivery=as_delivery(row[:OPTIONS]),
        story=as_story(row[STORY_AT : len(PARCEL)]) if has_story else None,
        source=as_source(row[SOURCE_AT:STORY_AT]) if has_story else None,
        options=as_route_options(row[OPTIONS]),
    )


_members = (
    sa.select(*PARCEL, sa.func.count().over().label("total"))
    .select_from(with_story(roll_ups.join(deliveries, deliveries.c.id == roll_ups.c.member)))
    .where(roll_ups.c.into == sa.bindparam("roll_up"))
    .order_by(deliveries.c.seq.desc())
    .limit(ROLL_UP_SHOWN)
)


def with_members(connection: sa.Connection, parcels: Sequence[Parcel]) -> list[Parcel]:
    """Put the members' stories into the parcels of roll-ups."""
    return [
        _filled(connection, parcel) if parcel.delivery.is_roll_up else parcel for parcel in parcels
    ]


def _filled(connection: sa.Connection, parcel: Parcel) -> Parcel:
    """Fill one; it makes a sound unless every route of its members is silent."""
    rows = connection.execute(_members, {"roll_up": parcel.delivery.id}).all()
    members = [as_parcel(row) for row in rows]
    sources = {each.source.id: each.source for each in members if each.source is not None}
    return replace(
        parcel,
        members=tuple(each.story for each in members if each.story is not None),
        members_total=rows[0].total if rows else 0,
        sources=tuple(sources.values()),
        options=RouteOptions(silent=bool(members) and all(m.options.silent for m in members)),
    )
