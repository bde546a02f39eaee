"""Feeds: added, changed, paused, removed softly, and back again."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from feeds.errors import Conflict
from feeds.model import (
    DeliveryState,
    FeedState,
    Origin,
    PollMemory,
    Validators,
)
from feeds.store import Store
from tests.builders import NOON
from tests.store.situations import (
    MINUTE,
    SECOND,
    a_filled_lane,
    a_poll,
    a_source,
    claim_one,
    key,
    rows,
    send,
    states,
)

REMEMBERED = PollMemory(
    validators=Validators(etag='"x"'), baseline_at=NOON, last_poll_at=NOON, body_digest=b"d" * 16
)

FAILED = PollMemory(baseline_at=NOON, last_poll_at=NOON - 2 * MINUTE, failures=1, last_status=500)
WAITING_AT_A_START: dict[str, tuple[str, dict[str, Any]]] = {
    "mended": ("backoff", {}),
    "just-asked": ("backoff", {"last_poll_at": NOON - MINUTE}),
    "told-to-wait": ("Retry-After", {"last_status": 503}),
    "asked-too-often": ("backoff", {"last_status": 429}),
    "said-gone": ("backoff", {"last_status": 410, "gone_since": NOON}),
    "given-up": ("gone", {"last_status": 410, "gone_since": NOON}),
    "well": ("interval", {"failures": 0, "last_status": 200}),
    "fresh": ("max-age", {"failures": 0, "last_status": 200}),
    "paused": ("backoff", {}),
}


async def test_a_new_feed_is_due_at_once_and_found_by_name_id_and_url(store: Store) -> None:
    feed = await store.add_feed(
        "berita", "https://berita.example/feed/", every=MINUTE, start=None, now=NOON
    )

    assert (feed.next_poll_at, feed.every, feed.start) == (NOON, MINUTE, None)
    assert (feed.origin, feed.state, feed.memory) == (Origin.ADMIN, FeedState.ACTIVE, PollMemory())
    assert await store.feed_by("berita") == feed
    assert await store.feed_by(feed.id) == await store.feed_by(str(feed.id)) == feed
    assert await store.find_feed_by_url(feed.url) == feed
    assert await store.feed_by("nothing") is await store.feed_by(99) is None
    assert await store.find_feed_by_url("https://nothing.example/") is None


async def test_two_feeds_never_share_a_name_or_a_url(store: Store) -> None:
    one, two = await a_source(store, "one"), await a_source(store, "two")

    with pytest.raises(Conflict, match="called one already"):
        await a_source(store, "one", url="https://third.example/")
    with pytest.raises(Conflict, match="called one"):
        await a_source(store, "third", url=one.url)
    with pytest.raises(Conflict):
        await store.set_feed(two.id, name="one")
    with pytest.raises(Conflict):
        await store.set_feed(two.id, url=one.url)


async def test_a_feed_may_keep_its_own_name_and_url(store: Store) -> None:
    feed = await a_source(store)

    assert await store.set_feed(feed.id, name=feed.name, url=feed.url) == feed


@pytest.mark.parametrize(
    "changes",
    [{"name": "mine"}, {"url": "https://mine.example/"}, {"every": timedelta(hours=1)}],
    ids=["name", "url", "every"],
)
async def test_what_somebody_else_changed_meanwhile_is_not_overwritten(
    changes: Any, store: Store
) -> None:
    seen = await store.add_feed("a", "https://a.example/", now=NOON)
    theirs: Any = {"name": "b", "url": "https://b.example/", "every": timedelta(hours=2)}
    await store.set_feed(seen.id, **{name: theirs[name] for name in changes})
    untouched = await store.feed_by(seen.id)

    with pytest.raises(Conflict, match="changed meanwhile"):
        await store.set_feed(seen.id, expected=seen, **changes)

    assert await store.feed_by(seen.id) == untouched


async def test_of_what_another_changed_the_rest_may_be_set(store: Store) -> None:
    seen = await store.add_feed("a", "https://a.example/", now=NOON)
    await store.set_feed(seen.id, name="b")

    changed = await store.set_feed(seen.id, expected=seen, every=timedelta(hours=1))

    assert (changed.name, changed.every) == ("b", timedelta(hours=1))


async def test_a_shorter_interval_takes_effect_at_once(store: Store) -> None:
    feed = await a_source(store, every=timedelta(days=1))
    poll = a_poll(feed, next_poll_at=NOON + timedelta(days=1), memory=REMEMBERED)
    await store.record_polls([poll], now=NOON)

    changed = await store.set_feed(feed.id, every=5 * MINUTE)
    default = await store.set_feed(feed.id, every=None)

    assert (changed.every, changed.next_poll_at) == (5 * MINUTE, NOON + 5 * MINUTE)
    assert default.every is None


async def test_a_new_url_begins_with_a_baseline_and_is_due_at_once(store: Store) -> None:
    feed = await a_source(store)
    await store.record_polls([a_poll(feed, memory=REMEMBERED)], now=NOON)

    moved = await store.set_feed(feed.id, url="https://new.example/feed/")

    assert moved.memory == PollMemory()
    assert moved.next_poll_at <= NOON
    (claimed,) = await store.claim_feeds(now=NOON, limit=1, per_host=1, lease=MINUTE)
    assert claimed.url == "https://new.example/feed/"


async def test_a_new_url_may_come_with_its_own_memory(store: Store) -> None:
    feed = await a_source(store)
    memory = replace(REMEMBERED, validators=Validators(), body_digest=None)

    moved = await store.set_feed(
        feed.id, url="https://new.example/", memory=memory, next_poll_at=NOON + SECOND
    )

    assert (moved.memory, moved.next_poll_at) == (memory, NOON + SECOND)


async def test_a_paused_feed_keeps_its_queue_and_a_resumed_one_is_due(store: Store) -> None:
    feed, _ = await a_filled_lane(store, 1)

    paused = await store.pause_feed(feed.id, now=NOON)
    resumed = await store.resume_feed(feed.id, now=NOON + MINUTE)

    assert (paused.state, paused.state_reason) == (FeedState.PAUSED, "paused by an admin")
    assert (resumed.state, resumed.state_reason) == (FeedState.ACTIVE, None)
    assert resumed.next_poll_at == NOON + MINUTE
    assert await states(store) == [DeliveryState.WAITING]


async def test_a_resumed_feed_that_was_gone_starts_counting_410s_anew(store: Store) -> None:
    feed = await a_source(store)
    gone = a_poll(feed, state=FeedState.GONE, memory=replace(REMEMBERED, gone_since=NOON))
    await store.record_polls([gone], now=NOON)

    resumed = await store.resume_feed(feed.id, now=NOON)

    assert (resumed.state, resumed.memory.gone_since) == (FeedState.ACTIVE, None)


async def test_a_removed_feed_drops_what_waits_and_keeps_what_happened(store: Store) -> None:
    feed, _ = await a_filled_lane(store, 3)
    lane = await claim_one(store)
    await send(store, lane)

    await store.remove_feed(feed.id, now=NOON + MINUTE)

    assert await states(store) == [DeliveryState.SENT, *[DeliveryState.DROPPED] * 2]
    row = (await rows(store))[2]
    assert (row.reason, row.changed_at) == ("feed removed", NOON + MINUTE)
    assert await store.list_feeds() == await store.list_routes() == ()
    assert await store.feed_by(feed.name) is None


async def test_a_feed_added_again_comes_back_with_all_it_has_seen(store: Store) -> None:
    feed, _ = await a_filled_lane(store, 1)
    await store.remove_feed(feed.id, now=NOON)

    again = await store.add_feed("new-name", feed.url, start=3, now=NOON + MINUTE)

    assert (again.id, again.name, again.start) == (feed.id, "new-name", 3)
    assert (again.memory, again.next_poll_at) == (PollMemory(), NOON + MINUTE)
    assert key("guid-1") in await store.known_keys(again.id, [key("guid-1")])
    assert await store.list_routes() == ()  # where it goes is said anew
    assert await states(store) == [DeliveryState.DROPPED]


async def test_a_removed_feed_leaves_its_name_free(store: Store) -> None:
    feed = await a_source(store, "berita")
    await store.remove_feed(feed.id, now=NOON)

    other = await a_source(store, "berita", url="https://other.example/")

    assert other.id != feed.id


async def test_a_start_tries_again_what_merely_backs_off_and_cuts_no_publishers_word(
    store: Store,
) -> None:
    feeds = {name: await a_source(store, name) for name in WAITING_AT_A_START}
    later = NOON + 60 * MINUTE
    await store.record_polls(
        [
            a_poll(
                feeds[name],
                next_poll_at=later,
                next_poll_why=why,
                memory=replace(FAILED, **memory),
            )
            for name, (why, memory) in WAITING_AT_A_START.items()
        ],
        now=NOON,
    )
    await store.pause_feed(feeds["paused"].id, now=NOON)

    soon = await store.retry_feeds_soon(now=NOON)

    due = {row.feed.name: row.feed.next_poll_at for row in await store.list_feeds()}
    assert soon == 1
    assert due == dict.fromkeys(feeds, later) | {"mended": NOON}
    assert await store.retry_feeds_soon(now=NOON) == 0
