"""Incidents told to the webhooks that asked for them, in the transaction that begins them."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from feeds.model import (
    Delivery,
    DeliveryState,
    Destination,
    DestinationOptions,
    Event,
    Feed,
    FeedState,
    Incident,
    NoticeKind,
    PollMemory,
)
from feeds.store import Store
from tests.builders import NOON
from tests.store.situations import (
    MINUTE,
    a_filled_lane,
    a_place,
    a_poll,
    a_source,
    an_intent,
    an_outcome,
    claim,
    claim_one,
    publish,
    rows,
    send,
)

OPERATORS = DestinationOptions(events=(Event.ENDPOINT_DISABLED, Event.FEED_FAILING))


async def an_operator(store: Store, name: str = "ops", **changes: Any) -> Destination:
    return await a_place(store, name, **{"options": OPERATORS} | changes)


async def told(store: Store, place: Destination) -> list[Delivery]:
    """What waits in a lane, as its adapter gets it."""
    lanes = {lane.destination.id: lane for lane in await claim(store, now=NOON + MINUTE)}
    parcels = lanes[place.id].parcels if place.id in lanes else ()
    assert all(parcel.story is parcel.source is None for parcel in parcels)
    return [parcel.delivery for parcel in parcels]


async def fails(store: Store, feed: Feed, failures: int, **changes: Any) -> bool:
    memory = PollMemory(
        last_error="the publisher's server is in trouble (500)",
        failures=failures,
        last_success_at=NOON - timedelta(days=1),
    )
    (recorded,) = await store.record_polls([a_poll(feed, memory=memory, **changes)], now=NOON)
    return recorded.failing


async def test_an_operators_webhook_hears_once_that_a_feed_fails(store: Store) -> None:
    ops = await an_operator(store)
    feed = await a_source(store)

    begun = [await fails(store, feed, failures) for failures in (4, 5, 6)]

    assert begun == [False, True, False]
    (event,) = await told(store, ops)
    assert event.occasion.startswith(f"feed.failing:{feed.id}:")
    assert event.webhook_id.startswith("msg_")
    assert event.details == {
        "feed": {
            "name": "daily-berita",
            "title": "",
            "url": "https://daily-berita.example/feed/",
        },
        "error": "the publisher's server is in trouble (500)",
        "failures": 5,
        "last_success_at": "2023-09-12T12:00:00Z",
    }


async def test_each_time_it_falls_ill_is_told_and_each_of_a_batch(store: Store) -> None:
    ops = await an_operator(store)
    feeds = [await a_source(store, name) for name in ("satu", "dua", "tiga")]
    ill = PollMemory(last_error="no answer", failures=5)

    for memory in (ill, PollMemory(), ill):
        await store.record_polls([a_poll(feed, memory=memory) for feed in feeds], now=NOON)

    events = await told(store, ops)
    assert [event.seq for event in events] == [1, 2, 3, 4, 5, 6]
    assert len({event.occasion for event in events}) == 6


async def test_a_feed_of_this_machine_gives_no_path_away(store: Store) -> None:
    ops = await an_operator(store)
    feed = await a_source(store, url="file:///srv/hidden.xml")

    await fails(store, feed, 5)

    (event,) = await told(store, ops)
    assert event.details is not None
    assert event.details["feed"]["url"] is None


async def test_a_private_feeds_key_is_not_told(store: Store) -> None:
    ops = await an_operator(store)
    feed = await a_source(store, url="https://user:KEY@partner.example/rss?auth=KEY#KEY")

    await fails(store, feed, 5)

    (event,) = await told(store, ops)
    assert event.details is not None
    assert event.details["feed"]["url"] == "https://partner.example/rss"


async def test_a_feed_gone_for_good_is_told_too(store: Store) -> None:
    ops = await an_operator(store)
    feed = await a_source(store)

    assert await fails(store, feed, 2, state=FeedState.GONE, state_reason="410 Gone, twice")

    assert len(await told(store, ops)) == 1


@pytest.mark.parametrize(
    ("kind", "address", "shown"),
    [
        ("webhook", "https://p.example:8443/hook/k3y?token=k3y", "https://p.example:8443/"),
        ("telegram", "-1001/42", "-1001/42"),
    ],
)
async def test_that_an_endpoint_is_disabled_is_told_to_others_than_itself(
    store: Store, kind: str, address: str, shown: str
) -> None:
    ops, second = await an_operator(store), await an_operator(store, "second")
    await a_place(store, "deaf")
    options = OPERATORS if kind == "webhook" else DestinationOptions()
    gone = await a_place(store, "gone", kind, address=address, options=options)
    await store.add_test_delivery(gone.id, now=NOON)
    lane = await claim_one(store)

    await send(store, lane, DeliveryState.WAITING, due_at=NOON, park="410 Gone: it wants no more")

    for place in (ops, second):
        (event,) = await told(store, place)
        assert event.occasion.startswith(f"endpoint.disabled:{gone.id}:")
        assert event.details == {
            "destination": {"name": "gone", "kind": kind, "address": shown},
            "reason": "410 Gone: it wants no more",
        }
        await store.expire_leases(now=NOON, repeatable_kinds=("webhook",), everything=True)
    assert len(await rows(store)) == 1  # seq 1 of each lane


async def test_what_an_event_tells_stays_as_it_was(store: Store) -> None:
    ops = await an_operator(store)
    feed = await a_source(store)
    await fails(store, feed, 5)

    await store.set_feed(feed.id, name="renamed")

    (event,) = await told(store, ops)
    assert event.details is not None
    assert event.details["feed"]["name"] == "daily-berita"


async def test_an_outcome_that_comes_too_late_tells_nobody(store: Store) -> None:
    ops = await an_operator(store)
    await a_filled_lane(store, 1)
    lane = await claim_one(store)
    await store.begin_sends([an_intent(lane)], now=NOON)
    late = replace(an_outcome(lane, DeliveryState.WAITING, park="410 Gone"), epoch=lane.epoch - 1)

    assert not await store.settle([late], now=NOON)

    assert await told(store, ops) == []


async def test_who_was_removed_or_is_no_webhook_or_did_not_ask_hears_nothing(store: Store) -> None:
    removed = await an_operator(store, "removed")
    await store.remove_destination(removed.id, now=NOON)
    await an_operator(store, "chat", kind="telegram")
    await a_place(store, "reader", options=DestinationOptions(language="en"))
    endpoints = DestinationOptions(
        events=(Event.ENDPOINT_DISABLED,), headers=(("X-Note", "feed.failing"),)
    )
    await a_place(store, "endpoints", options=endpoints)

    await fails(store, await a_source(store), 5)

    assert await rows(store) == {}


async def test_an_incident_of_another_kind_is_no_event(store: Store) -> None:
    ops = await an_operator(store)

    await store.begin_incident(Incident(key="held:1", kind=NoticeKind.HELD), now=NOON)

    assert await told(store, ops) == []


async def test_a_webhook_that_wants_no_stories_gets_none_and_the_delivery_says_why(
    store: Store,
) -> None:
    feed, reader = await a_filled_lane(store, 0)
    ops = await an_operator(store)
    await store.add_route(feed.id, ops.id, now=NOON)

    await publish(store, feed, 1)

    (dropped,) = (await rows(store, destination=ops.id)).values()
    (kept,) = (await rows(store, destination=reader.id)).values()
    assert (dropped.state, kept.state) == (DeliveryState.DROPPED, DeliveryState.WAITING)
    assert dropped.reason == "story.published is not among its events"


async def test_stories_and_events_share_one_count(store: Store) -> None:
    both = DestinationOptions(events=(Event.STORY_PUBLISHED, Event.FEED_FAILING))
    feed = await a_source(store)
    place = await a_place(store, options=both)
    await store.add_route(feed.id, place.id, now=NOON)

    await publish(store, feed, 1, 2)
    await fails(store, feed, 5)
    await publish(store, feed, 3)

    lane = await claim_one(store)
    assert [parcel.delivery.seq for parcel in lane.parcels] == [1, 2, 3, 4]
    assert [parcel.story is None for parcel in lane.parcels] == [False, False, True, False]
