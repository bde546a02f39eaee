"""Lanes: read in order, never past their head, each for itself."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from feeds.model import SUSPECT_AFTER, DeliveryState, Lane, LaneRelease, Shares
from feeds.store import Store
from tests.builders import NOON
from tests.store.situations import (
    KINDS,
    LEASE,
    MINUTE,
    SECOND,
    a_filled_lane,
    a_place,
    a_poll,
    a_source,
    an_intent,
    an_outcome,
    claim,
    claim_one,
    execute,
    news,
    publish,
    send,
    titles,
)


def release(lane: Lane, **changes: Any) -> LaneRelease:
    return LaneRelease(destination=lane.destination.id, epoch=lane.epoch, **changes)


async def test_a_claim_gives_the_head_of_the_lane_in_order_with_all_it_takes_to_render(
    store: Store,
) -> None:
    feed, place = await a_filled_lane(store, 5)

    lane = await claim_one(store, heads=3)

    assert lane.destination == place
    assert lane.lease_until == NOON + LEASE
    assert titles(lane.parcels) == ["Berita 1", "Berita 2", "Berita 3"]
    assert {parcel.source.id for parcel in lane.parcels if parcel.source} == {feed.id}


async def test_lanes_of_other_kinds_are_left_alone(store: Store) -> None:
    await a_filled_lane(store, name="hook", kind="webhook")
    await a_filled_lane(store, name="chat", kind="telegram")

    lane = await claim_one(store, kinds=("telegram",))

    assert lane.destination.name == "chat"


@pytest.mark.parametrize("closed", ["paused", "parked", "removed", "unresolved", "not yet"])
async def test_a_closed_destination_is_not_served_and_what_waits_goes_on_waiting(
    store: Store, closed: str
) -> None:
    _, place = await a_filled_lane(store)
    match closed:
        case "paused":
            await store.pause_destination(place.id, now=NOON)
        case "parked":
            await store.park_destination(place.id, reason="403", now=NOON)
        case "removed":
            await store.remove_destination(place.id, now=NOON)
        case "unresolved":
            await execute(store, "UPDATE destinations SET resolved = :no", no=False)
        case "not yet":
            lane = await claim_one(store)
            later = release(lane, not_before=NOON + MINUTE)
            await store.release_lanes([later], now=NOON)

    assert await claim(store) == []


async def test_a_resumed_destination_is_served_from_its_oldest_waiting_delivery(
    store: Store,
) -> None:
    feed, place = await a_filled_lane(store, 2)
    lane = await claim_one(store)
    await store.release_lanes([release(lane, not_before=NOON + MINUTE)], now=NOON)
    await store.pause_destination(place.id, now=NOON)
    await publish(store, feed, 3)

    await store.resume_destination(place.id, now=NOON)

    assert titles((await claim_one(store)).parcels) == ["Berita 1", "Berita 2", "Berita 3"]


async def test_an_empty_lane_is_not_claimed(store: Store) -> None:
    await a_place(store)

    assert await claim(store) == []


async def test_a_head_that_is_not_due_blocks_what_is_behind_it(store: Store) -> None:
    await a_filled_lane(store, 3)
    lane = await claim_one(store)
    await send(store, lane, DeliveryState.WAITING, due_at=NOON + 5 * MINUTE)
    await store.release_lanes([release(lane)], now=NOON)

    assert await claim(store, now=NOON + MINUTE) == []
    later = await claim_one(store, now=NOON + 5 * MINUTE)
    assert titles(later.parcels) == ["Berita 1", "Berita 2", "Berita 3"]


async def test_parcels_stop_before_one_that_is_not_due(store: Store) -> None:
    await a_filled_lane(store, 4)
    await execute(
        store, "UPDATE deliveries SET due_at = due_at + 60000 WHERE seq = 3"
    )  # one minute

    lane = await claim_one(store)

    assert titles(lane.parcels) == ["Berita 1", "Berita 2"]


async def test_a_head_refused_for_its_own_sake_is_overtaken_and_keeps_its_place(
    store: Store,
) -> None:
    await a_filled_lane(store, 3)
    lane = await claim_one(store)
    await send(store, lane, DeliveryState.WAITING, due_at=NOON + 5 * MINUTE, overtakable=True)

    more = await store.more_parcels(
        destination=lane.destination.id, epoch=lane.epoch, now=NOON, heads=10
    )
    await store.release_lanes([release(lane)], now=NOON)
    soon = await claim_one(store, now=NOON + SECOND)
    await store.release_lanes([release(soon)], now=NOON)
    late = await claim_one(store, now=NOON + 5 * MINUTE)

    assert titles(more) == titles(soon.parcels) == ["Berita 2", "Berita 3"]
    assert titles(late.parcels) == ["Berita 1", "Berita 2", "Berita 3"]


async def test_many_overtaken_heads_do_not_hide_what_is_behind_them(store: Store) -> None:
    feed, _ = await a_filled_lane(store, 12)
    lane = await claim_one(store, heads=12)
    for parcel in lane.parcels:
        later = {"due_at": NOON + MINUTE, "overtakable": True}
        await send(store, lane, DeliveryState.WAITING, parcel, **later)
    await store.release_lanes([release(lane)], now=NOON)

    assert await claim(store) == []
    assert await store.next_due_lane_at(("webhook",)) == NOON + MINUTE
    await publish(store, feed, 13)
    assert titles((await claim_one(store, heads=2)).parcels) == ["Berita 13"]


@pytest.mark.parametrize(
    "state",
    [DeliveryState.IN_DOUBT, DeliveryState.FAILED, DeliveryState.DROPPED],
)
async def test_what_is_in_doubt_failed_or_dropped_is_overtaken(
    store: Store, state: DeliveryState
) -> None:
    await a_filled_lane(store, 2)
    lane = await claim_one(store)

    await send(store, lane, state)

    rest = await store.more_parcels(
        destination=lane.destination.id, epoch=lane.epoch, now=NOON, heads=10
    )
    assert titles(rest) == ["Berita 2"]


async def test_the_next_due_lane_is_known_whatever_it_waits_for(store: Store) -> None:
    async def next_due() -> datetime | None:
        return await store.next_due_lane_at(("webhook", "telegram"))

    assert await next_due() is None
    feed, place = await a_filled_lane(store, 1)
    assert await next_due() == NOON
    assert await store.next_due_lane_at(("console",)) is None

    lane = await claim_one(store)
    assert await next_due() == NOON + LEASE  # the lease is waited for
    await send(store, lane, DeliveryState.WAITING, due_at=NOON + MINUTE)
    await store.release_lanes([release(lane)], now=NOON)
    assert await next_due() == NOON + MINUTE  # the head is
    lane = await claim_one(store, now=NOON + MINUTE)
    await send(store, lane, now=NOON + MINUTE)
    await store.release_lanes([release(lane, not_before=NOON + 9 * MINUTE)], now=NOON)
    assert await next_due() is None
    await publish(store, feed, 2)
    assert await next_due() == NOON + 9 * MINUTE  # the destination is
    await store.pause_destination(place.id, now=NOON)
    assert await next_due() is None


async def test_a_wrong_clock_of_a_lane_is_set_right_by_the_claim_that_finds_it(
    store: Store,
) -> None:
    await a_filled_lane(store, 1)
    await execute(store, "UPDATE deliveries SET due_at = due_at + 60000")

    assert await claim(store) == []
    assert await store.next_due_lane_at(("webhook",)) == NOON + MINUTE


async def test_a_destination_that_waits_never_makes_another_wait(store: Store) -> None:
    for number in range(20):
        await a_filled_lane(store, 1, name=f"down-{number}")
    for lane in await claim(store, limit=20):
        await send(store, lane, DeliveryState.WAITING, due_at=NOON + MINUTE)
        await store.release_lanes([release(lane, not_before=NOON + MINUTE)], now=NOON)
    await a_filled_lane(store, 1, name="healthy")

    lane = await claim_one(store, limit=1, now=NOON + SECOND)

    assert lane.destination.name == "healthy"


async def test_a_lane_far_along_is_served_beside_one_that_has_just_begun(store: Store) -> None:
    feed, old = await a_filled_lane(store, 5, name="old")
    lane = await claim_one(store)
    for parcel in lane.parcels[:4]:
        await send(store, lane, parcel=parcel)
    await store.release_lanes([release(lane)], now=NOON)
    await a_filled_lane(store, 2, name="new")
    await publish(store, feed, 6)

    served = {lane.destination.id: titles(lane.parcels) for lane in await claim(store)}

    assert served[old.id] == ["Berita 5", "Berita 6"]
    assert len(served) == 2


async def test_test_messages_stand_in_the_lane_without_a_story(store: Store) -> None:
    _, place = await a_filled_lane(store, 1)

    first = await store.add_test_delivery(place.id, now=NOON)
    second = await store.add_test_delivery(place.id, now=NOON)

    lane = await claim_one(store)
    assert [parcel.delivery.id for parcel in lane.parcels[1:]] == [first.id, second.id]
    assert lane.parcels[1].story is lane.parcels[1].source is None
    assert first.occasion.startswith("test:")
    assert first.occasion != second.occasion


async def test_the_order_of_a_lane_is_that_of_acceptance_over_many_feeds(store: Store) -> None:
    place = await a_place(store)
    feeds = [await a_source(store, f"feed-{number}") for number in range(5)]
    for feed in feeds:
        await store.add_route(feed.id, place.id, now=NOON)
    for number in range(1, 11):
        feed = feeds[number % 5]
        await store.record_polls([a_poll(feed, news(number))], now=NOON + number * SECOND)

    sent = []
    for _ in range(10):
        lane = await claim_one(store, now=NOON + MINUTE, heads=1, lease=timedelta(seconds=5))
        intent, outcome = an_intent(lane), an_outcome(lane)
        assert await store.begin_sends([intent], now=NOON + MINUTE)
        assert await store.settle([outcome], now=NOON + MINUTE)
        sent += titles(lane.parcels)
        await store.release_lanes([release(lane)], now=NOON + MINUTE)

    assert sent == [f"Berita {number}" for number in range(1, 11)]


async def well_lane(store: Store, name: str) -> None:
    """A lane whose endpoint has taken something; more waits."""
    await a_filled_lane(store, 2, name=name)
    (lane,) = [each for each in await claim(store) if each.destination.name == name]
    await send(store, lane)
    await store.expire_leases(now=NOON, repeatable_kinds=KINDS, everything=True)


async def test_of_endpoints_that_may_not_answer_no_more_are_claimed_than_wanted(
    store: Store,
) -> None:
    for number in range(3):
        await well_lane(store, f"well-{number}")
    for number in range(5):
        await a_filled_lane(store, 1, name=f"new-{number}")

    first = {lane.destination.name for lane in await claim(store, shares=Shares(suspects=2))}
    second = {lane.destination.name for lane in await claim(store, shares=Shares(suspects=0))}
    rest = {lane.destination.name for lane in await claim(store, shares=Shares(suspects=9))}

    assert first == {"well-0", "well-1", "well-2", "new-0", "new-1"}
    assert second == set()
    assert rest == {"new-2", "new-3", "new-4"}


async def test_suspects_and_others_take_turns_by_when_they_were_served(store: Store) -> None:
    await well_lane(store, "well")
    await a_filled_lane(store, 1, name="new")

    first = [
        lane.destination.name for lane in await claim(store, limit=1, shares=Shares(suspects=1))
    ]
    second = [
        lane.destination.name for lane in await claim(store, limit=1, shares=Shares(suspects=1))
    ]

    assert (first, second) == (["new"], ["well"])


async def test_one_that_fails_twice_is_a_suspect_until_it_takes_something(store: Store) -> None:
    await well_lane(store, "partner")
    for _ in range(SUSPECT_AFTER):
        lane = await claim_one(store, shares=Shares(suspects=0))
        await send(store, lane, DeliveryState.WAITING, due_at=NOON)
        await store.expire_leases(now=NOON, repeatable_kinds=KINDS, everything=True)

    assert await claim(store, shares=Shares(suspects=0)) == []
    assert len(await claim(store, shares=Shares(suspects=1))) == 1


async def test_one_that_was_late_is_a_suspect_too(store: Store) -> None:
    await well_lane(store, "partner")
    late = ((await store.destination_by("partner")).id,)

    assert await claim(store, shares=Shares(suspects=0, late=late)) == []
    assert len(await claim(store, shares=Shares(suspects=1, late=late))) == 1


async def test_in_a_hush_those_heard_in_it_have_what_is_left_of_the_slots(store: Store) -> None:
    for name in ("one", "two", "heard"):
        await well_lane(store, name)
    heard = ((await store.destination_by("heard")).id,)

    shares = Shares(suspects=0, strangers=1, alive=heard)
    names = [lane.destination.name for lane in await claim(store, limit=2, shares=shares)]
    none = Shares(suspects=0, strangers=0, alive=heard)

    assert len(names) == 2
    assert "heard" in names
    assert await claim(store, shares=none) == []
