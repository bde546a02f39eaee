"""The names stories are known by: looked up a document at a time, remembered a poll at a time."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from feeds.model import Key, KnownKey, NewStory, SeenKeys
from feeds.store.columns import EPOCH, MILLISECOND, Instant
from feeds.store.nouns import DIGEST_BYTES
from feeds.store.statements import upsert
from feeds.store.tables import keys, stories

# `seen_at` serves forgetting after months: to a day is exact enough, and saves most of the writing.
SEEN_STEP = timedelta(days=1)


def _known() -> sa.Select[*tuple[Any, ...]]:
    """Look up all digests of a document, handed over end to end as one value.

    An IN list of hundreds of values costs five times as much, most of it before the database.
    """
    joined = sa.bindparam("digests", type_=sa.LargeBinary)
    first = sa.select(sa.literal_column("1", sa.Integer).label("at")).cte("places", recursive=True)
    following = first.c.at + DIGEST_BYTES
    places = first.union_all(sa.select(following).where(following < sa.func.length(joined)))
    digest = sa.func.substr(joined, places.c.at, DIGEST_BYTES, type_=sa.LargeBinary)
    return (
        sa.select(
            *(keys.c.kind, keys.c.digest, keys.c.story, stories.c.fingerprint),
            sa.type_coerce(keys.c.seen_at, sa.BigInteger),
        )
        .select_from(places)
        .join(keys, sa.and_(keys.c.feed == sa.bindparam("feed"), keys.c.digest == digest))
        .outerjoin(stories, stories.c.id == keys.c.story)
    )


_look_up = _known()
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
    wanted = {(int(key.kind), key.digest): key for key in asked}
    if not wanted:
        return {}
    digests = b"".join({digest for _, digest in wanted})
    found: dict[Key, KnownKey] = {}
    told: dict[tuple[int | None, int], KnownKey] = {}  # the names of a story all tell the same
    rows = connection.execute(_look_up, {"feed": feed, "digests": digests}).all()
    for kind, digest, story, fingerprint, seen in rows:
        if (key := wanted.get((kind, digest))) is None:
            continue
        if (known_key := told.get((story, seen))) is None:
            seen_at = EPOCH + seen * MILLISECOND
            known_key = KnownKey(story=story, fingerprint=fingerprint, seen_at=seen_at)
            told[story, seen] = known_key
        found[key] = known_key
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
