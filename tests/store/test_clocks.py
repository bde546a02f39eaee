"""The clock was hours ahead and is set right: nothing rests until the wrong time has come."""

from dataclasses import replace
from datetime import timedelta

import pytest

from feeds.model import DeliveryState, Pace, PollMemory
from feeds.store import Store
from tests.builders import NOON
from tests.store.situations import (
    DAY,
    MINUTE,
    SECOND,
    a_filled_lane,
    a_poll,
    a_source,
    claim_one,
    publish,
    send,
)

AHEAD = NOON + timedelta(hours=7)
SCOPE = "telegram:chat:-1"


async def test_a_feed_polled_ahead_of_time_is_due_and_its_next_story_is_no_old_news(
    store: Store,
) -> None:
    feed, right = await a_source(store, "one"), await a_source(store, "two")
    memory = PollMemory(
        baseline_at=NOON, last_poll_at=AHEAD, last_success_at=AHEAD, last_full_at=AHEAD
    )
    poll = a_poll(feed, memory=memory, next_poll_at=AHEAD + 15 * MINUTE)
    await store.record_polls([poll, a_poll(right)], now=AHEAD)

    assert await store.heed_clock(now=NOON) == 1

    again, other = await store.feed_by("one"), await store.feed_by("two")
    assert again is not None
    assert other is not None
    assert again.next_poll_at == NOON
    assert again.memory == replace(
        memory, last_poll_at=NOON, last_success_at=NOON, last_full_at=NOON
    )
    assert other.next_poll_at == NOON + 15 * MINUTE
    assert await store.heed_clock(now=NOON) == 0


async def test_a_lane_filled_and_served_ahead_of_time_goes_on_at_once(store: Store) -> None:
    feed, _ = await a_filled_lane(store, 1)
    lane = await claim_one(store, now=AHEAD)
    await send(store, lane, now=AHEAD, not_before=AHEAD + MINUTE)
    await publish(store, feed, 2, now=AHEAD)
    await store.expire_leases(now=NOON, repeatable_kinds=(), everything=True)

    assert await store.heed_clock(now=NOON) == 2

    (parcel,) = (await claim_one(store, now=NOON)).parcels
    assert parcel.delivery.due_at == NOON
    assert await store.heed_clock(now=NOON) == 0


async def test_what_was_put_off_ahead_of_time_waits_as_long_as_it_was_to(store: Store) -> None:
    await a_filled_lane(store, 1)
    lane = await claim_one(store, now=AHEAD)
    await send(store, lane, DeliveryState.WAITING, now=AHEAD, due_at=AHEAD + MINUTE)
    await store.expire_leases(now=NOON, repeatable_kinds=(), everything=True)

    await store.heed_clock(now=NOON)

    assert await store.next_due_lane_at(["webhook"]) == NOON + MINUTE


async def test_what_is_put_off_by_the_right_time_is_left_alone(store: Store) -> None:
    await a_filled_lane(store, 1)
    lane = await claim_one(store)
    await send(store, lane, DeliveryState.WAITING, due_at=NOON + DAY, not_before=NOON + DAY)

    assert await store.heed_clock(now=NOON) == 0

    assert await store.next_due_lane_at(["webhook"]) == NOON + DAY


@pytest.mark.parametrize(
    ("stored", "right"),
    [
        (
            Pace(scope=SCOPE, recent=(NOON, AHEAD), not_before=AHEAD, reason="429"),
            Pace(scope=SCOPE, recent=(NOON, NOON)),
        ),
        (
            Pace(scope=SCOPE, recent=(AHEAD,), not_before=NOON + MINUTE, reason="429"),
            Pace(scope=SCOPE, recent=(NOON,), not_before=NOON + MINUTE, reason="429"),
        ),
    ],
)
async def test_sends_of_a_scope_ahead_of_time_count_as_of_now(
    store: Store, stored: Pace, right: Pace
) -> None:
    await store.save_paces([stored], now=AHEAD)

    assert await store.heed_clock(now=NOON) == 1

    assert await store.load_paces() == [right]
    assert await store.heed_clock(now=NOON) == 0


async def test_a_scope_closed_for_long_by_the_right_time_stays_closed(store: Store) -> None:
    closed = Pace(scope=SCOPE, recent=(NOON + 30 * SECOND,), not_before=NOON + DAY, reason="429")
    await store.save_paces([closed], now=NOON)

    assert await store.heed_clock(now=NOON) == 0

    assert await store.load_paces() == [closed]
