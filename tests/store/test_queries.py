"""What people are shown."""

from dataclasses import replace
from datetime import timedelta

from feeds.model import DeliveryState, PollMemory
from feeds.store import Status, Store
from tests.builders import NOON
from tests.store.situations import (
    MINUTE,
    SECOND,
    a_filled_lane,
    a_place,
    a_poll,
    a_source,
    claim_one,
    publish,
    send,
)


async def test_an_empty_store_has_nothing_to_show(store: Store) -> None:
    assert await store.list_feeds() == await store.list_destinations() == ()
    assert await store.list_routes() == await store.list_deliveries() == ()
    assert await store.delivery_story(1) is None
    assert await store.status(now=NOON) == Status(
        feeds=0, feeds_failing=0, destinations=0, destinations_closed=0
    )


async def test_feeds_are_listed_by_name_with_where_they_go_and_what_is_wrong(store: Store) -> None:
    beta, alpha = await a_source(store, "beta"), await a_source(store, "alpha", every=MINUTE)
    place = await a_place(store)
    await store.add_route(beta.id, place.id, now=NOON)
    sick = PollMemory(last_error="the server is busy", failures=1, last_poll_at=NOON)
    await store.record_polls([a_poll(beta, memory=sick, next_poll_why="backoff")], now=NOON)

    first, second = await store.list_feeds()

    assert (first.id, first.name, first.url, first.every) == (alpha.id, "alpha", alpha.url, MINUTE)
    assert (second.name, second.destinations, second.next_poll_why) == (
        *("beta", ("partner",), "backoff"),
    )
    assert second.last_error == "the server is busy"


async def test_destinations_are_listed_by_name_with_what_waits_and_what_is_in_doubt(
    store: Store,
) -> None:
    await a_filled_lane(store, 3)
    await a_place(store, "another")
    await send(store, await claim_one(store), DeliveryState.IN_DOUBT)

    first, second = await store.list_destinations()

    assert (first.name, first.waiting, first.in_doubt, first.has_secret) == ("another", 0, 0, False)
    assert (second.name, second.waiting, second.in_doubt) == ("partner", 2, 1)
    assert (second.kind, second.address) == ("webhook", "https://partner.example/hook")


async def test_deliveries_are_listed_newest_first_by_what_is_wanted(store: Store) -> None:
    feed, place = await a_filled_lane(store, 3)
    other_feed, other_place = await a_filled_lane(store, 1, name="other")
    lanes = await store.claim_lanes(
        now=NOON,
        owner="me",
        limit=9,
        heads=9,
        lease=MINUTE,
        kinds=("webhook",),
    )
    (lane,) = [lane for lane in lanes if lane.destination.id == place.id]
    await send(store, lane, DeliveryState.FAILED, lane.parcels[1], now=NOON)
    await send(store, lane, DeliveryState.FAILED, lane.parcels[0], now=NOON + SECOND)
    await publish(store, feed, 9, now=NOON + MINUTE)

    async def listed(**wanted: object) -> list[tuple[str | None, int]]:
        found = await store.list_deliveries(**wanted)  # type: ignore[arg-type]
        return [(row.feed, row.seq) for row in found]

    ours, theirs = "feed-of-partner", "feed-of-other"
    assert await listed() == [(ours, 4), (theirs, 1), (ours, 3), (ours, 2), (ours, 1)]
    assert await listed(limit=2) == [(ours, 4), (theirs, 1)]
    assert await listed(state=DeliveryState.FAILED) == [(ours, 1), (ours, 2)]
    assert await listed(feed=other_feed.id) == [(theirs, 1)]
    assert await listed(destination=other_place.id) == [(theirs, 1)]
    assert await listed(since=NOON + MINUTE) == [(ours, 4)]


async def test_a_delivery_row_tells_what_the_command_line_promises(store: Store) -> None:
    await a_filled_lane(store, 1)

    (row,) = await store.list_deliveries()

    story = (await claim_one(store)).parcels[0].story
    assert story is not None
    assert (row.story_id, row.title, row.url) == (story.story_id, story.title, story.link)
    assert (row.feed, row.destination) == ("feed-of-partner", "partner")
    assert (row.state, row.reason, row.attempts, row.seq) == (DeliveryState.WAITING, None, 0, 1)
    assert row.due_at == row.created_at == row.changed_at == NOON


async def test_the_story_of_a_delivery_tells_every_attempt(store: Store) -> None:
    await a_filled_lane(store, 1)
    lane = await claim_one(store)
    await send(store, lane, DeliveryState.WAITING, due_at=NOON)
    await send(store, lane, DeliveryState.SENT)

    told = await store.delivery_story(lane.parcels[0].delivery.id)

    assert told is not None
    assert told.story == lane.parcels[0].story
    assert told.source == lane.parcels[0].source
    assert told.destination == replace(lane.destination, proven=True)
    assert [attempt.outcome for attempt in told.attempts] == ["retry_later", "sent"]


async def test_the_story_of_a_test_has_none(store: Store) -> None:
    place = await a_place(store)
    delivery = await store.add_test_delivery(place.id, now=NOON)

    told = await store.delivery_story(delivery.id)
    (row,) = await store.list_deliveries()

    assert told is not None
    assert told.delivery == delivery
    assert told.story is told.source is row.story_id is row.title is row.feed is None


async def test_status_tells_how_things_stand(store: Store) -> None:
    feed, place = await a_filled_lane(store, 2)
    closed_feed, closed = await a_filled_lane(store, 1, name="closed")
    polled = PollMemory(last_poll_at=NOON + SECOND, failures=3)
    await store.record_polls([a_poll(feed, memory=polled)], now=NOON)
    await store.pause_destination(closed.id, now=NOON)
    await send(store, await claim_one(store))
    await publish(store, closed_feed, 7, now=NOON - timedelta(hours=5))

    status = await store.status(now=NOON)

    assert (status.feeds, status.feeds_failing) == (2, 1)
    assert (status.destinations, status.destinations_closed) == (2, 1)
    assert status.deliveries == {DeliveryState.WAITING: 3, DeliveryState.SENT: 1}
    assert status.oldest_waiting_at == NOON  # what waits for a closed place is not late
    assert (status.last_poll_at, status.last_sent_at) == (NOON + SECOND, NOON)
    assert replace(status, closed=()) == status
    assert place.id != closed.id
