"""Due feeds are claimed fairly: the longest due first, few of a host, none twice."""

from datetime import datetime, timedelta

from feeds.model import (
    FeedState,
)
from feeds.store import Store
from tests.builders import NOON
from tests.store.situations import (
    MINUTE,
    SECOND,
    a_poll,
    a_source,
    execute,
)


async def take(
    store: Store,
    *,
    now: datetime = NOON,
    limit: int = 10,
    per_host: int = 2,
    lease: timedelta = MINUTE,
) -> list[str]:
    claimed = await store.claim_feeds(now=now, limit=limit, per_host=per_host, lease=lease)
    return [feed.name for feed in claimed]


async def test_the_longest_due_feed_is_claimed_first(store: Store) -> None:
    for minutes, name in enumerate(("late", "later", "last")):
        await a_source(store, name, now=NOON + minutes * MINUTE)

    claimed = await take(store, now=NOON + MINUTE, limit=2)

    assert claimed == ["late", "later"]


async def test_a_claimed_feed_is_claimed_by_nobody_else_until_the_claim_runs_out(
    store: Store,
) -> None:
    await a_source(store)

    assert await take(store) == ["daily-berita"]
    assert await take(store, now=NOON + MINUTE - SECOND) == []
    assert await take(store, now=NOON + MINUTE) == ["daily-berita"]


async def test_a_host_is_asked_by_few_at_once_counting_those_in_flight(store: Store) -> None:
    for number in range(4):
        await a_source(store, f"feed-{number}", url=f"https://one.example/{number}")
    other = await a_source(store, "other", url="https://two.example/", now=NOON + SECOND)

    first = await take(store, now=NOON + SECOND, limit=3, per_host=2)
    second = await take(store, now=NOON + SECOND, per_host=2)
    await store.release_feeds([1])
    third = await take(store, now=NOON + SECOND, per_host=2)

    assert first == ["feed-0", "feed-1", other.name]
    assert second == []
    assert third == ["feed-0"]


async def test_a_host_with_many_feeds_due_starves_no_other(store: Store) -> None:
    template = await a_source(store, "feed-0", url="https://one.example/0")
    await execute(
        store,
        "WITH RECURSIVE more(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM more WHERE n < 300)"
        " INSERT INTO feeds (name, url, host, title, origin, state, next_poll_at, next_poll_why,"
        " created_at, failures, entries_seen, links_shared, shared_guids, moved_polls)"
        " SELECT 'feed-' || n, url || n, host, title, origin, state, next_poll_at, next_poll_why,"
        " created_at, failures, entries_seen, links_shared, shared_guids, moved_polls"
        " FROM feeds, more WHERE id = :template",
        template=template.id,
    )
    await a_source(store, "other", url="https://two.example/", now=NOON + SECOND)

    first = await take(store, now=NOON + SECOND, limit=1, per_host=1)
    second = await take(store, now=NOON + SECOND, limit=1, per_host=1)

    assert [*first, *second] == ["feed-0", "other"]


async def test_files_have_no_host_to_be_gentle_with(store: Store) -> None:
    for number in range(3):
        await a_source(store, f"file-{number}", url=f"file:sample-{number}.xml")

    assert len(await take(store, per_host=1)) == 3


async def test_paused_gone_and_removed_feeds_are_not_claimed(store: Store) -> None:
    paused, gone, removed = [await a_source(store, name) for name in ("a", "b", "c")]
    await store.pause_feed(paused.id, now=NOON)
    poll = a_poll(gone, state=FeedState.GONE, state_reason="410 twice", next_poll_at=NOON)
    await store.record_polls([poll], now=NOON)
    await store.remove_feed(removed.id, now=NOON)

    assert await take(store) == []
    assert (await store.feed_by("b")).state_reason == "410 twice"


async def test_a_released_feed_is_due_again_and_nothing_else_changed(store: Store) -> None:
    feed = await a_source(store)
    await take(store)

    await store.release_feeds([feed.id])

    assert await take(store) == ["daily-berita"]
    assert await store.feed_by("daily-berita") == feed


async def test_the_next_due_feed_is_known_and_a_lost_claim_counts(store: Store) -> None:
    assert await store.next_due_feed_at() is None
    await a_source(store)
    assert await store.next_due_feed_at() == NOON
    await take(store)
    assert await store.next_due_feed_at() == NOON + MINUTE


async def test_recording_ends_the_claim(store: Store) -> None:
    feed = await a_source(store)
    await take(store, lease=timedelta(days=9))

    await store.record_polls([a_poll(feed, next_poll_at=NOON + SECOND)], now=NOON)

    assert await take(store, now=NOON + SECOND) == ["daily-berita"]
