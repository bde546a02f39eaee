"""What was cut off while sending and may have arrived: in doubt, looked into, then decided."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest

from feeds.model import (
    DeliveryState,
    Doubt,
    Evidence,
    Finding,
    LaneRelease,
    NoticeKind,
    Sighting,
    Verdict,
)
from feeds.store import Expired, Store
from feeds.store.doubts import EVIDENCE_MAX
from tests.builders import NOON
from tests.store.situations import (
    DAY,
    MINUTE,
    a_filled_lane,
    an_intent,
    an_outcome,
    claim,
    claim_one,
    execute,
    rows,
    send,
    states,
)

CHAT = "-1001"
MARK = b"m" * 16
SECOND = timedelta(seconds=1)


async def cut_off(store: Store, stories: int = 1) -> int:
    """Leave the first of a chat's deliveries cut off while sending; gives its id."""
    await a_filled_lane(store, stories, kind="telegram", address=CHAT)
    intent = an_intent(await claim_one(store))
    await store.begin_sends([intent], now=NOON)
    return intent.delivery


async def in_doubt(store: Store, stories: int = 1) -> int:
    delivery = await cut_off(store, stories)
    await store.expire_leases(now=NOON, repeatable_kinds=(), everything=True)
    return delivery


async def the_doubt(store: Store, *, now: datetime = NOON) -> Doubt:
    (doubt,) = await store.doubts_due(now=now, limit=10)
    return doubt


async def test_a_death_leaves_it_in_doubt_with_an_attempt_counted(store: Store) -> None:
    await cut_off(store)

    expired = await store.expire_leases(now=NOON + DAY, repeatable_kinds=("webhook",))

    assert expired == Expired(in_doubt=1)
    (row,) = (await rows(store)).values()
    assert (row.state, row.attempts) == (DeliveryState.IN_DOUBT, 1)
    assert (await the_doubt(store, now=NOON + DAY)).parcel.delivery.id == row.id


async def test_a_lane_that_is_still_served_keeps_its_epoch_and_may_write_what_it_heard(
    store: Store,
) -> None:
    await cut_off(store)
    (place,) = await store.list_destinations()

    expired = await store.expire_leases(now=NOON + DAY, repeatable_kinds=(), spare=(place.id,))

    assert expired == Expired()
    assert await states(store) == [DeliveryState.SENDING]


async def cut_off_while_served(store: Store) -> None:
    await in_doubt(store, stories=2)


async def not_heard(store: Store) -> None:
    await a_filled_lane(store, 2, kind="telegram", address=CHAT)
    lane = await claim_one(store)
    await send(store, lane, DeliveryState.IN_DOUBT)
    release = LaneRelease(destination=lane.destination.id, epoch=lane.epoch)
    await store.release_lanes([release], now=NOON)


@pytest.mark.parametrize("lose", [cut_off_while_served, not_heard])
async def test_a_doubt_holds_its_lane_up_for_a_minute_whether_or_not_anybody_looks(
    store: Store, lose: Callable[[Store], Awaitable[None]]
) -> None:
    await lose(store)

    assert await claim(store) == []
    assert await claim(store, now=NOON + 59 * SECOND) == []
    lane = await claim_one(store, now=NOON + MINUTE)

    assert [parcel.delivery.state for parcel in lane.parcels] == [DeliveryState.WAITING]


async def test_the_minute_begins_when_its_service_is_there_again(store: Store) -> None:
    doubtful = await in_doubt(store, stories=2)

    await store.hold_doubts(("telegram",), now=NOON + DAY)
    held = await claim(store, now=NOON + DAY)
    looking = Verdict(delivery=doubtful, look_at=NOON + DAY + SECOND, look_until=NOON + DAY)
    await store.conclude_doubts([looking], now=NOON + DAY)
    await store.hold_doubts(("telegram",), now=NOON + 2 * DAY)

    assert held == []
    assert len((await claim_one(store, now=NOON + 2 * DAY)).parcels) == 1, "looked into by now"


async def test_doubts_of_other_services_are_held_no_longer(store: Store) -> None:
    await in_doubt(store, stories=2)

    await store.hold_doubts(("slack",), now=NOON + DAY)

    assert len((await claim_one(store, now=NOON + DAY)).parcels) == 1


async def test_what_was_decided_holds_its_lane_up_no_longer(store: Store) -> None:
    doubtful = await in_doubt(store, stories=2)
    await store.conclude_doubts([Verdict(delivery=doubtful, tell=True)], now=NOON)

    assert len((await claim_one(store)).parcels) == 1


async def test_doubts_of_a_service_that_is_away_hide_no_others(store: Store) -> None:
    await in_doubt(store)
    await a_filled_lane(store, 1, name="slack", kind="slack")
    lane = await claim_one(store, kinds=("slack",))
    await send(store, lane, DeliveryState.IN_DOUBT, now=NOON + SECOND)

    async def due(*away: str) -> list[str]:
        doubts = await store.doubts_due(now=NOON + MINUTE, limit=1, away=away)
        return [doubt.destination.kind for doubt in doubts]

    assert await due() == ["telegram"]
    assert await due("telegram") == ["slack"]
    assert await due("telegram", "slack") == []


async def test_what_is_found_is_sent_with_its_number_and_the_proof_is_kept(store: Store) -> None:
    doubtful = await in_doubt(store)
    proof = Evidence(
        way="probe", finding=Finding.FOUND, at=NOON, message_id="9", detail="message 9"
    )

    settled = await store.conclude_doubts(
        [Verdict(delivery=doubtful, evidence=(proof,), found="9", reason="it is there: probe")],
        now=NOON + SECOND,
    )

    told = await store.delivery_story(doubtful)
    assert settled == 1
    assert told is not None
    assert (told.delivery.state, told.delivery.message_id) == (DeliveryState.SENT, "9")
    assert told.delivery.sent_at == NOON, "when it was asked for, not when it was found"
    assert [(each.way, each.finding) for each in told.evidence] == [("probe", Finding.FOUND)]
    assert await store.doubts_due(now=NOON + DAY, limit=10) == []


async def test_of_many_looks_the_newest_are_kept_and_what_found_it_whenever_it_was(
    store: Store,
) -> None:
    doubtful = await in_doubt(store)

    async def look(finding: Finding, **found: Any) -> None:
        seen = Evidence(way="probe", finding=finding, at=NOON, detail=f"look {next(numbers)}")
        verdict = Verdict(delivery=doubtful, evidence=(seen,), look_at=NOON, look_until=NOON)
        await store.conclude_doubts([replace(verdict, **found)], now=NOON)

    async def kept() -> list[str]:
        told = await store.delivery_story(doubtful)
        assert told is not None
        return [each.detail for each in told.evidence]

    numbers = count(1)
    for _ in range(EVIDENCE_MAX):
        await look(Finding.ABSENT)
    await look(Finding.FOUND, found="9")
    assert await kept() == [f"look {number}" for number in range(2, EVIDENCE_MAX + 2)]

    await store.decide([doubtful], deed="resend", now=NOON)
    await store.begin_sends([an_intent(await claim_one(store))], now=NOON)
    await store.expire_leases(now=NOON, repeatable_kinds=(), everything=True)
    for _ in range(EVIDENCE_MAX):
        await look(Finding.ABSENT)
    newest = range(EVIDENCE_MAX + 2, 2 * EVIDENCE_MAX + 2)
    assert await kept() == [f"look {number}" for number in (EVIDENCE_MAX + 1, *newest)]


async def test_what_an_admin_must_decide_is_a_notice_until_he_has(store: Store) -> None:
    doubtful = await in_doubt(store)
    await store.conclude_doubts([Verdict(delivery=doubtful, tell=True)], now=NOON)

    (notice,) = await store.open_notices(NoticeKind.IN_DOUBT)
    await store.decide([doubtful], deed="confirm", now=NOON + MINUTE, message_id="3")

    assert notice.incident.delivery == doubtful
    assert await store.open_notices(NoticeKind.IN_DOUBT) == []
    assert await store.doubts_due(now=NOON + DAY, limit=10) == []


async def test_a_verdict_comes_too_late_for_what_an_admin_has_decided(store: Store) -> None:
    doubtful = await in_doubt(store)
    await store.decide([doubtful], deed="drop", now=NOON)

    settled = await store.conclude_doubts(
        [Verdict(delivery=doubtful, resend_at=NOON, tell=True)], now=NOON
    )

    assert settled == 0
    assert await states(store) == [DeliveryState.DROPPED]
    assert await store.open_notices(NoticeKind.IN_DOUBT) == []


async def test_what_is_sent_again_waits_in_its_old_place(store: Store) -> None:
    doubtful = await in_doubt(store, stories=2)

    await store.conclude_doubts([Verdict(delivery=doubtful, resend_at=NOON + MINUTE)], now=NOON)

    assert await claim(store, now=NOON + 59 * SECOND) == []
    lane = await claim_one(store, now=NOON + MINUTE)
    assert lane.parcels[0].delivery.id == doubtful
    assert lane.parcels[0].delivery.body is not None, "what was frozen stays"


async def test_nothing_is_sent_again_to_what_was_removed_meanwhile(store: Store) -> None:
    doubtful = await in_doubt(store)
    (place,) = await store.list_destinations()
    await store.remove_destination(place.id, now=NOON)

    await store.conclude_doubts([Verdict(delivery=doubtful, resend_at=NOON)], now=NOON)

    row = (await rows(store))[1]
    assert (row.state, row.reason) == (DeliveryState.DROPPED, "destination removed")


async def test_a_doubt_knows_the_posts_beside_it(store: Store) -> None:
    await a_filled_lane(store, 3, kind="telegram", address=CHAT)
    lane = await claim_one(store)
    before, doubtful, after = lane.parcels
    await send(store, lane, parcel=before, message_id="7")
    await store.begin_sends([an_intent(lane, doubtful, at=NOON + MINUTE)], now=NOON + SECOND)
    lost = an_outcome(lane, DeliveryState.IN_DOUBT, doubtful)
    lost = replace(lost, attempt=replace(lost.attempt, started_at=NOON + MINUTE))
    await store.settle([lost], now=NOON + MINUTE)
    later = an_outcome(lane, parcel=after).attempt
    await send(
        store,
        lane,
        parcel=after,
        message_id="12",
        attempt=replace(later, ended_at=NOON + 2 * MINUTE),
    )

    doubt = await the_doubt(store, now=NOON + DAY)

    assert doubt.parcel.delivery.id == doubtful.delivery.id
    assert (doubt.last_before, doubt.first_after) == ("7", "12")
    assert doubt.taken == {"7", "12"}


async def test_what_holds_its_lane_up_is_looked_into_before_what_is_only_looked_for_later(
    store: Store,
) -> None:
    old = await in_doubt(store, stories=2)
    later = Verdict(delivery=old, look_at=NOON + MINUTE, look_until=NOON)
    await store.conclude_doubts([later], now=NOON)
    lane = await claim_one(store)
    await store.begin_sends([an_intent(lane)], now=NOON)
    at = NOON + 2 * MINUTE
    await store.expire_leases(now=at, repeatable_kinds=(), everything=True)

    first, second = await store.doubts_due(now=at, limit=10)

    assert (first.parcel.delivery.id, second.parcel.delivery.id) == (
        lane.parcels[0].delivery.id,
        old,
    )


async def forget_what_was_noted(store: Store) -> None:
    """Make its doubts ones from before the newest number was noted."""
    await execute(store, "UPDATE deliveries SET newest_before = NULL")


@pytest.mark.parametrize("set_back_to", [NOON - DAY, NOON - SECOND, NOON + 2 * SECOND])
async def test_what_stood_before_a_doubt_is_told_by_no_clock(
    store: Store, set_back_to: datetime
) -> None:
    await a_filled_lane(store, 4, kind="telegram", address=CHAT)
    lane = await claim_one(store)
    before, doubtful, *later = lane.parcels
    await send(store, lane, parcel=before, message_id="7")
    await store.begin_sends([an_intent(lane, doubtful, at=NOON + MINUTE)], now=NOON)
    lost = an_outcome(lane, DeliveryState.IN_DOUBT, doubtful)
    lost = replace(lost, attempt=replace(lost.attempt, started_at=NOON + MINUTE))
    await store.settle([lost], now=NOON)
    for number, parcel in enumerate(later, start=12):
        told = replace(an_outcome(lane, parcel=parcel).attempt, ended_at=set_back_to)
        await send(store, lane, parcel=parcel, message_id=f"{number}", attempt=told)

    doubt = await the_doubt(store, now=NOON + DAY)

    assert doubt.parcel.delivery.id == doubtful.delivery.id
    assert (doubt.last_before, doubt.first_after) == ("7", "12")


async def test_before_the_first_post_of_all_stands_none_whatever_the_clock_says(
    store: Store,
) -> None:
    await a_filled_lane(store, 2, kind="telegram", address=CHAT)
    lane = await claim_one(store)
    doubtful, later = lane.parcels
    await store.begin_sends([an_intent(lane, doubtful, at=NOON + MINUTE)], now=NOON)
    await store.settle([an_outcome(lane, DeliveryState.IN_DOUBT, doubtful)], now=NOON)
    told = replace(an_outcome(lane, parcel=later).attempt, ended_at=NOON - DAY)
    await send(store, lane, parcel=later, message_id="12", attempt=told)

    doubt = await the_doubt(store, now=NOON + DAY)

    assert (doubt.last_before, doubt.first_after) == (None, "12")


async def test_posts_whose_numbers_contradict_their_times_do_not_narrow_the_reach(
    store: Store,
) -> None:
    await a_filled_lane(store, 4, kind="telegram", address=CHAT)
    lane = await claim_one(store)
    oldest, ahead, before, doubtful = lane.parcels
    await send(store, lane, parcel=oldest, message_id="3")
    by_a_wrong_clock = replace(an_outcome(lane, parcel=ahead).attempt, ended_at=NOON + DAY)
    await send(store, lane, parcel=ahead, message_id="5", attempt=by_a_wrong_clock)
    await send(store, lane, parcel=before, message_id="7")
    await store.begin_sends([an_intent(lane, doubtful, at=NOON + SECOND)], now=NOON + SECOND)
    await store.expire_leases(now=NOON + SECOND, repeatable_kinds=(), everything=True)

    exactly = await the_doubt(store, now=NOON + MINUTE)
    await forget_what_was_noted(store)
    by_the_clock = await the_doubt(store, now=NOON + MINUTE)

    assert exactly.parcel.delivery.id == doubtful.delivery.id
    assert (exactly.last_before, exactly.first_after) == ("7", None)
    assert (by_the_clock.last_before, by_the_clock.first_after) == ("3", None)


async def test_of_a_doubt_begun_under_a_clock_that_was_ahead_only_a_note_tells(
    store: Store,
) -> None:
    await a_filled_lane(store, 2, kind="telegram", address=CHAT)
    lane = await claim_one(store)
    await send(store, lane, message_id="7")
    await store.begin_sends([an_intent(lane, lane.parcels[1], at=NOON + DAY)], now=NOON)
    await store.expire_leases(now=NOON, repeatable_kinds=(), everything=True)

    exactly = await the_doubt(store, now=NOON + MINUTE)
    await forget_what_was_noted(store)
    by_the_clock = await the_doubt(store, now=NOON + MINUTE)

    assert (exactly.last_before, exactly.first_after) == ("7", None)
    assert (by_the_clock.last_before, by_the_clock.first_after) == (None, None)


async def move_the_chat(store: Store, *, at: datetime) -> None:
    """Learn by a refusal that the chat has another number: a group that was upgraded."""
    lane = await claim_one(store, now=at)
    moved = an_outcome(lane, DeliveryState.WAITING, address="-1009", due_at=at)
    attempt = replace(moved.attempt, outcome="moved", ended_at=at)
    await store.begin_sends([an_intent(lane)], now=at)
    await store.settle([replace(moved, attempt=attempt)], now=at)
    await store.expire_leases(now=at, repeatable_kinds=(), everything=True)


@pytest.mark.parametrize(
    "sent_at", [pytest.param(NOON, id="right"), pytest.param(NOON + DAY, id="a clock ahead")]
)
async def test_posts_from_before_its_chat_moved_are_not_beside_it(
    store: Store, sent_at: datetime
) -> None:
    await a_filled_lane(store, 2, kind="telegram", address=CHAT)
    lane = await claim_one(store)
    attempt = replace(an_outcome(lane).attempt, ended_at=sent_at)
    await send(store, lane, message_id="700", attempt=attempt)
    await store.expire_leases(now=NOON, repeatable_kinds=(), everything=True)
    await move_the_chat(store, at=NOON + MINUTE)
    later = NOON + 2 * MINUTE
    lane = await claim_one(store, now=later)
    await store.begin_sends([an_intent(lane, at=later)], now=later)
    await store.expire_leases(now=later, repeatable_kinds=(), everything=True)

    doubt = await the_doubt(store, now=later)

    assert doubt.destination.address == "-1009"
    assert (doubt.last_before, doubt.first_after, doubt.taken) == (None, None, frozenset())


async def test_a_doubt_begun_before_the_move_under_a_clock_that_was_ahead_is_beside_no_post(
    store: Store,
) -> None:
    await a_filled_lane(store, 3, kind="telegram", address=CHAT)
    lane = await claim_one(store)
    await send(store, lane, message_id="700")
    await store.begin_sends([an_intent(lane, lane.parcels[1], at=NOON + DAY)], now=NOON)
    await store.expire_leases(now=NOON, repeatable_kinds=(), everything=True)
    doubtful = (await the_doubt(store)).parcel.delivery.id
    await store.conclude_doubts(
        [Verdict(delivery=doubtful, look_at=NOON + MINUTE, look_until=NOON)], now=NOON
    )
    await move_the_chat(store, at=NOON + MINUTE)

    doubt = await the_doubt(store, now=NOON + 2 * DAY)

    assert doubt.parcel.delivery.id == doubtful
    assert (doubt.last_before, doubt.first_after) == (None, None)


async def test_a_doubt_whose_chat_has_moved_since_is_beside_no_post(store: Store) -> None:
    await a_filled_lane(store, 3, kind="telegram", address=CHAT)
    await send(store, await claim_one(store), message_id="7")
    await store.expire_leases(now=NOON, repeatable_kinds=(), everything=True)
    await store.begin_sends([an_intent(await claim_one(store))], now=NOON)
    await store.expire_leases(now=NOON, repeatable_kinds=(), everything=True)
    doubtful = (await the_doubt(store)).parcel.delivery.id
    await store.conclude_doubts(
        [Verdict(delivery=doubtful, look_at=NOON + DAY, look_until=NOON)], now=NOON
    )
    await move_the_chat(store, at=NOON + MINUTE)

    doubt = await the_doubt(store, now=NOON + DAY)

    assert doubt.parcel.delivery.id == doubtful
    assert (doubt.last_before, doubt.first_after) == (None, None)


async def see(store: Store, *, says: bytes = MARK, place: str = CHAT) -> bool:
    """Let message 9 be seen a minute later, by bodies that all have the mark `MARK`."""
    seen = Sighting(message_id="9", mark=says)
    return await store.sight("telegram", place, seen, mark_body=lambda _: MARK, now=NOON + MINUTE)


async def test_a_post_seen_while_it_is_not_settled_is_kept_and_looked_at(store: Store) -> None:
    doubtful = await in_doubt(store)
    await store.conclude_doubts([Verdict(delivery=doubtful)], now=NOON)

    kept = await see(store)
    again = await see(store)

    assert kept
    assert again, "an update may come twice"
    doubt = await the_doubt(store, now=NOON + MINUTE)
    assert doubt.sightings == (Sighting(message_id="9", mark=MARK),)
    assert doubt.look_until == doubt.since, "what was decided stays decided"


async def test_a_post_that_says_something_else_is_kept_and_sets_no_look_off(store: Store) -> None:
    doubtful = await in_doubt(store)
    later = Verdict(delivery=doubtful, look_at=NOON + DAY, look_until=NOON)
    await store.conclude_doubts([later], now=NOON)

    assert await see(store, says=b"another")

    assert await store.doubts_due(now=NOON + DAY - SECOND, limit=9) == []
    doubt = await the_doubt(store, now=NOON + DAY)
    assert [seen.mark for seen in doubt.sightings] == [b"another"]


async def test_a_post_seen_where_everything_is_settled_is_not_kept(store: Store) -> None:
    await a_filled_lane(store, 1, kind="telegram", address=CHAT)

    assert not await see(store)
    assert not await see(store, place="-1002")


async def test_what_was_sent_again_while_in_doubt_is_counted(store: Store) -> None:
    doubtful = await in_doubt(store)
    before = await store.status(now=NOON)
    await store.conclude_doubts([Verdict(delivery=doubtful, resend_at=NOON)], now=NOON)
    await send(store, await claim_one(store), message_id="9")

    after = await store.status(now=NOON)

    assert (before.resent, after.resent) == (0, 1)


async def test_a_doubt_of_a_removed_destination_is_looked_into_and_told_and_can_be_ended(
    store: Store,
) -> None:
    doubtful = await in_doubt(store)
    (place,) = await store.list_destinations()
    await store.remove_destination(place.id, now=NOON)

    doubt = await the_doubt(store)
    await store.conclude_doubts((Verdict(delivery=doubtful, tell=True),), now=NOON)
    (told,) = await store.open_notices(NoticeKind.IN_DOUBT)
    refused = await store.decide([doubtful], deed="retry", now=NOON)
    confirmed = await store.decide([doubtful], deed="confirm", now=NOON)

    assert doubt.parcel.delivery.id == told.incident.delivery == doubtful
    assert (refused.changed, confirmed.changed) == ((), (doubtful,))
    assert await store.open_notices(NoticeKind.IN_DOUBT) == []


async def test_a_doubt_of_a_removed_destination_is_never_sent_again(store: Store) -> None:
    doubtful = await in_doubt(store)
    (place,) = await store.list_destinations()
    await store.remove_destination(place.id, now=NOON)

    await store.conclude_doubts((Verdict(delivery=doubtful, resend_at=NOON),), now=NOON)

    (row,) = (await rows(store)).values()
    assert (row.state, row.reason) == (DeliveryState.DROPPED, "destination removed")
