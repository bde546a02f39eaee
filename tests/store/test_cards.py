"""What a card shows: one thing with what is around it, and None once it is no more."""

from dataclasses import replace

from feeds.model import DeliveryState, FeedState, Validators
from feeds.model.people import Change
from feeds.store import Store
from tests.builders import NOON
from tests.store.situations import MINUTE, SECOND, a_filled_lane, a_poll, claim_one, send


async def test_a_destination_with_its_queue_and_its_feeds(store: Store) -> None:
    feed, place = await a_filled_lane(store, 3)

    card = await store.place_card(place.id)

    assert card is not None
    assert (card.destination, card.waiting, card.undecided) == (place, 3, {})
    assert [(each.feed, each.name, each.state, each.failing) for each in card.feeds] == [
        (feed.id, feed.name, FeedState.ACTIVE, False)
    ]


async def test_when_something_was_last_sent_is_told_whatever_came_since(store: Store) -> None:
    _, place = await a_filled_lane(store, 3)
    never = await store.place_card(place.id)
    lane = await claim_one(store, heads=1)
    await send(store, lane)

    card = await store.place_card(place.id)

    assert never is not None
    assert card is not None
    assert (never.last_sent_at, card.last_sent_at) == (None, NOON + SECOND)
    assert card.waiting == 2


async def test_what_waits_for_a_word_is_counted_by_its_state(store: Store) -> None:
    _, place = await a_filled_lane(store, 25)
    await store.pause_destination(place.id, now=NOON)
    await store.resume_destination(place.id, now=NOON)

    card = await store.place_card(place.id)

    assert card is not None
    assert (card.waiting, card.undecided) == (20, {DeliveryState.HELD: 5})


async def test_a_feed_with_its_places_and_its_newest_headlines(store: Store) -> None:
    feed, place = await a_filled_lane(store, 4)

    card = await store.feed_card(feed.id, since=NOON)
    later = await store.feed_card(feed.id, since=NOON + MINUTE)

    assert card is not None
    assert card.feed.id == feed.id
    assert [(each.destination, each.name) for each in card.places] == [(place.id, place.name)]
    assert card.headlines == ("Berita 4", "Berita 3", "Berita 2")
    assert later is not None
    assert later.headlines == ()


async def test_a_feed_with_its_own_last_change_and_none_of_its_routes(store: Store) -> None:
    feed, place = await a_filled_lane(store, 1)
    (route,) = await store.list_routes()
    none = await store.feed_settings(feed.id)
    other = await store.add_feed("other", "https://other.example/", now=NOON)
    for changed in (
        Change(what="feed.set", feed=feed.id, before={"every": None}, after={"every": 60}),
        Change(what="route.set", feed=feed.id, route=route.route.id, destination=place.id),
        Change(what="feed.pause", feed=other.id),
    ):
        noting = store.noting(changed, now=NOON)
        await noting.set_feed(feed.id, every=MINUTE)

    found, card = await store.feed_settings(feed.id), await store.feed_card(feed.id, since=NOON)

    assert none is not None
    assert none.change is None
    assert found is not None
    assert card is not None
    assert (found.feed, found.change) == (card.feed, card.change)
    assert found.change is not None
    assert found.change.change.what == "feed.set"
    assert found.change.change.before == {"every": None}
    assert await store.feed_settings(10_000) is None


async def test_what_is_removed_has_no_card(store: Store) -> None:
    feed, place = await a_filled_lane(store, 1)
    await store.remove_feed(feed.id, now=NOON)
    await store.remove_destination(place.id, now=NOON)

    assert await store.place_card(place.id) is None
    assert await store.feed_card(feed.id, since=NOON) is None
    assert await store.place_card(10_000) is None


async def test_a_feed_resumed_with_its_newest_begins_anew(store: Store) -> None:
    feed, _ = await a_filled_lane(store, 1)
    memory = replace(feed.memory, baseline_at=NOON, validators=Validators(etag='"1"'))
    await store.record_polls([a_poll(feed, memory=memory)], now=NOON)
    await store.pause_feed(feed.id, now=NOON)

    resumed = await store.resume_feed(feed.id, newest=2, now=NOON + MINUTE)

    assert (resumed.start, resumed.memory.baseline_at) == (2, None)
    assert resumed.memory.validators == Validators(), "a 304 would put the new baseline off"
    assert resumed.state is FeedState.ACTIVE
