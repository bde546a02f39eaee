"""Outcomes: written once, by who still holds the lane."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from feeds.errors import StoreRefused
from feeds.model import DeliveryState, DestinationState, NoticeKind, Pace
from feeds.store import DeliveryStory, Expired, Store
from tests.builders import NOON
from tests.store.situations import (
    LEASE,
    MINUTE,
    SECOND,
    a_filled_lane,
    an_intent,
    an_outcome,
    beyond_64_bits,
    claim_one,
    rows,
    send,
    states,
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

    why = "the endpoint answered 410 Gone"
    await store.settle([an_outcome(lane, WAITING, park=why, reason=why)], now=NOON)

    found = await store.destination_by(place.id)
    assert found is not None
    assert found.state is DestinationState.PAUSED
    assert found.failing is not None
    assert found.failing.answer == why
    assert await store.open_notices(NoticeKind.PARKED) == []


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


async def test_half_an_emoji_in_an_answer_spoils_no_outcome(store: Store) -> None:
    _, place = await a_filled_lane(store)
    lane = await claim_one(store)
    half = "Bad Request: \ud83d"
    words = {"reason": half, "park": half, "message_id": half}
    pace = Pace(scope="telegram:bot:1", not_before=NOON + MINUTE, reason=half)

    await send(store, lane, WAITING, due_at=NOON, paces=(pace,), **words)

    row, found = (await rows(store))[1], await store.destination_by(place.id)
    assert found is not None
    assert row.reason == found.state_reason == row.message_id == "Bad Request: ?"
    assert [pace.reason for pace in await store.load_paces()] == ["Bad Request: ?"]
    (notice,) = await store.open_notices(NoticeKind.PARKED)
    assert notice.incident.details == {"reason": "Bad Request: ?"}


async def test_a_number_beyond_64_bits_is_refused_plainly_and_nothing_is_written(
    store: Store,
) -> None:
    await a_filled_lane(store)
    lane = await claim_one(store)
    await store.begin_sends([an_intent(lane)], now=NOON)

    with pytest.raises(StoreRefused, match="refuses a value"):
        await store.settle([beyond_64_bits(an_outcome(lane))], now=NOON)

    assert (await states(store))[0] is SENDING
