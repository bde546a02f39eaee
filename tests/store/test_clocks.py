"""The clock was hours ahead and is set right: nothing rests until the wrong time has come."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from feeds.model import HOLD_MAX, DeliveryState, Pace, PollMemory, Verdict
from feeds.store import Store
from tests.builders import NOON
from tests.store.situations import (
    DAY,
    MINUTE,
    SECOND,
    a_filled_lane,
    a_poll,
    a_source,
    an_intent,
    an_outcome,
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

    assert await store.heed_clock(now=NOON) == 3

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


async def test_what_was_sent_ahead_of_time_was_sent_now(store: Store) -> None:
    await a_filled_lane(store, 1)
    lane = await claim_one(store, now=AHEAD)
    begun = an_outcome(lane).attempt
    await send(store, lane, now=AHEAD, attempt=replace(begun, ended_at=AHEAD))

    await store.heed_clock(now=NOON)

    (row,) = await store.list_deliveries()
    assert (row.state, row.sent_at, row.changed_at) == (DeliveryState.SENT, NOON, NOON)


@pytest.mark.parametrize("begun_at", [NOON - MINUTE, AHEAD])
async def test_a_doubt_that_holds_its_lane_up_until_the_wrong_time_is_looked_into_at_once(
    begun_at: datetime, store: Store
) -> None:
    doubtful = await a_doubt(store, begun_at)
    looked = Verdict(delivery=doubtful, look_at=AHEAD + MINUTE, look_until=AHEAD + MINUTE)
    await store.conclude_doubts([looked], now=AHEAD)
    assert await store.doubts_due(now=NOON, limit=10) == []

    await store.heed_clock(now=NOON)

    (doubt,) = await store.doubts_due(now=NOON, limit=10)
    assert doubt.look_until == NOON + HOLD_MAX
    assert doubt.since == min(begun_at, NOON)
    assert await store.heed_clock(now=NOON) == 0


async def test_a_doubt_that_was_decided_stays_so_and_holds_nothing_up(store: Store) -> None:
    doubtful = await a_doubt(store, AHEAD, stories=2)
    decided = Verdict(delivery=doubtful, look_at=AHEAD + MINUTE, look_until=AHEAD)
    await store.conclude_doubts([decided], now=AHEAD)

    await store.heed_clock(now=NOON)

    (doubt,) = await store.doubts_due(now=NOON, limit=10)
    assert doubt.look_until == doubt.since == NOON
    assert len((await claim_one(store, now=NOON)).parcels) == 1


async def a_doubt(store: Store, at: datetime, stories: int = 1) -> int:
    await a_filled_lane(store, stories, kind="telegram", address="-1001")
    intent = an_intent(await claim_one(store, now=AHEAD))
    await store.begin_sends([intent], now=AHEAD)
    await store.expire_leases(now=at, repeatable_kinds=(), everything=True)
    return intent.delivery


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
