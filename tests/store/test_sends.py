"""Sending: nothing leaves without a committed intent, and no outcome is written by who lost it."""

import asyncio
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from feeds.model import DeliveryState, DestinationState, LaneRelease, Pace
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


# ── intents ──────────────────────────────────────────────────────────────────────────────────────


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

    await store.save_paces(paces)
    await store.save_paces([replace(paces[0], recent=())])

    kept = {pace.scope: pace for pace in await store.load_paces()}
    assert kept == {pace.scope: pace for pace in paces} | {
        "webhook:0": replace(paces[0], recent=())
    }


# ── outcomes ─────────────────────────────────────────────────────────────────────────────────────


async def test_a_sent_delivery_keeps_the_message_and_its_attempt_the_answer(store: Store) -> None:
    await a_filled_lane(store)
    lane = await claim_one(store)

    await send(store, lane, SENT, message_id="4711")

    told = await story_of(store)
    assert (told.delivery.state, told.delivery.message_id) == (SENT, "4711")
    assert told.delivery.sent_at == NOON + SECOND
    assert told.delivery.attempts == 1
    (attempt,) = told.attempts
    assert (attempt.outcome, attempt.status, attempt.detail) == ("sent", 200, "as it went")
    assert attempt.ended_at == NOON + SECOND
    assert (await store.status(now=NOON)).last_sent_at == NOON


async def test_a_retry_waits_until_it_is_due_and_says_why(store: Store) -> None:
    await a_filled_lane(store)
    lane = await claim_one(store)

    await send(store, lane, WAITING, due_at=NOON + MINUTE, reason="500 from the endpoint")

    row = (await rows(store))[1]
    assert (row.state, row.reason) == (WAITING, "500 from the endpoint")
    assert (row.due_at, row.attempts) == (NOON + MINUTE, 1)


async def test_an_attempt_that_does_not_count_burns_none_but_is_kept(store: Store) -> None:
    await a_filled_lane(store)
    lane = await claim_one(store)

    for _ in range(3):
        await send(store, lane, WAITING, due_at=NOON, counts=False)

    told = await story_of(store)
    assert told.delivery.attempts == 0
    assert [attempt.number for attempt in told.attempts] == [1, 2, 3]


async def test_plain_from_now_on_drops_the_body_and_stays_plain(store: Store) -> None:
    await a_filled_lane(store, 1)
    lane = await claim_one(store)

    await send(store, lane, WAITING, due_at=NOON, plain=True)
    plain = (await story_of(store)).delivery
    await send(store, lane, WAITING, due_at=NOON)

    assert (plain.plain, plain.body) == (True, None)
    assert (await story_of(store)).delivery.plain


@pytest.mark.parametrize("state", [SENT, WAITING, FAILED, IN_DOUBT])
async def test_an_outcome_written_by_who_lost_the_lane_is_refused(
    store: Store, state: DeliveryState
) -> None:
    await a_filled_lane(store, kind="telegram")
    lost = await claim_one(store)
    await store.begin_sends([an_intent(lost)], now=NOON)
    await expire(store, now=NOON + LEASE)

    settled = await store.settle([an_outcome(lost, state)], now=NOON + LEASE)

    assert settled == frozenset()
    assert (await states(store))[0] is IN_DOUBT


async def test_a_late_outcome_is_taken_as_long_as_nobody_took_the_lane(store: Store) -> None:
    await a_filled_lane(store)
    lane = await claim_one(store)
    await store.begin_sends([an_intent(lane)], now=NOON)

    settled = await store.settle([an_outcome(lane)], now=NOON + 10 * LEASE)

    assert settled == {lane.parcels[0].delivery.id}


async def test_an_outcome_is_taken_once(store: Store) -> None:
    await a_filled_lane(store)
    lane = await claim_one(store)
    await send(store, lane)

    again = await store.settle([an_outcome(lane, FAILED)], now=NOON)

    assert again == frozenset()
    assert (await states(store))[0] is SENT


async def test_an_outcome_without_an_intent_is_refused(store: Store) -> None:
    await a_filled_lane(store)
    lane = await claim_one(store)

    assert await store.settle([an_outcome(lane)], now=NOON) == frozenset()


async def test_a_refusing_destination_is_parked_and_its_queue_waits(store: Store) -> None:
    _, place = await a_filled_lane(store)
    lane = await claim_one(store)

    await send(store, lane, WAITING, due_at=NOON, park="bot was kicked")

    found = await store.destination_by(place.id)
    assert found is not None
    assert (found.state, found.state_reason) == (DestinationState.PARKED, "bot was kicked")
    assert await states(store) == [WAITING] * 3


async def test_what_an_admin_paused_is_not_parked_over(store: Store) -> None:
    _, place = await a_filled_lane(store)
    lane = await claim_one(store)
    await store.begin_sends([an_intent(lane)], now=NOON)
    await store.pause_destination(place.id, now=NOON)

    await store.settle([an_outcome(lane, WAITING, park="bot was kicked")], now=NOON)

    found = await store.destination_by(place.id)
    assert found is not None
    assert found.state is DestinationState.PAUSED


async def test_a_429_closes_the_whole_lane_and_is_never_shortened(store: Store) -> None:
    _, place = await a_filled_lane(store)
    lane = await claim_one(store)

    await send(store, lane, WAITING, due_at=NOON, not_before=NOON + MINUTE)
    await send(store, lane, WAITING, due_at=NOON, not_before=NOON + SECOND)

    found = await store.destination_by(place.id)
    assert found is not None
    assert found.not_before == NOON + MINUTE


async def test_a_long_answer_is_cut(store: Store) -> None:
    await a_filled_lane(store)
    lane = await claim_one(store)
    outcome = an_outcome(lane)
    long = replace(outcome, attempt=replace(outcome.attempt, detail="x" * 9_000 + "\0"))
    await store.begin_sends([an_intent(lane)], now=NOON)

    await store.settle([long], now=NOON)

    assert (await story_of(store)).attempts[0].detail == "x" * 2_000


@pytest.mark.parametrize("removed", ["destination", "route", "feed"])
async def test_what_would_wait_for_something_removed_meanwhile_is_dropped(
    store: Store, removed: str
) -> None:
    feed, place = await a_filled_lane(store, 2)
    lane = await claim_one(store)
    await store.begin_sends([an_intent(lane)], now=NOON)
    match removed:
        case "destination":
            await store.remove_destination(place.id, now=NOON)
        case "route":
            (way,) = await store.list_routes()
            await store.remove_route(way.route.id, now=NOON)
        case "feed":
            await store.remove_feed(feed.id, now=NOON)

    await store.settle([an_outcome(lane, WAITING, due_at=NOON)], now=NOON)

    assert await states(store) == [DROPPED, DROPPED]
    assert "removed" in ((await rows(store))[1].reason or "")


# ── deaths ───────────────────────────────────────────────────────────────────────────────────────


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
