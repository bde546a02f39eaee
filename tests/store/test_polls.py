"""Everything a poll found is recorded together or not at all."""

from datetime import datetime, timedelta

import pytest

from feeds.model import (
    DeliveryState,
    Edit,
    FeedState,
    KeyKind,
    PollMemory,
    SeenKeys,
    Validators,
)
from feeds.store import Store
from tests.builders import NOON
from tests.store.situations import (
    DAY,
    MINUTE,
    a_place,
    a_poll,
    a_source,
    claim_one,
    key,
    news,
    publish,
    query,
    rows,
    titles,
)

WHOLE_MEMORY = PollMemory(
    validators=Validators(etag='W/"x"', last_modified="Wed, 13 Sep 2023 12:00:00 GMT"),
    body_digest=b"0123456789abcdef",
    baseline_at=NOON - DAY,
    last_poll_at=NOON,
    last_success_at=NOON - MINUTE,
    last_full_at=NOON - 2 * MINUTE,
    last_status=503,
    last_error="the server is busy",
    failures=2,
    gone_since=NOON - 3 * MINUTE,
    entries_seen=50,
    links_shared=True,
    shared_guids=frozenset({b"a" * 16, b"b" * 16}),
    moved_url="https://elsewhere.example/",
    moved_since=NOON - DAY,
    moved_polls=2,
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


async def test_a_poll_leaves_its_whole_memory_for_the_next(store: Store) -> None:
    feed = await a_source(store)
    await take(store)

    await store.record_polls(
        [a_poll(feed, memory=WHOLE_MEMORY, next_poll_at=NOON + MINUTE)], now=NOON
    )

    (again,) = await store.claim_feeds(now=NOON + MINUTE, limit=1, per_host=1, lease=MINUTE)
    assert again.memory == WHOLE_MEMORY
    assert again.next_poll_at == NOON + MINUTE


async def test_title_link_and_a_new_url_are_taken_over(store: Store) -> None:
    feed = await a_source(store)
    found = a_poll(
        feed, title="Daily Berita", link="https://b.example/", url="https://new.example/"
    )

    await store.record_polls([found], now=NOON)

    (row,) = await store.list_feeds()
    assert (row.title, row.feed.link, row.url) == (found.title, found.link, found.url)


async def test_a_url_that_another_feed_has_is_not_taken_over(store: Store) -> None:
    feed, other = await a_source(store, "one"), await a_source(store, "two")

    (result,) = await store.record_polls([a_poll(feed, news(1), url=other.url)], now=NOON)

    assert result.error is None
    assert len(result.stories) == 1
    assert (await store.feed_by("one")).url == feed.url


async def test_of_two_feeds_that_move_to_one_url_together_the_first_takes_it(store: Store) -> None:
    one, two = await a_source(store, "one"), await a_source(store, "two")
    polls = [a_poll(feed, news(1), url="https://new.example/") for feed in (one, two)]

    results = await store.record_polls(polls, now=NOON)

    assert [result.error for result in results] == [None, None]
    assert (await store.feed_by("one")).url == "https://new.example/"
    assert (await store.feed_by("two")).url == two.url


async def test_each_new_story_gets_a_delivery_for_every_live_route_in_the_order_given(
    store: Store,
) -> None:
    feed = await a_source(store)
    places = [await a_place(store, name) for name in ("one", "two", "three")]
    for place in places:
        await store.add_route(feed.id, place.id, now=NOON)
    await store.remove_destination(places[2].id, now=NOON)

    recorded = await publish(store, feed, 1, 2)

    assert recorded.deliveries == 4
    lane = (await claim_one(store, limit=1)).parcels
    assert titles(lane) == ["Berita 1", "Berita 2"]
    assert [parcel.delivery.seq for parcel in lane] == [1, 2]


async def test_what_is_stored_of_a_story_is_what_the_entry_said(store: Store) -> None:
    feed = await a_source(store)
    place = await a_place(store)
    await store.add_route(feed.id, place.id, now=NOON)
    new = news(1, language="id", found_by=KeyKind.LINK)

    await store.record_polls([a_poll(feed, new, title="Daily Berita")], now=NOON)

    (parcel,) = (await claim_one(store)).parcels
    story = parcel.story
    assert story is not None
    assert story.story_id.startswith("sty_")
    assert len(story.story_id) == 26
    entry = new.entry
    assert (story.title, story.summary, story.link, story.published_at, story.tags) == (
        *(entry.title, entry.summary, entry.link, entry.published_at, entry.tags),
    )
    assert (story.language, story.found_by, story.accepted_at) == ("id", KeyKind.LINK, NOON)
    assert parcel.source is not None
    assert parcel.source.title == "Daily Berita"


async def test_public_ids_are_never_the_same_twice(store: Store) -> None:
    feed = await a_source(store)
    place = await a_place(store)
    await store.add_route(feed.id, place.id, now=NOON)

    await publish(store, feed, *range(1, 51))

    parcels = (await claim_one(store, heads=100)).parcels
    assert len({parcel.delivery.webhook_id for parcel in parcels}) == 50
    assert len({parcel.story.story_id for parcel in parcels if parcel.story}) == 50


async def test_a_guarded_story_is_held_with_the_guards_reason(store: Store) -> None:
    feed = await a_source(store)
    place = await a_place(store)
    await store.add_route(feed.id, place.id, now=NOON)

    await store.record_polls([a_poll(feed, news(1, hold="40 at once"), news(2))], now=NOON)

    found = await rows(store)
    assert (found[1].state, found[1].reason) == (DeliveryState.HELD, "40 at once")
    assert titles((await claim_one(store)).parcels) == ["Berita 2"]


async def test_places_in_a_lane_go_on_over_polls_and_feeds(store: Store) -> None:
    place = await a_place(store)
    feeds = [await a_source(store, name) for name in ("one", "two")]
    for feed in feeds:
        await store.add_route(feed.id, place.id, now=NOON)

    await store.record_polls([a_poll(feed, news(1), news(2)) for feed in feeds], now=NOON)
    await publish(store, feeds[0], 3)

    found = await rows(store)
    assert [found[seq].feed for seq in range(1, 6)] == ["one", "one", "two", "two", "one"]


async def test_a_feed_removed_meanwhile_records_nothing(store: Store) -> None:
    feed = await a_source(store)
    place = await a_place(store)
    await store.add_route(feed.id, place.id, now=NOON)
    await store.remove_feed(feed.id, now=NOON)

    (result,) = await store.record_polls([a_poll(feed, news(1))], now=NOON)

    assert (result.stories, result.deliveries, result.error) == ((), 0, None)
    assert await store.known_keys(feed.id, [key("guid-1")]) == {}


async def test_a_feed_given_another_url_meanwhile_records_nothing_of_the_old_one(
    store: Store,
) -> None:
    feed = await a_source(store)
    await take(store)
    await store.set_feed(feed.id, url="https://elsewhere.example/feed/")

    polled = a_poll(feed, news(1), polled_url=feed.url, memory=WHOLE_MEMORY)
    (result,) = await store.record_polls([polled], now=NOON)

    assert result.stories == ()
    (again,) = await store.claim_feeds(now=NOON, limit=1, per_host=1, lease=MINUTE)
    assert again.memory == PollMemory()


async def test_a_feed_paused_while_it_was_polled_keeps_what_was_found_and_stays_paused(
    store: Store,
) -> None:
    feed = await a_source(store)
    await take(store)
    await store.pause_feed(feed.id, now=NOON)

    (result,) = await store.record_polls([a_poll(feed, news(1))], now=NOON)

    assert len(result.stories) == 1
    assert (await store.feed_by(feed.name)).state is FeedState.PAUSED


@pytest.mark.parametrize(
    "poison",
    [
        {"edits": (Edit(story=1, fingerprint=None),)},  # type: ignore[arg-type]
        {"seen": (SeenKeys(keys=(key("x"),), story=999_999),)},
    ],
    ids=["null", "no such story"],
)
async def test_a_poll_that_cannot_be_stored_spoils_no_other_and_says_why(
    store: Store, poison: dict[str, object]
) -> None:
    good, bad, plain = [await a_source(store, name) for name in ("good", "bad", "plain")]
    place = await a_place(store)
    for feed in (good, bad):
        await store.add_route(feed.id, place.id, now=NOON)
    await publish(store, good, 1)
    await take(store)

    polls = [a_poll(bad, news(2), **poison), a_poll(good, news(3)), a_poll(plain)]
    refused, stored, nothing = await store.record_polls(polls, now=NOON)

    assert refused.stories == ()
    assert refused.error is not None
    assert stored.error is nothing.error is None
    assert await store.known_keys(bad.id, [key("guid-2")]) == {}
    found = await rows(store)
    assert [found[seq].title for seq in sorted(found)] == ["Berita 1", "Berita 3"]
    again = await store.feed_by("bad")
    assert again is not None
    assert again.memory.last_error == refused.error
    assert again.memory.baseline_at is None
    assert again.next_poll_at == NOON + 15 * MINUTE  # no sooner than any other


async def test_a_memory_that_cannot_be_stored_spoils_no_other_of_its_batch(store: Store) -> None:
    good, bad = await a_source(store, "good"), await a_source(store, "bad")
    poison = PollMemory(baseline_at=NOON, entries_seen=2**70)

    polls = [a_poll(good), a_poll(bad, memory=poison)]
    stored, refused = await store.record_polls(polls, now=NOON)

    assert stored.error is None
    assert refused.error is not None
    assert (await store.feed_by("good")).memory.baseline_at == NOON
    assert (await store.feed_by("bad")).memory.baseline_at is None


async def test_texts_that_no_database_takes_are_cleaned_not_refused(store: Store) -> None:
    feed = await a_source(store)
    odd = news(1)
    entry = type(odd.entry)(title="nul\0 and lone \ud83d half", summary="", content="long " * 9_000)
    poll = a_poll(feed, news(1, entry=entry), title="so\0so")

    (result,) = await store.record_polls([poll], now=NOON)

    assert result.error is None
    ((title, summary),) = await query(store, "SELECT title, summary FROM stories")
    assert title == "nul and lone ? half"
    assert 1_000 < len(summary) <= 16_000


async def test_a_route_made_later_publishes_only_what_comes_later(store: Store) -> None:
    feed = await a_source(store)
    place = await a_place(store)
    await publish(store, feed, 1)

    await store.add_route(feed.id, place.id, now=NOON)
    await publish(store, feed, 2)

    assert [row.title for row in (await rows(store)).values()] == ["Berita 2"]
