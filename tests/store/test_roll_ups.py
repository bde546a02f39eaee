"""A roll-up's members take its outcome, whatever becomes of it, in the same transaction."""

from typing import Any

import pytest

from feeds.model import (
    DeliveryState,
    Evidence,
    Feed,
    Finding,
    Lane,
    Sighting,
    Verdict,
)
from feeds.store import DeliveryRow, Store
from feeds.store.decisions import Deed
from tests.builders import NOON
from tests.store.situations import (
    DAY,
    LEASE,
    MINUTE,
    SECOND,
    a_lane_with,
    a_place,
    a_source,
    an_intent,
    an_outcome,
    claim,
    claim_one,
    members,
    publish,
    query,
    rows,
    send,
    states,
)

WAITING, HELD, SENDING = DeliveryState.WAITING, DeliveryState.HELD, DeliveryState.SENDING
SENT, IN_DOUBT = DeliveryState.SENT, DeliveryState.IN_DOUBT
FAILED, DROPPED = DeliveryState.FAILED, DeliveryState.DROPPED
OUT = NOON + 10 * MINUTE
PLACE = "https://channel.example/hook"  # where a_lane_with puts its channel


async def a_roll_up(store: Store, stories: int = 6, **options: Any) -> tuple[Lane, int]:
    """A lane claimed with nothing in it but a roll-up; and that one's id."""
    await a_lane_with(store, stories, **{"backlog": "roll_up"} | options)
    lane = await claim_one(store, now=OUT)
    return lane, lane.parcels[0].delivery.id


async def two_feeds_rolled_up(store: Store) -> tuple[Feed, Feed, int]:
    """Three stories of each of two feeds, in one roll-up that waits."""
    feed, place = await a_lane_with(store, 3, backlog="roll_up")
    other = await a_source(store, "other")
    await store.add_route(other.id, place.id, now=NOON)
    await publish(store, other, 11, 12, 13)
    lane = await claim_one(store, now=OUT)
    await store.expire_leases(now=OUT, repeatable_kinds=(), everything=True)
    return feed, other, lane.parcels[0].delivery.id


async def whole_and_members(store: Store, roll_up: int) -> tuple[DeliveryRow, list[DeliveryRow]]:
    every = {row.id: row for row in await store.list_deliveries(limit=1_000)}
    ids = await query(store, 'SELECT member FROM roll_ups WHERE "into" = :it', it=roll_up)
    return every[roll_up], [every[member] for (member,) in ids]


async def members_are(store: Store, roll_up: int, state: DeliveryState, count: int = 6) -> bool:
    """The members of a roll-up are in a state, and say of it what it says itself."""
    whole, inside = await whole_and_members(store, roll_up)
    if state is HELD:
        told = {(HELD, f"rolled up in delivery {roll_up}", None, None)}
    else:
        told = {(state, whole.reason, whole.message_id, whole.sent_at)}
    return len(inside) == count and told == {
        (row.state, row.reason, row.message_id, row.sent_at) for row in inside
    }


# ── outcomes ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("outcome", "becomes"),
    [(SENT, SENT), (FAILED, FAILED), (IN_DOUBT, IN_DOUBT), (WAITING, HELD)],
)
async def test_what_becomes_of_the_one_message_becomes_of_each_story_in_it(
    store: Store, outcome: DeliveryState, becomes: DeliveryState
) -> None:
    lane, roll_up = await a_roll_up(store)
    message = "4711" if outcome is SENT else None

    await send(store, lane, outcome, now=OUT, message_id=message, due_at=OUT + MINUTE)

    assert await members_are(store, roll_up, becomes)
    whole, inside = await whole_and_members(store, roll_up)
    assert (whole.state, whole.message_id) == (outcome, message)
    assert {row.message_id for row in inside} == {message}


async def test_while_it_is_being_sent_its_stories_wait_for_it(store: Store) -> None:
    lane, roll_up = await a_roll_up(store)

    await store.begin_sends([an_intent(lane)], now=OUT)

    assert await members_are(store, roll_up, HELD)


@pytest.mark.parametrize(
    ("kind", "state", "becomes"), [("telegram", IN_DOUBT, IN_DOUBT), ("console", WAITING, HELD)]
)
async def test_a_death_while_it_was_being_sent_is_theirs_too(
    store: Store, kind: str, state: DeliveryState, becomes: DeliveryState
) -> None:
    lane, roll_up = await a_roll_up(store, kind=kind)
    await store.begin_sends([an_intent(lane)], now=OUT)

    await store.expire_leases(now=OUT + LEASE, repeatable_kinds=("console",))

    whole, _ = await whole_and_members(store, roll_up)
    assert whole.state is state
    assert await members_are(store, roll_up, becomes)


# ── a doubt ──────────────────────────────────────────────────────────────────────────────────────


async def in_doubt(store: Store) -> int:
    lane, roll_up = await a_roll_up(store)
    await send(store, lane, IN_DOUBT, now=OUT)
    return roll_up


async def test_only_the_message_itself_is_looked_into(store: Store) -> None:
    roll_up = await in_doubt(store)

    seen = Sighting(message_id="9", mark=b"x")
    await store.sight("telegram", PLACE, seen, mark_body=lambda _: b"x", now=OUT)

    (doubt,) = await store.doubts_due(now=OUT, limit=10)
    assert doubt.parcel.delivery.id == roll_up
    assert doubt.parcel.members_total == 6


async def test_a_proof_that_it_arrived_settles_them_all(store: Store) -> None:
    roll_up = await in_doubt(store)
    seen = Evidence(way="linked group", finding=Finding.FOUND, at=OUT, message_id="4711")
    verdict = Verdict(delivery=roll_up, evidence=(seen,), found="4711")

    assert await store.conclude_doubts([verdict], now=OUT) == 1

    assert await members_are(store, roll_up, SENT)
    assert {row.message_id for row in await store.list_deliveries()} == {"4711"}


async def test_sent_again_by_its_policy_they_wait_for_it_again(store: Store) -> None:
    roll_up = await in_doubt(store)

    await store.conclude_doubts([Verdict(delivery=roll_up, resend_at=OUT)], now=OUT)

    assert await members_are(store, roll_up, HELD)


async def test_they_count_as_one_doubt_and_as_none_that_waits_for_a_word(store: Store) -> None:
    await in_doubt(store)

    (place,) = await store.list_destinations()
    status = await store.status(now=OUT)

    assert place.in_doubt == 1
    assert dict(status.deliveries) == {IN_DOUBT: 1}
    assert await store.bursts() == ()


# ── an admin's word ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("outcome", "deed", "becomes"),
    [
        (IN_DOUBT, "confirm", SENT),
        (IN_DOUBT, "retry", HELD),
        (IN_DOUBT, "drop", DROPPED),
        (FAILED, "retry", HELD),
        (FAILED, "drop", DROPPED),
        (WAITING, "drop", DROPPED),
    ],
)
async def test_what_is_decided_on_it_is_decided_on_them(
    store: Store, outcome: DeliveryState, deed: Deed, becomes: DeliveryState
) -> None:
    lane, roll_up = await a_roll_up(store)
    await send(store, lane, outcome, now=OUT, due_at=OUT)

    decided = await store.decide([roll_up], deed=deed, now=OUT, message_id="4711")

    assert decided.changed == (roll_up,)
    assert await members_are(store, roll_up, becomes)


async def test_a_dropped_one_may_be_sent_after_all(store: Store) -> None:
    lane, roll_up = await a_roll_up(store)
    await store.decide([roll_up], deed="drop", now=OUT)
    await store.expire_leases(now=OUT, repeatable_kinds=(), everything=True)

    await store.decide([roll_up], deed="retry", now=OUT + DAY)

    again = await claim_one(store, now=OUT + DAY)
    await send(store, again, SENT, now=OUT + DAY)
    assert lane.parcels[0].delivery.id == again.parcels[0].delivery.id
    assert await members_are(store, roll_up, SENT)


@pytest.mark.parametrize("deed", ["retry", "confirm", "drop"])
@pytest.mark.parametrize("outcome", [WAITING, FAILED, IN_DOUBT, SENT])
async def test_nothing_is_decided_on_one_of_them(
    store: Store, outcome: DeliveryState, deed: Deed
) -> None:
    lane, roll_up = await a_roll_up(store)
    await send(store, lane, outcome, now=OUT, due_at=OUT)
    _, (member, *_) = await whole_and_members(store, roll_up)

    decided = await store.decide([member.id], deed=deed, now=OUT)

    why = "it was sent" if outcome is SENT else f"it goes out with delivery {roll_up}"
    assert decided.refused == ((member.id, why),)
    assert decided.changed == ()


async def test_all_that_failed_since_waits_again_as_it_was_rolled_up(store: Store) -> None:
    lane, roll_up = await a_roll_up(store)
    await send(store, lane, FAILED, now=OUT)

    assert await store.retry_since(NOON, now=OUT) == 1

    assert await members_are(store, roll_up, HELD)
    assert await states(store, state=WAITING) == [WAITING]


# ── members that leave ───────────────────────────────────────────────────────────────────────────


async def test_a_removed_route_takes_its_stories_out_of_it(store: Store) -> None:
    _, other, roll_up = await two_feeds_rolled_up(store)

    await store.remove_feed(other.id, now=OUT)

    assert await members_are(store, roll_up, HELD, count=3)
    dropped = await store.list_deliveries(state=DROPPED)
    assert {row.title for row in dropped} == {"Berita 11", "Berita 12", "Berita 13"}
    assert {row.reason for row in dropped} == {"feed removed"}
    (parcel,) = (await claim_one(store, now=OUT)).parcels
    assert members(parcel) == ["Berita 1", "Berita 2", "Berita 3"]


async def test_one_that_was_tried_is_made_anew_from_those_that_are_left(store: Store) -> None:
    _, other, roll_up = await two_feeds_rolled_up(store)
    lane = await claim_one(store, now=OUT)
    await send(store, lane, WAITING, now=OUT, due_at=OUT)
    await store.expire_leases(now=OUT, repeatable_kinds=(), everything=True)

    await store.remove_feed(other.id, now=OUT)

    (parcel,) = (await claim_one(store, now=OUT)).parcels
    assert (parcel.delivery.id, parcel.delivery.body) == (roll_up, None)


async def test_one_left_with_nothing_is_dropped(store: Store) -> None:
    feed, other, roll_up = await two_feeds_rolled_up(store)

    await store.remove_feed(other.id, now=OUT)
    await store.remove_feed(feed.id, now=OUT)

    whole, inside = await whole_and_members(store, roll_up)
    assert (whole.state, whole.reason, inside) == (DROPPED, "nothing is left in it", [])
    assert await claim(store, now=OUT) == []
    decided = await store.decide([roll_up], deed="retry", now=OUT)
    assert decided.refused == ((roll_up, "nothing is left in it"),)


async def test_a_body_made_before_a_story_left_is_not_sent(store: Store) -> None:
    _, other, roll_up = await two_feeds_rolled_up(store)
    lane = await claim_one(store, now=OUT)
    stale = an_intent(lane)
    await store.remove_feed(other.id, now=OUT)

    assert await store.begin_sends([stale], now=OUT) == frozenset()

    fresh = await store.more_parcels(
        destination=lane.destination.id, epoch=lane.epoch, now=OUT, heads=10
    )
    assert await store.begin_sends([an_intent(lane, fresh[0])], now=OUT) == {roll_up}


async def test_what_is_in_the_message_being_sent_cannot_leave_it(store: Store) -> None:
    _, other, roll_up = await two_feeds_rolled_up(store)
    lane = await claim_one(store, now=OUT)
    await store.begin_sends([an_intent(lane)], now=OUT)

    await store.remove_feed(other.id, now=OUT)
    assert await members_are(store, roll_up, HELD)
    await store.settle([an_outcome(lane)], now=OUT)

    assert await members_are(store, roll_up, SENT)


async def test_but_leaves_it_when_it_was_not_taken(store: Store) -> None:
    _, other, roll_up = await two_feeds_rolled_up(store)
    lane = await claim_one(store, now=OUT)
    await store.begin_sends([an_intent(lane)], now=OUT)
    await store.remove_feed(other.id, now=OUT)

    await store.settle([an_outcome(lane, WAITING, due_at=OUT)], now=OUT)

    assert await members_are(store, roll_up, HELD, count=3)
    dropped = await store.list_deliveries(state=DROPPED)
    assert {row.reason for row in dropped} == {"route removed"}


async def test_an_admin_sends_it_whole_although_a_route_is_gone(store: Store) -> None:
    _, other, roll_up = await two_feeds_rolled_up(store)
    lane = await claim_one(store, now=OUT)
    await store.begin_sends([an_intent(lane)], now=OUT)
    await store.remove_feed(other.id, now=OUT)
    await store.settle([an_outcome(lane, FAILED)], now=OUT)

    await store.decide([roll_up], deed="retry", now=OUT)

    assert await members_are(store, roll_up, HELD)


async def test_a_story_that_grew_too_old_leaves_it(store: Store) -> None:
    feed, _ = await a_lane_with(store, 3, backlog="roll_up", max_age=60 * MINUTE)
    await publish(store, feed, *range(4, 8), now=NOON + 30 * MINUTE)
    lane = await claim_one(store, now=NOON + 45 * MINUTE)
    roll_up = lane.parcels[0].delivery.id
    await store.expire_leases(now=NOON, repeatable_kinds=(), everything=True)

    assert await store.drop_stale(now=NOON + 60 * MINUTE + SECOND) == 3
    assert await members_are(store, roll_up, HELD, count=4)
    assert await store.drop_stale(now=NOON + 90 * MINUTE + SECOND) == 4

    whole, _ = await whole_and_members(store, roll_up)
    assert (whole.state, whole.reason) == (DROPPED, "nothing is left in it")


async def test_a_removed_destination_drops_it_and_them(store: Store) -> None:
    lane, roll_up = await a_roll_up(store)

    await store.remove_destination(lane.destination.id, now=OUT)

    assert await members_are(store, roll_up, DROPPED)
    assert {row.reason for row in await store.list_deliveries()} == {"destination removed"}


# ── merged ───────────────────────────────────────────────────────────────────────────────────────


async def test_it_moves_with_its_stories_when_two_places_turn_out_to_be_one(store: Store) -> None:
    lane, roll_up = await a_roll_up(store)
    survivor = await a_place(store, "new", "telegram", address="-1002")

    await send(store, lane, WAITING, now=OUT, due_at=OUT, address="-1002")

    assert await members_are(store, roll_up, HELD)
    (moved,) = await claim(store, now=OUT)
    assert moved.destination.id == survivor.id
    assert members(moved.parcels[0]) == [f"Berita {number}" for number in range(1, 7)]
    await send(store, moved, SENT, now=OUT)
    assert await members_are(store, roll_up, SENT)


async def test_a_story_that_both_places_had_leaves_it(store: Store) -> None:
    feed, place = await a_lane_with(store, 0, backlog="roll_up")
    other = await a_place(store, "new", "telegram", address="-1002")
    await publish(store, feed, 1, 2, 3, 4)
    await store.add_route(feed.id, other.id, now=NOON)
    await publish(store, feed, 5, 6)
    lane = next(lane for lane in await claim(store, now=OUT) if lane.destination.id == place.id)
    roll_up = lane.parcels[0].delivery.id

    await send(store, lane, WAITING, now=OUT, due_at=OUT, address="-1002")

    assert await members_are(store, roll_up, HELD, count=4)
    twins = await store.list_deliveries(state=DROPPED)
    assert {row.title for row in twins} == {"Berita 5", "Berita 6"}
    await store.expire_leases(now=OUT, repeatable_kinds=(), everything=True)
    parcels = (await claim_one(store, now=OUT)).parcels
    assert members(parcels[-1]) == [f"Berita {number}" for number in range(1, 5)]


async def test_one_that_is_told_wholly_elsewhere_is_dropped(store: Store) -> None:
    feed, place = await a_lane_with(store, 0, backlog="roll_up")
    alias = await a_place(store, "new", "telegram", address="-1002")
    await store.add_route(feed.id, alias.id, now=NOON)
    await publish(store, feed, *range(1, 7))
    lane = next(lane for lane in await claim(store, now=OUT) if lane.destination.id == place.id)
    roll_up = lane.parcels[0].delivery.id

    await send(store, lane, WAITING, now=OUT, due_at=OUT, address="-1002")

    whole, inside = await whole_and_members(store, roll_up)
    assert (whole.state, whole.reason, inside) == (DROPPED, "nothing is left in it", [])


async def test_one_in_doubt_that_was_left_by_all_does_not_go_out_again(store: Store) -> None:
    feed, place = await a_lane_with(store, 0, backlog="roll_up")
    alias = await a_place(store, "new", "telegram", address="-1002")
    await store.add_route(feed.id, alias.id, now=NOON)
    await publish(store, feed, *range(1, 7))
    lanes = {lane.destination.id: lane for lane in await claim(store, now=OUT)}
    for parcel in lanes[alias.id].parcels:
        await send(store, lanes[alias.id], SENT, parcel, now=OUT)
    lane = lanes[place.id]
    roll_up = lane.parcels[0].delivery.id
    await store.add_test_delivery(place.id, now=NOON)
    _, test = await store.more_parcels(destination=place.id, epoch=lane.epoch, now=OUT, heads=10)
    await send(store, lane, IN_DOUBT, now=OUT)
    await send(store, lane, WAITING, test, now=OUT, due_at=OUT, address="-1002")

    await store.conclude_doubts([Verdict(delivery=roll_up, resend_at=OUT)], now=OUT)

    whole, _ = await whole_and_members(store, roll_up)
    assert (whole.state, whole.reason) == (DROPPED, "nothing is left in it")


# ── shown and forgotten ──────────────────────────────────────────────────────────────────────────


async def test_lists_and_stories_tell_who_goes_out_with_whom(store: Store) -> None:
    _, roll_up = await a_roll_up(store)
    _, inside = await whole_and_members(store, roll_up)

    listed = {row.id: row.members for row in await store.list_deliveries()}
    told = await store.delivery_story(roll_up)
    member = await store.delivery_story(inside[0].id)

    assert listed[roll_up] == 6
    assert listed[inside[0].id] == 0
    assert told is not None
    assert member is not None
    assert [row.title for row in told.members] == [f"Berita {n}" for n in range(6, 0, -1)]
    assert (told.members_total, told.goes_out_with) == (6, None)
    assert (member.members, member.goes_out_with) == ((), roll_up)


async def test_it_is_forgotten_with_its_stories_and_not_before(store: Store) -> None:
    lane, roll_up = await a_roll_up(store)
    await store.prune(now=OUT + 90 * DAY, keep=DAY)
    assert await members_are(store, roll_up, HELD)
    await send(store, lane, SENT, now=OUT)

    await store.prune(now=OUT + 90 * DAY, keep=DAY)

    assert await store.list_deliveries() == ()
    assert await query(store, "SELECT * FROM roll_ups") == []


async def test_it_takes_the_place_of_the_newest_which_moves_to_the_end(store: Store) -> None:
    feed, _ = await a_lane_with(store, 6, backlog="roll_up")
    await publish(store, feed, 7, now=OUT)
    lane = await claim_one(store, now=OUT)

    places = await rows(store)

    assert places[7].id == lane.parcels[0].delivery.id
    assert places[8].title == "Berita 7"
    assert places[7].occasion == "roll_up:7"
