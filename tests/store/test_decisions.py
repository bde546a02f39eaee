"""An admin's decisions: what may be decided in which state, and what comes of it."""

import pytest

from feeds.model import DeliveryState
from feeds.store import Decided, Store
from feeds.store.decisions import Deed
from tests.builders import NOON
from tests.store.situations import (
    MINUTE,
    SECOND,
    a_filled_lane,
    a_place,
    a_poll,
    a_source,
    claim,
    claim_one,
    execute,
    news,
    publish,
    rows,
    send,
    states,
    titles,
)

WAITING, HELD, SENDING = DeliveryState.WAITING, DeliveryState.HELD, DeliveryState.SENDING
SENT, IN_DOUBT = DeliveryState.SENT, DeliveryState.IN_DOUBT
FAILED, DROPPED = DeliveryState.FAILED, DeliveryState.DROPPED

ALLOWED = {
    "retry": {IN_DOUBT: WAITING, FAILED: WAITING, HELD: WAITING, DROPPED: WAITING},
    "confirm": {IN_DOUBT: SENT},
    "drop": {WAITING: DROPPED, HELD: DROPPED, FAILED: DROPPED, IN_DOUBT: DROPPED},
}


async def a_delivery_in(store: Store, state: DeliveryState) -> int:
    await a_filled_lane(store, 1)
    await execute(
        store, "UPDATE deliveries SET state = :state, reason = 'why', attempts = 9", state=state
    )
    (row,) = await store.list_deliveries()
    return row.id


@pytest.mark.parametrize("deed", ["retry", "confirm", "drop"])
@pytest.mark.parametrize("state", list(DeliveryState))
async def test_each_deed_is_done_in_the_states_that_allow_it_and_refused_in_the_others(
    store: Store, deed: Deed, state: DeliveryState
) -> None:
    delivery = await a_delivery_in(store, state)
    wanted = ALLOWED[deed].get(state)

    decided = await store.decide([delivery], deed=deed, now=NOON + MINUTE)

    assert await states(store) == [wanted or state]
    if wanted:
        assert decided == Decided(changed=(delivery,))
    else:
        ((refused, why),) = decided.refused
        assert refused == delivery
        assert why.startswith("it ")


async def test_a_retried_delivery_is_due_now_with_all_its_attempts_and_the_same_id(
    store: Store,
) -> None:
    await a_filled_lane(store, 1)
    lane = await claim_one(store)
    await send(store, lane, FAILED)
    await store.expire_leases(now=NOON, repeatable_kinds=(), everything=True)
    before = lane.parcels[0].delivery

    await store.decide([before.id], deed="retry", now=NOON + MINUTE)

    again = (await claim_one(store, now=NOON + MINUTE)).parcels[0].delivery
    assert (again.id, again.webhook_id, again.seq) == (before.id, before.webhook_id, before.seq)
    assert (again.due_at, again.attempts) == (NOON + MINUTE, 0)
    assert again.body is not None


async def test_one_released_later_goes_next_out_of_order_with_its_old_place(store: Store) -> None:
    feed, place = await a_source(store), await a_place(store)
    await store.add_route(feed.id, place.id, now=NOON)
    await store.record_polls([a_poll(feed, news(1, hold="40 at once"), news(2))], now=NOON)
    held = (await rows(store))[1]

    await store.decide([held.id], deed="retry", now=NOON)

    assert titles((await claim_one(store)).parcels) == ["Berita 1", "Berita 2"]


async def test_a_confirmed_delivery_is_sent_with_the_message_that_was_found(store: Store) -> None:
    delivery = await a_delivery_in(store, IN_DOUBT)

    await store.decide([delivery], deed="confirm", now=NOON + MINUTE, message_id="4711")

    (row,) = await store.list_deliveries()
    assert (row.message_id, row.sent_at, row.reason) == ("4711", NOON + MINUTE, None)


async def test_a_drop_keeps_the_reason_it_was_given(store: Store) -> None:
    delivery = await a_delivery_in(store, WAITING)

    await store.decide([delivery], deed="drop", now=NOON, reason="old news")

    (row,) = await store.list_deliveries()
    assert row.reason == "old news"
    assert await claim(store) == []


async def test_a_dropped_head_frees_those_behind_at_once(store: Store) -> None:
    await a_filled_lane(store, 2)
    lane = await claim_one(store)
    await send(store, lane, WAITING, due_at=NOON + 9 * MINUTE)
    await store.expire_leases(now=NOON, repeatable_kinds=(), everything=True)
    assert await claim(store) == []

    await store.decide([lane.parcels[0].delivery.id], deed="drop", now=NOON)

    assert titles((await claim_one(store)).parcels) == ["Berita 2"]


async def test_many_are_decided_at_once_and_each_refusal_is_told(store: Store) -> None:
    await a_filled_lane(store, 3)
    lane = await claim_one(store)
    await send(store, lane, SENT)
    ids = [parcel.delivery.id for parcel in lane.parcels]

    decided = await store.decide([*ids, 999], deed="drop", now=NOON)

    assert decided.changed == tuple(ids[1:])
    assert decided.refused == ((ids[0], "it was sent"), (999, "there is no such delivery"))


async def test_nothing_waits_again_for_a_removed_destination(store: Store) -> None:
    _, place = await a_filled_lane(store, 1)
    await store.remove_destination(place.id, now=NOON)
    (row,) = await store.list_deliveries()

    decided = await store.decide([row.id], deed="retry", now=NOON)

    assert decided.refused == ((row.id, "its destination was removed"),)
    assert await store.retry_since(NOON - MINUTE, now=NOON) == 0


async def test_a_retry_after_its_route_was_removed_is_not_dropped_again_at_the_first_later(
    store: Store,
) -> None:
    await a_filled_lane(store, 1)
    (way,) = await store.list_routes()
    await store.remove_route(way.route.id, now=NOON)
    (row,) = await store.list_deliveries()
    await store.decide([row.id], deed="retry", now=NOON)

    await send(store, await claim_one(store), WAITING, due_at=NOON + MINUTE)

    assert await states(store) == [WAITING]


async def test_all_that_failed_since_then_wait_again(store: Store) -> None:
    feed, _ = await a_filled_lane(store, 3)
    lane = await claim_one(store)
    for parcel, minutes in zip(lane.parcels, (0, 0, 1), strict=True):
        await send(store, lane, FAILED, parcel, now=NOON + minutes * SECOND)
    await publish(store, feed, 4)

    count = await store.retry_since(NOON + SECOND, now=NOON + MINUTE)

    assert count == 1
    assert await states(store) == [FAILED, FAILED, WAITING, WAITING]
