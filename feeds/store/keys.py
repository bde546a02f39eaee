"""The names stories are known by: looked up a document at a time, remembered a poll at a time."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from feeds.model import Key, KeyKind, KnownKey, NewStory, SeenKeys
from feeds.store.columns import Instant
from feeds.store.statements import ids, listed, upsert
from feeds.store.tables import keys, stories

# `seen_at` serves forgetting after months: to a day is exact enough, and saves most of the writing.
SEEN_STEP = timedelta(days=1)

_known = (
    sa.select(keys.c.kind, keys.c.digest, keys.c.story, stories.c.fingerprint, keys.c.seen_at)
    .outerjoin(stories, stories.c.id == keys.c.story)
    .where(keys.c.feed == sa.bindparam("feed"), keys.c.digest.in_(ids("digests")))
)
_remember = upsert(
    keys,
    key=("feed", "digest", "kind"),
    # A key that leads to a story is never made to lead nowhere.
    update=lambda new: {
        "story": sa.func.coalesce(new.story, keys.c.story),
        "seen_at": new.seen_at,
    },
    where=lambda new: sa.or_(
        keys.c.seen_at <= sa.bindparam("stale", type_=Instant),
        sa.and_(new.story.is_not(None), keys.c.story.is_distinct_from(new.story)),
    ),
)


def known(connection: sa.Connection, feed: int, asked: Collection[Key]) -> dict[Key, KnownKey]:
    """Look up keys of one feed, all at once; what is not known is left out."""
    found: dict[Key, KnownKey] = {}
    wanted = frozenset(asked)
    for chunk in listed(key.digest for key in wanted):
        rows = connection.execute(_known, {"feed": feed, "digests": chunk})
        for kind, digest, story, fingerprint, seen_at in rows:
            key = Key(kind=KeyKind(kind), digest=digest)
            if key in wanted:
                found[key] = KnownKey(story=story, fingerprint=fingerprint, seen_at=seen_at)
    return found


def remember(
    connection: sa.Connection,
    feed: int,
    *,
    stories: Iterable[tuple[int, NewStory]],
    seen: Sequence[SeenKeys],
    now: datetime,
) -> None:
    """Write the keys of new stories and of everything else that was seen."""
    rows = [_row(feed, key, each.story, now) for each in seen for key in each.keys]
    rows += [_row(feed, key, story, now) for story, new in stories for key in new.keys]
    if rows:
        connection.execute(_remember[connection.dialect.name], rows)


def _row(feed: int, key: Key, story: int | None, now: datetime) -> dict[str, Any]:
    return {
        "feed": feed,
        "digest": key.digest,
        "kind": int(key.kind),
        "story": story,
        "seen_at": now,
        "stale": now - SEEN_STEP,
    }
