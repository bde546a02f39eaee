"""Forgetting: what is over goes in time; what is not over never does."""

from datetime import timedelta

import pytest

from feeds.model import DeliveryState, Pace, PollMemory, SeenKeys
from feeds.store import Store
from feeds.store.pruning import BATCH, KEYS_MIN
from tests.builders import NOON
from tests.store.situations import (
    DAY,
    SECOND,
    a_filled_lane,
    a_place,
    a_poll,
    a_source,
    claim_one,
    execute,
    key,
    news,
    publish,
    query,
    send,
    states,
)

KEEP = 30 * DAY
OLD = NOON + KEEP + SECOND


async def count(store: Store, table: str) -> int:
    ((found,),) = await query(store, f"SELECT count(*) FROM {table}")  # noqa: S608  # our own names
    return int(found)


@pytest.mark.parametrize("state", list(DeliveryState))
async def test_only_what_is_over_is_forgotten(store: Store, state: DeliveryState) -> None:
    await a_filled_lane(store, 2)
    await execute(store, "UPDATE deliveries SET state = :state, reason = 'why'", state=state)
    over = state in (DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.DROPPED)

    await store.prune(now=NOON + KEEP, keep=KEEP)
    assert await count(store, "deliveries") == 2
    await store.prune(now=OLD, keep=KEEP)

    assert await count(store, "deliveries") == (0 if over else 2)
    assert await count(store, "stories") == (0 if over else 2)


async def test_a_forgotten_delivery_takes_its_attempts_along_and_leaves_its_keys(
    store: Store,
) -> None:
    feed, _ = await a_filled_lane(store, 1)
    await send(store, await claim_one(store))

    gone = await store.prune(now=OLD, keep=KEEP)

    assert gone == 2
    assert await count(store, "attempts") == 0
    known = await store.known_keys(feed.id, [key("guid-1")])
    assert known[key("guid-1")].story is None


async def test_a_story_stays_as_long_as_one_of_its_deliveries(store: Store) -> None:
    feed, _ = await a_filled_lane(store, 1)
    await send(store, await claim_one(store), DeliveryState.IN_DOUBT)

    await store.prune(now=OLD, keep=KEEP)

    assert await count(store, "stories") == 1
    known = await store.known_keys(feed.id, [key("guid-1")])
    assert known[key("guid-1")].story is not None


async def test_a_story_that_goes_nowhere_is_forgotten_like_the_others(store: Store) -> None:
    feed = await a_source(store)
    await publish(store, feed, 1)

    await store.prune(now=OLD, keep=KEEP)

    assert await count(store, "stories") == 0


async def test_a_failure_retried_lately_is_kept(store: Store) -> None:
    await a_filled_lane(store, 1)
    lane = await claim_one(store)
    await send(store, lane, DeliveryState.FAILED)
    await store.decide([lane.parcels[0].delivery.id], deed="drop", now=NOON + DAY)

    await store.prune(now=OLD, keep=KEEP)

    assert await states(store) == [DeliveryState.DROPPED]


async def test_more_than_one_batch_is_forgotten(store: Store) -> None:
    feed = await a_source(store)
    many = [news(number) for number in range(BATCH + 20)]
    await store.record_polls([a_poll(feed, *many)], now=NOON)

    assert await store.prune(now=OLD, keep=KEEP) == BATCH + 20


async def test_old_keys_go_but_for_the_floor_of_each_feed(store: Store) -> None:
    busy, small = await a_source(store, "busy"), await a_source(store, "small")
    old = tuple(key(f"old-{number}") for number in range(KEYS_MIN + 50))
    young = tuple(key(f"young-{number}") for number in range(100))
    memory = PollMemory(baseline_at=NOON, entries_seen=100)
    first = a_poll(busy, seen=(SeenKeys(keys=old),), memory=memory)
    few = a_poll(small, seen=(SeenKeys(keys=old[:10]),))
    await store.record_polls([first, few], now=NOON)
    later = NOON + 181 * DAY
    again = a_poll(busy, seen=(SeenKeys(keys=young),), memory=memory)
    await store.record_polls([again], now=later)

    gone = await store.prune(now=later, keep=KEEP)

    assert gone == 150
    assert len(await store.known_keys(busy.id, [*old, *young])) == KEYS_MIN
    assert len(await store.known_keys(busy.id, young)) == 100
    assert len(await store.known_keys(small.id, old)) == 10


async def test_a_feed_with_many_entries_keeps_more_keys(store: Store) -> None:
    feed = await a_source(store)
    keys = tuple(key(f"old-{number}") for number in range(KEYS_MIN + 100))
    memory = PollMemory(baseline_at=NOON, entries_seen=150)
    await store.record_polls([a_poll(feed, seen=(SeenKeys(keys=keys),), memory=memory)], now=NOON)

    assert await store.prune(now=NOON + 200 * DAY, keep=KEEP) == 0


async def test_paces_long_unused_are_forgotten_and_closed_scopes_are_not(store: Store) -> None:
    used = Pace(scope="used", recent=(NOON,))
    closed = Pace(scope="closed", recent=(NOON,), not_before=NOON + 3 * DAY, reason="429")
    await store.save_paces([used, closed], now=NOON)

    await store.prune(now=NOON + DAY + SECOND, keep=timedelta(days=1))

    assert await store.load_paces() == [closed]


async def test_a_secret_that_signs_no_more_is_forgotten_and_no_earlier(store: Store) -> None:
    await a_place(store, "other", secret="whsec_kept")
    place = await a_place(store, secret="whsec_one")
    rotated = await store.set_secret(place.id, "whsec_two", now=NOON)
    assert rotated.old_secret_until is not None

    await store.prune(now=rotated.old_secret_until, keep=KEEP)
    old = "SELECT old_secret FROM destinations WHERE old_secret IS NOT NULL"
    assert await query(store, old) == [("whsec_one",)]
    await store.prune(now=rotated.old_secret_until + SECOND, keep=KEEP)

    assert await query(store, old) == []
    assert {row.destination.secret for row in await store.list_destinations()} == {
        *("whsec_kept", "whsec_two")
    }
