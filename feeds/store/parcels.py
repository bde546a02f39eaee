"""A parcel as it is read: a delivery with its story, its source and its route's options."""

import sqlalchemy as sa

from feeds.model import Parcel
from feeds.store.nouns import (
    DELIVERY,
    SOURCE,
    STORY,
    Row,
    as_delivery,
    as_route_options,
    as_source,
    as_story,
)
from feeds.store.tables import deliveries, feeds, routes, stories

PARCEL = (*DELIVERY, routes.c.options, *SOURCE, *STORY)
OPTIONS = len(DELIVERY)  # where the parts of a row of PARCEL begin
SOURCE_AT = OPTIONS + 1
STORY_AT = SOURCE_AT + len(SOURCE)


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
