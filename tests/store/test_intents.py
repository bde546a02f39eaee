"""Nothing leaves without a committed intent."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from feeds.model import DeliveryState, LaneRelease, Pace
from feeds.store import DeliveryStory, Expired, Store
from tests.builders import NOON
from tests.store.situations import (
    LEASE,
    MINUTE,
    SECOND,
    a_filled_lane,
    an_intent,
    an_outcome,
    claim,
    claim_one,
    rows,
    states,
)

WAITING, SENDING, SENT = DeliveryState.WAITING, DeliveryState.SENDING, DeliveryState.SENT


async def story_of(store: Store, seq: int = 1) -> DeliveryStory:
    found = await store.delivery_story((await rows(store))[seq].id)
    assert found is not None
    return found


async def expire(
    store: Store, *, now: datetime = NOON, kinds: tuple[str, ...] = ("webhook",), **changes: Any
) -> Expired:
    return await store.expire_leases(now=now, repeatable_kinds=kinds, **changes)


async def test_an_intent_marks_the_delivery_and_begins_an_attempt(store: Store) -> None:
    await a_filled_lane(store)
    lane = await claim_one(store)

    begun = await store.begin_sends([an_intent(lane, at=NOON + SECOND)], now=NOON + SECOND)

    assert begun == {lane.parcels[0].delivery.id}
    told = await story_of(store)
    assert told.delivery.state is SENDING
    (attempt,) = told.attempts
    assert (attempt.number, attempt.started_at, attempt.ended_at) == (1, NOON + SECOND, None)


async def test_the_body_of_the_first_intent_is_the_body_ever_after(store: Store) -> None:
    await a_filled_lane(store, 1)
    lane = await claim_one(store)
    await store.begin_sends([an_intent(lane, body=b"first")], now=NOON)
    await store.settle([an_outcome(lane, WAITING, due_at=NOON)], now=NOON)

    await store.begin_sends([an_intent(lane, body=b"second")], now=NOON)

    told = await story_of(store)
    assert told.delivery.body == b"first"
    assert told.delivery.webhook_id == lane.parcels[0].delivery.webhook_id
    assert [attempt.number for attempt in told.attempts] == [1, 2]


@pytest.mark.parametrize("lost", ["lease over", "claimed by another", "released", "expired"])
async def test_no_send_begins_under_a_lost_lease(store: Store, lost: str) -> None:
    await a_filled_lane(store)
    lane = await claim_one(store)
    now = NOON + LEASE
    match lost:
        case "claimed by another":
            await claim_one(store, now=now)
        case "released":
            given = LaneRelease(destination=lane.destination.id, epoch=lane.epoch)
            await store.release_lanes([given], now=NOON)
            now = NOON
        case "expired":
            await expire(store, now=now)

    begun = await store.begin_sends([an_intent(lane)], now=now)

    assert begun == frozenset()
    assert await states(store) == [WAITING] * 3


async def test_no_send_begins_at_a_destination_closed_meanwhile(store: Store) -> None:
    _, place = await a_filled_lane(store)
    lane = await claim_one(store)
    await store.pause_destination(place.id, now=NOON)

    assert await store.begin_sends([an_intent(lane)], now=NOON) == frozenset()


async def test_no_send_begins_of_what_an_admin_dropped_meanwhile(store: Store) -> None:
    await a_filled_lane(store)
    lane = await claim_one(store)
    await store.decide([lane.parcels[0].delivery.id], deed="drop", now=NOON)

    assert await store.begin_sends([an_intent(lane)], now=NOON) == frozenset()


async def test_the_same_delivery_begins_once(store: Store) -> None:
    await a_filled_lane(store)
    lane = await claim_one(store)

    both = await asyncio.gather(*(store.begin_sends([an_intent(lane)], now=NOON) for _ in range(2)))

    assert sorted(len(begun) for begun in both) == [0, 1]
    assert len((await story_of(store)).attempts) == 1


async def test_intents_of_many_lanes_go_together_and_each_is_judged_for_itself(
    store: Store,
) -> None:
    for number in range(4):
        await a_filled_lane(store, 1, name=f"place-{number}")
    lanes = await claim(store)
    intents = [an_intent(lane) for lane in lanes]
    intents[1] = replace(intents[1], epoch=intents[1].epoch + 1)
    intents[2] = replace(intents[2], delivery=999)

    begun = await store.begin_sends(intents, now=NOON)

    assert begun == {intents[0].delivery, intents[3].delivery}


async def test_outcomes_and_intents_of_different_lanes_are_written_at_once(store: Store) -> None:
    await a_filled_lane(store, 2, name="one")
    await a_filled_lane(store, 2, name="two")
    one, two = await claim(store)
    await store.begin_sends([an_intent(one)], now=NOON)

    settled, begun = await store.write_sends(
        outcomes=[an_outcome(one, SENT), an_outcome(two, SENT)], intents=[an_intent(two)], now=NOON
    )

    assert settled == {one.parcels[0].delivery.id}, "two had not begun: its outcome is refused"
    assert begun == {two.parcels[0].delivery.id}


async def test_the_pace_of_a_send_is_kept_with_its_intent_and_its_outcome(store: Store) -> None:
    await a_filled_lane(store)
    lane = await claim_one(store)
    used = Pace(scope="webhook:1", recent=(NOON - SECOND, NOON))
    closed = replace(used, not_before=NOON + MINUTE, reason="429")

    await store.begin_sends([an_intent(lane, paces=(used,))], now=NOON)
    after_intent = await store.load_paces()
    await store.settle([an_outcome(lane, WAITING, due_at=NOON, paces=(closed,))], now=NOON)

    assert after_intent == [used]
    assert await store.load_paces() == [closed]
    assert (await store.status(now=NOON)).closed == (closed,)


async def test_paces_are_kept_without_a_send_too(store: Store) -> None:
    paces = [Pace(scope=f"webhook:{number}", recent=(NOON,)) for number in range(3)]

    await store.save_paces(paces, now=NOON)
    await store.save_paces([replace(paces[0], recent=())], now=NOON)

    kept = {pace.scope: pace for pace in await store.load_paces()}
    assert kept == {pace.scope: pace for pace in paces} | {
        "webhook:0": replace(paces[0], recent=())
    }


@pytest.mark.parametrize("later_by", [None, MINUTE])
async def test_a_closure_is_not_undone_by_a_pace_taken_before_it(
    store: Store, later_by: timedelta | None
) -> None:
    until = NOON + 60 * MINUTE
    closed = Pace(scope="telegram:chat:-1", not_before=until, reason="429")
    await store.save_paces([closed], now=NOON)
    before = Pace(scope=closed.scope, recent=(NOON,), not_before=later_by and NOON + later_by)

    await store.save_paces([before], now=NOON)
    while_closed = await store.load_paces()
    await store.save_paces([before], now=until)
    afterwards = await store.load_paces()

    assert while_closed == [replace(closed, recent=(NOON,))]
    assert afterwards == [before]


async def test_a_longer_closure_takes_the_place_of_a_shorter(store: Store) -> None:
    closed = Pace(scope="telegram:chat:-1", not_before=NOON + MINUTE, reason="429")
    longer = replace(closed, not_before=NOON + 2 * MINUTE, reason="429 again")
    await store.save_paces([closed], now=NOON)

    await store.save_paces([longer], now=NOON)

    assert await store.load_paces() == [longer]
