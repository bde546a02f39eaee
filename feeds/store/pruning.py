"""What is over is forgotten in time: small transactions, so that nobody waits for them."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

import sqlalchemy as sa

from feeds.model import WEBHOOK, DeliveryState
from feeds.store import talks
from feeds.store.runner import Runner
from feeds.store.side_tables import notices, paces
from feeds.store.sightings import forget_sightings
from feeds.store.statements import AnyRow, ids
from feeds.store.tables import (
    DESTINATION_LIVE,
    deliveries,
    destinations,
    feeds,
    keys,
    off_lane,
    stories,
)

BATCH = 500  # rows of one transaction
FEEDS_BATCH = 100
KEYS_KEEP = timedelta(days=180)  # since an entry was last in its document
KEYS_MIN = 3_000  # kept of each feed in any case, or so many times what its document holds
KEYS_PER_ENTRY = 24  # an entry is known by about six names
NOTICES_KEEP = timedelta(days=30)  # since they were over
PACES_KEEP = timedelta(days=1)  # longer than any window of a pace
OVER = (DeliveryState.SENT, DeliveryState.DROPPED, DeliveryState.FAILED)

_before = sa.bindparam("before", type_=deliveries.c.changed_at.type)
_deliveries = sa.delete(deliveries).where(
    deliveries.c.id.in_(
        sa.select(deliveries.c.id)
        .where(
            off_lane(deliveries),
            deliveries.c.state.in_(ids("states")),
            deliveries.c.changed_at < _before,
        )
        .limit(BATCH)
    )
)
_stories = sa.delete(stories).where(
    stories.c.id.in_(
        sa.select(stories.c.id)
        .where(
            stories.c.accepted_at < _before,
            sa.not_(sa.exists().where(deliveries.c.story == stories.c.id)),
        )
        .limit(BATCH)
    )
)
_notices = sa.delete(notices).where(notices.c.over_at < _before)
_paces = sa.delete(paces).where(paces.c.used_at < _before)
_old_secrets = (
    sa.update(destinations)
    .where(
        DESTINATION_LIVE,  # of a removed one it is forgotten at once
        destinations.c.kind == WEBHOOK,
        destinations.c.old_secret_until < _before,
    )
    .values(old_secret=None, old_secret_until=None)
)
_feeds_after = (
    sa.select(feeds.c.id, feeds.c.entries_seen)
    .where(feeds.c.id > sa.bindparam("after"))
    .order_by(feeds.c.id)
    .limit(FEEDS_BATCH)
)
_key_counts = (
    sa.select(
        keys.c.feed,
        sa.func.count().label("kept"),
        sa.func.count(sa.case((keys.c.seen_at < _before, 1))).label("old"),
    )
    .where(keys.c.feed.in_(ids()))
    .group_by(keys.c.feed)
)
_old = (
    sa.select(keys.c.digest, keys.c.kind)
    .where(keys.c.feed == sa.bindparam("of_feed"), keys.c.seen_at < _before)
    .order_by(keys.c.seen_at)
    .limit(sa.bindparam("most", type_=sa.Integer))
)
_oldest_keys = sa.delete(keys).where(
    keys.c.feed == sa.bindparam("of_feed"), sa.tuple_(keys.c.digest, keys.c.kind).in_(_old)
)


async def prune(runner: Runner, *, now: datetime, keep: timedelta) -> int:
    """Forget deliveries over since before `now - keep`, stories left without any, and old keys.

    What waits, is held, is being sent or is in doubt is never touched.
    """
    before = now - keep
    over = {"before": before, "states": list(OVER)}
    gone = await _until_none_left(runner, lambda c: c.execute(_deliveries, over).rowcount)
    gone += await _until_none_left(
        runner, lambda c: c.execute(_stories, {"before": before}).rowcount
    )
    gone += await runner.write(lambda c: _forget_small(c, now))
    return gone + await _prune_keys(runner, now - KEYS_KEEP)


def _forget_small(connection: sa.Connection, now: datetime) -> int:
    """Forget what never is much: paces, sightings, updates, notices, secrets that ended."""
    gone = connection.execute(_paces, {"before": now - PACES_KEEP}).rowcount
    gone += connection.execute(_notices, {"before": now - NOTICES_KEEP}).rowcount
    gone += connection.execute(_old_secrets, {"before": now}).rowcount
    return gone + forget_sightings(connection, now=now) + talks.forget(connection, now=now)


async def _until_none_left(runner: Runner, batch: Callable[[sa.Connection], int]) -> int:
    gone = await runner.write(batch)
    total = gone
    while gone == BATCH:
        gone = await runner.write(batch)
        total += gone
    return total


async def _prune_keys(runner: Runner, before: datetime) -> int:
    after, total = 0, 0
    while True:
        found = await runner.read(partial(_feeds_beyond, after=after))
        if not found:
            return total
        floors = {
            feed: max(KEYS_MIN, KEYS_PER_ENTRY * entries_seen) for feed, entries_seen in found
        }
        total += await _prune_keys_of(runner, floors, before)
        after = found[-1].id


def _feeds_beyond(connection: sa.Connection, *, after: int) -> Sequence[AnyRow]:
    return connection.execute(_feeds_after, {"after": after}).all()


async def _prune_keys_of(runner: Runner, floors: dict[int, int], before: datetime) -> int:
    """Forget the oldest keys of these feeds, but for the floor each must keep."""
    asked = {"ids": list(floors), "before": before}
    counts = await runner.read(lambda c: c.execute(_key_counts, asked).all())
    spare = {feed: min(old, kept - floors[feed]) for feed, kept, old in counts}
    wanted = [
        {"of_feed": feed, "before": before, "most": most}
        for feed, most in spare.items()
        if most > 0
    ]
    if not wanted:
        return 0
    return await runner.write(
        lambda c: sum(c.execute(_oldest_keys, each).rowcount for each in wanted)
    )
