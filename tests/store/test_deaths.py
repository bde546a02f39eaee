"""What was cut off while sending: repeated where it may be, else in doubt, never lost."""

from datetime import datetime
from typing import Any

from feeds.model import DeliveryState, Verdict
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
    send,
    states,
    titles,
)

WAITING, SENDING, SENT = DeliveryState.WAITING, DeliveryState.SENDING, DeliveryState.SENT
IN_DOUBT, DROPPED, FAILED = DeliveryState.IN_DOUBT, DeliveryState.DROPPED, DeliveryState.FAILED


async def story_of(store: Store, seq: int = 1) -> DeliveryStory:
    found = await store.delivery_story((await rows(store))[seq].id)
    assert found is not None
    return found


async def expire(
    store: Store, *, now: datetime = NOON, kinds: tuple[str, ...] = ("webhook",), **changes: Any
) -> Expired:
    return await store.expire_leases(now=now, repeatable_kinds=kinds, **changes)


async def test_a_repeatable_send_that_was_cut_off_waits_again_with_the_same_id_and_body(
    store: Store,
) -> None:
    await a_filled_lane(store, 2)
    lane = await claim_one(store)
    await store.begin_sends([an_intent(lane, body=b"frozen")], now=NOON)

    too_soon = await expire(store, now=NOON + LEASE - SECOND)
    expired = await expire(store, now=NOON + LEASE)

    assert too_soon == Expired()
    assert expired == Expired(returned=1)
    taken = await claim_one(store, now=NOON + LEASE)
    assert taken.epoch == lane.epoch + 2  # one for the expiry, one for the claim
    again = taken.parcels[0].delivery
    before = lane.parcels[0].delivery
    assert (again.id, again.webhook_id, again.body) == (before.id, before.webhook_id, b"frozen")
    (attempt,) = (await story_of(store)).attempts
    assert (attempt.outcome, attempt.ended_at) == ("in_doubt", NOON + LEASE)
    assert attempt.detail == "stopped while sending"


async def test_any_other_send_that_was_cut_off_is_in_doubt_and_those_behind_go_on(
    store: Store,
) -> None:
    await a_filled_lane(store, 2, kind="telegram")
    lane = await claim_one(store)
    await store.begin_sends([an_intent(lane)], now=NOON)

    expired = await expire(store, now=NOON + LEASE)

    assert expired == Expired(in_doubt=1)
    row = (await rows(store))[1]
    assert (row.state, row.reason) == (IN_DOUBT, "stopped while sending")
    await store.conclude_doubts([Verdict(delivery=row.id, tell=True)], now=NOON + LEASE)
    assert titles((await claim_one(store, now=NOON + LEASE)).parcels) == ["Berita 2"]


async def test_at_a_start_every_lease_is_over_at_once_and_feed_claims_too(store: Store) -> None:
    feed, _ = await a_filled_lane(store, 2)
    lane = await claim_one(store)
    await store.begin_sends([an_intent(lane)], now=NOON)
    later = NOON + 15 * MINUTE
    await store.claim_feeds(now=later, limit=1, per_host=1, lease=9 * MINUTE)

    expired = await expire(store, everything=True)

    assert expired == Expired(returned=1)
    assert len(await claim(store)) == 1
    (again,) = await store.claim_feeds(now=later, limit=1, per_host=1, lease=MINUTE)
    assert again.id == feed.id


async def test_a_lease_that_ran_out_between_sends_only_frees_the_lane(store: Store) -> None:
    await a_filled_lane(store, 2)
    lane = await claim_one(store)
    await send(store, lane, WAITING, due_at=NOON + MINUTE)

    assert await expire(store, now=NOON + LEASE) == Expired()
    assert await store.next_due_lane_at(("webhook",)) == NOON + MINUTE
    assert (
        await store.renew_lanes([(lane.destination.id, lane.epoch)], now=NOON + LEASE, lease=LEASE)
        == frozenset()
    )


async def test_a_cut_off_send_to_a_removed_destination_does_not_wait_there(store: Store) -> None:
    _, place = await a_filled_lane(store, 1)
    lane = await claim_one(store)
    await store.begin_sends([an_intent(lane)], now=NOON)
    await store.remove_destination(place.id, now=NOON)

    await expire(store, now=NOON + LEASE)

    assert await states(store) == [DROPPED]


async def test_of_two_racing_claimers_the_later_ones_outcome_stands(store: Store) -> None:
    await a_filled_lane(store, 1)
    frozen = await claim_one(store)
    await store.begin_sends([an_intent(frozen)], now=NOON)
    await expire(store, now=NOON + LEASE)
    taken = await claim_one(store, now=NOON + LEASE)
    await store.begin_sends([an_intent(taken)], now=NOON + LEASE)

    stale = await store.settle([an_outcome(frozen, FAILED)], now=NOON + LEASE)
    fresh = await store.settle([an_outcome(taken)], now=NOON + LEASE)

    assert (len(stale), len(fresh)) == (0, 1)
    assert await states(store) == [SENT]
