"""What an admin asks about is found: a story by its names and its id, a post by its message."""

from datetime import timedelta

from feeds.model import KeyKind, SeenKeys
from feeds.store import Store
from tests.builders import NOON
from tests.store.situations import (
    a_filled_lane,
    a_place,
    a_poll,
    a_source,
    claim_one,
    key,
    news,
    send,
    states,
)


async def test_a_story_is_found_by_any_of_its_names_in_any_feed(store: Store) -> None:
    await a_filled_lane(store, 2)
    await a_filled_lane(store, 1, name="other")

    found = await store.trace([key("link-1", KeyKind.LINK), key("nothing")])

    assert len(found.stories) == 2, "two feeds have it"
    assert len(found.deliveries) == 2
    assert found.deliveries == tuple(sorted(found.deliveries, reverse=True))
    assert found.before == ()
    assert (await store.trace([])).stories == ()


async def test_a_name_of_another_kind_is_another_name(store: Store) -> None:
    await a_filled_lane(store, 1)

    assert not (await store.trace([key("link-1", KeyKind.GUID)])).stories


async def test_what_was_seen_without_a_story_names_the_feed_and_when(store: Store) -> None:
    feed = await a_source(store)
    seen = SeenKeys(keys=(key("old"),))
    await store.record_polls([a_poll(feed, seen=(seen,))], now=NOON + timedelta(hours=1))

    found = await store.trace([key("old")])

    assert found.before == (("daily-berita", NOON + timedelta(hours=1)),)


async def test_a_story_is_found_by_its_public_id(store: Store) -> None:
    await a_filled_lane(store, 1)
    (row,) = await store.list_deliveries()
    assert row.story_id is not None

    assert (await store.trace_story(row.story_id)).deliveries == (row.id,)
    assert not (await store.trace_story("sty_")).stories


async def test_a_post_is_found_by_its_message_in_its_chat_and_its_topics(store: Store) -> None:
    feed = await a_source(store)
    place = await a_place(store, "topic", "telegram", address="-100123/7")
    await store.add_route(feed.id, place.id, now=NOON)
    await store.record_polls([a_poll(feed, news(1))], now=NOON)
    lane = await claim_one(store)
    await send(store, lane, message_id="41")
    delivery = lane.parcels[0].delivery.id

    assert await store.delivery_of_message("telegram", "-100123", "41") == delivery
    assert await store.delivery_of_message("telegram", "-100123", "42") is None
    assert await store.delivery_of_message("telegram", "-1001", "41") is None
    assert await store.delivery_of_message("webhook", "-100123", "41") is None


async def test_what_was_sent_goes_out_once_more_if_asked_and_nothing_else_does(
    store: Store,
) -> None:
    await a_filled_lane(store, 2)
    lane = await claim_one(store)
    await send(store, lane)
    first, second = (parcel.delivery.id for parcel in lane.parcels)

    decided = await store.decide([first, second], deed="resend", now=NOON)

    assert decided.changed == (first,)
    assert decided.refused == ((second, "it is waiting to be sent"),)
    assert await states(store) == ["waiting", "waiting"]


async def test_a_deleted_post_stays_sent_with_that_reason(store: Store) -> None:
    await a_filled_lane(store, 1)
    lane = await claim_one(store)
    await send(store, lane, message_id="41")

    decided = await store.decide([lane.parcels[0].delivery.id], deed="delete", now=NOON)

    (row,) = await store.list_deliveries()
    assert len(decided.changed) == 1
    assert (row.state, row.reason) == ("sent", "its post was deleted by an admin")
