"""Stories as they lie on the shelf: a feed's newest, to try looks and filters on."""

import sqlalchemy as sa

from feeds.model import Story
from feeds.store.nouns import STORY, as_story
from feeds.store.tables import keys, stories

# By its keys, which the index has by feed: stories themselves lie in the order they came.
_latest = (
    sa.select(keys.c.story)
    .where(keys.c.feed == sa.bindparam("of_feed"), keys.c.story.is_not(None))
    .distinct()
    .order_by(keys.c.story.desc())
    .limit(sa.bindparam("most"))
)
_newest = sa.select(*STORY).where(stories.c.id.in_(_latest)).order_by(stories.c.id.desc())


def newest(connection: sa.Connection, feed: int, *, limit: int) -> tuple[Story, ...]:
    """List a feed's stories, the one accepted last first."""
    rows = connection.execute(_newest, {"of_feed": feed, "most": limit})
    return tuple(as_story(row) for row in rows)
