"""What waited longer than its destination allows is dropped with that reason, and never sent."""

from datetime import timedelta

import pytest

from feeds.model import DeliveryState, DestinationOptions, LaneRelease
from feeds.store import Store
from tests.builders import NOON
from tests.store.situations import (
    LEASE,
    MINUTE,
    SECOND,
    a_lane_with,
    a_poll,
    an_intent,
    claim,
    claim_one,
    news,
    publish,
    rows,
    send,
    states,
    titles,
)

WAITING, HELD, SENT = DeliveryState.WAITING, DeliveryState.HELD, DeliveryState.SENT
DROPPED, IN_DOUBT = DeliveryState.DROPPED, DeliveryState.IN_DOUBT
HOUR = timedelta(hours=1)
A_DAY = timedelta(hours=24)


@pytest.mark.parametrize("kind", ["telegram", "webhook", "console"])
async def test_a_lane_is_served_without_what_is_too_old(store: Store, kind: str) -> None:
    feed, _ = await a_lane_with(store, 2, kind=kind, max_age=A_DAY)
    await publish(store, feed, 3, now=NOON + 23 * HOUR)

    lane = await claim_one(store, now=NOON + A_DAY + SECOND)

    assert titles(lane.parcels) == ["Berita 3"]
    assert await states(store) == [DROPPED, DROPPED, WAITING]
    assert (await rows(store))[1].reason == "expired: older than 24h"


async def test_at_its_age_to_the_second_a_story_still_goes_out(store: Store) -> None:
    await a_lane_with(store, 1, max_age=A_DAY)

    lane = await claim_one(store, now=NOON + A_DAY)

    assert await store.begin_sends([an_intent(lane)], now=NOON + A_DAY)


async def test_a_lane_left_with_nothing_is_not_claimed_nor_due(store: Store) -> None:
    await a_lane_with(store, 2, max_age=HOUR)

    assert await claim(store, now=NOON + 2 * HOUR) == []

    assert await store.next_due_lane_at(["telegram"]) is None


async def test_without_an_age_nothing_grows_old(store: Store) -> None:
    await a_lane_with(store, 2)

    assert await store.drop_stale(now=NOON + 400 * A_DAY) == 0

    lane = await claim_one(store, now=NOON + 400 * A_DAY)
    assert await store.begin_sends([an_intent(lane)], now=NOON + 400 * A_DAY)


async def test_what_grew_too_old_in_the_hands_of_the_sender_is_not_begun(store: Store) -> None:
    await a_lane_with(store, 1, max_age=MINUTE)
    lane = await claim_one(store, now=NOON + MINUTE)

    begun = await store.begin_sends([an_intent(lane)], now=NOON + MINUTE + SECOND)

    assert begun == frozenset()
    await store.release_lanes(
        [LaneRelease(destination=lane.destination.id, epoch=lane.epoch)], now=NOON
    )
    assert await claim(store, now=NOON + MINUTE + SECOND) == []
    assert await states(store) == [DROPPED]


@pytest.mark.parametrize("closed", ["paused", "parked", "resting"])
async def test_in_a_lane_that_nobody_claims_upkeep_drops_it(store: Store, closed: str) -> None:
    feed, place = await a_lane_with(store, 2, max_age=HOUR)
    if closed == "paused":
        await store.pause_destination(place.id, now=NOON)
    elif closed == "parked":
        await store.park_destination(place.id, reason="kicked", now=NOON)
    else:
        lane = await claim_one(store)
        release = LaneRelease(destination=place.id, epoch=lane.epoch, not_before=NOON + 9 * A_DAY)
        await store.release_lanes([release], now=NOON)
    await publish(store, feed, 3, now=NOON + HOUR)

    dropped = await store.drop_stale(now=NOON + HOUR + SECOND)

    assert dropped == 2
    assert await states(store) == [DROPPED, DROPPED, WAITING]
    assert (await rows(store))[2].reason == "expired: older than 1h"


async def test_upkeep_leaves_a_lane_to_who_serves_it(store: Store) -> None:
    await a_lane_with(store, 2, max_age=MINUTE)
    await claim_one(store, now=NOON + MINUTE)

    assert await store.drop_stale(now=NOON + MINUTE + SECOND) == 0
    assert await store.drop_stale(now=NOON + MINUTE + LEASE) == 2


async def test_what_an_admin_must_decide_grows_as_old_as_it_takes(store: Store) -> None:
    feed, _ = await a_lane_with(store, 1, max_age=HOUR)
    held = news(2, hold="burst: 40 new at once")
    await store.record_polls([a_poll(feed, held)], now=NOON)
    await send(store, await claim_one(store), IN_DOUBT)

    await store.drop_stale(now=NOON + A_DAY)
    await claim(store, now=NOON + A_DAY)

    assert await states(store) == [IN_DOUBT, HELD]


async def test_a_test_message_grows_old_like_any(store: Store) -> None:
    _, place = await a_lane_with(store, 0, max_age=HOUR)
    await store.add_test_delivery(place.id, now=NOON)

    assert await store.drop_stale(now=NOON + 2 * HOUR) == 1


async def test_what_an_admin_sends_after_all_is_new_again(store: Store) -> None:
    await a_lane_with(store, 1, max_age=HOUR)
    await store.drop_stale(now=NOON + 2 * HOUR)
    (row,) = await store.list_deliveries()

    await store.decide([row.id], deed="retry", now=NOON + 2 * HOUR)

    assert await store.drop_stale(now=NOON + 3 * HOUR) == 0
    lane = await claim_one(store, now=NOON + 3 * HOUR)
    assert await store.begin_sends([an_intent(lane)], now=NOON + 3 * HOUR)


async def test_and_it_grows_old_again(store: Store) -> None:
    await a_lane_with(store, 1, max_age=HOUR)
    (row,) = await store.list_deliveries()
    await store.decide([row.id], deed="drop", now=NOON)
    await store.decide([row.id], deed="retry", now=NOON + 2 * HOUR)

    assert await store.drop_stale(now=NOON + 3 * HOUR + SECOND) == 1


async def test_an_age_given_later_counts_from_the_beginning(store: Store) -> None:
    _, place = await a_lane_with(store, 1)

    await store.set_destination(place.id, options=DestinationOptions(max_age=HOUR))

    assert await claim(store, now=NOON + 2 * HOUR) == []
    assert await states(store) == [DROPPED]
