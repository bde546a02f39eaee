"""Leases: one holder at a time, and nothing is done by who lost one."""

import asyncio
from typing import Any

from feeds.model import DeliveryState, Lane, LaneRelease
from feeds.store import Store
from tests.builders import NOON
from tests.store.situations import (
    LEASE,
    MINUTE,
    SECOND,
    a_filled_lane,
    an_intent,
    claim,
    claim_one,
    publish,
    send,
    titles,
)


def release(lane: Lane, **changes: Any) -> LaneRelease:
    return LaneRelease(destination=lane.destination.id, epoch=lane.epoch, **changes)


async def test_a_claimed_lane_is_claimed_by_nobody_else_until_the_lease_runs_out(
    store: Store,
) -> None:
    await a_filled_lane(store)
    first = await claim_one(store)

    assert await claim(store, now=NOON + LEASE - SECOND, owner="other") == []
    second = await claim_one(store, now=NOON + LEASE, owner="other")

    assert second.epoch > first.epoch


async def test_claimers_at_the_same_time_get_different_lanes(store: Store) -> None:
    for number in range(6):
        await a_filled_lane(store, 1, name=f"place-{number}")

    claims = await asyncio.gather(
        *(claim(store, owner=f"owner-{number}", limit=2) for number in range(4))
    )

    claimed = [lane.destination.name for lanes in claims for lane in lanes]
    assert sorted(claimed) == [f"place-{number}" for number in range(6)]


async def test_the_least_recently_served_lane_is_claimed_first(store: Store) -> None:
    for name in ("one", "two", "three"):
        await a_filled_lane(store, 1, name=name)
    (one,) = await claim(store, limit=1)
    await store.release_lanes([release(one)], now=NOON)

    order = [lane.destination.name for lane in await claim(store, now=NOON + SECOND)]

    assert order == ["two", "three", "one"]


async def test_a_head_that_is_being_sent_blocks_even_after_its_lease(store: Store) -> None:
    await a_filled_lane(store)
    lane = await claim_one(store)
    await store.begin_sends([an_intent(lane)], now=NOON)

    assert await claim(store, now=NOON + 10 * LEASE) == []


async def test_more_parcels_are_read_under_a_live_lease_only(store: Store) -> None:
    _, place = await a_filled_lane(store)
    lane = await claim_one(store)

    async def more(**changes: Any) -> list[str]:
        asked = {"destination": place.id, "epoch": lane.epoch, "now": NOON, "heads": 2}
        return titles(await store.more_parcels(**asked | changes))

    assert await more() == ["Berita 1", "Berita 2"]
    assert await more(epoch=lane.epoch + 1) == []
    assert await more(now=NOON + LEASE) == []
    await store.pause_destination(place.id, now=NOON)
    assert await more() == []


async def test_a_renewed_lease_lasts_longer_and_only_for_who_holds_it(store: Store) -> None:
    _, place = await a_filled_lane(store)
    lane = await claim_one(store)

    pairs = [(place.id, lane.epoch), (place.id + 99, 1)]
    ours = await store.renew_lanes(pairs, now=NOON + LEASE / 2, lease=LEASE)
    nobodys = await store.renew_lanes([(place.id, lane.epoch - 1)], now=NOON, lease=9 * LEASE)

    assert ours == {place.id}
    assert nobodys == frozenset()
    assert await claim(store, now=NOON + LEASE) == []
    assert len(await claim(store, now=NOON + LEASE * 1.5)) == 1


async def test_a_released_lane_can_be_claimed_at_once_or_when_it_asked_for(store: Store) -> None:
    await a_filled_lane(store)
    lane = await claim_one(store)
    await store.release_lanes([release(lane)], now=NOON)
    lane = await claim_one(store)

    await store.release_lanes([release(lane, not_before=NOON + MINUTE)], now=NOON)

    assert await claim(store, now=NOON + MINUTE - SECOND) == []
    assert len(await claim(store, now=NOON + MINUTE)) == 1


async def test_a_release_never_shortens_what_a_429_asked_for(store: Store) -> None:
    await a_filled_lane(store)
    lane = await claim_one(store)
    await send(store, lane, DeliveryState.WAITING, due_at=NOON, not_before=NOON + MINUTE)

    await store.release_lanes([release(lane, not_before=NOON + SECOND)], now=NOON)

    assert await claim(store, now=NOON + MINUTE - SECOND) == []


async def test_who_lost_a_lane_cannot_give_it_back(store: Store) -> None:
    await a_filled_lane(store)
    lost = await claim_one(store)
    taken = await claim_one(store, now=NOON + LEASE)

    await store.release_lanes([release(lost)], now=NOON + LEASE)

    assert await claim(store, now=NOON + LEASE) == []
    assert await store.renew_lanes(
        [(taken.destination.id, taken.epoch)], now=NOON + LEASE, lease=LEASE
    )


async def test_a_poll_during_a_lease_is_seen_after_it(store: Store) -> None:
    feed, _ = await a_filled_lane(store, 1)
    lane = await claim_one(store)
    await send(store, lane)

    await publish(store, feed, 2)
    await store.release_lanes([release(lane)], now=NOON)

    assert titles((await claim_one(store)).parcels) == ["Berita 2"]
