"""After an outage or a closure a destination's surplus follows its policy, once and visibly."""

from datetime import timedelta
from typing import Any

import pytest

from feeds.errors import BadRequest
from feeds.model import (
    Backlog,
    Declared,
    DeclaredDestination,
    DeliveryState,
    DestinationOptions,
    LaneRelease,
    RouteOptions,
)
from feeds.store import Store
from tests.builders import NOON
from tests.store.situations import (
    DAY,
    MINUTE,
    SECOND,
    a_lane_with,
    a_place,
    a_source,
    an_intent,
    claim_one,
    members,
    publish,
    rows,
    send,
    states,
    titles,
)

WAITING, HELD, SENT = DeliveryState.WAITING, DeliveryState.HELD, DeliveryState.SENT
DROPPED, IN_DOUBT = DeliveryState.DROPPED, DeliveryState.IN_DOUBT
KEPT = "backlog: only the newest 3 were kept"
OUT = NOON + 10 * MINUTE  # for that long nothing was taken
LATER = OUT + 40 * MINUTE


async def give_back(store: Store, lane: Any, **changes: Any) -> None:
    release = LaneRelease(destination=lane.destination.id, epoch=lane.epoch, **changes)
    await store.release_lanes([release], now=NOON)


# ── an outage ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", ["telegram", "webhook", "console"])
async def test_of_what_waited_through_an_outage_the_newest_go_out(store: Store, kind: str) -> None:
    await a_lane_with(store, 8, kind=kind, backlog="newest:3")

    lane = await claim_one(store, now=OUT)

    assert titles(lane.parcels) == ["Berita 6", "Berita 7", "Berita 8"]
    assert await states(store) == [DROPPED] * 5 + [WAITING] * 3
    assert {row.reason for row in (await rows(store)).values()} == {KEPT, None}


async def test_a_second_less_is_no_outage(store: Store) -> None:
    await a_lane_with(store, 8, backlog="newest:3")

    lane = await claim_one(store, now=OUT - SECOND)

    assert len(lane.parcels) == 8


@pytest.mark.parametrize("options", [{}, {"backlog": "all"}])
async def test_without_a_policy_or_with_all_everything_goes_out(
    store: Store, options: dict[str, str]
) -> None:
    await a_lane_with(store, 8, **options)

    lane = await claim_one(store, now=NOON + DAY)

    assert len(lane.parcels) == 8


async def test_a_lane_that_is_emptied_at_its_pace_is_no_outage(store: Store) -> None:
    await a_lane_with(store, 8, backlog="newest:3")
    for minutes in range(0, 45, 9):
        now = NOON + minutes * MINUTE
        lane = await claim_one(store, now=now)
        await send(store, lane, SENT, now=now)
        await give_back(store, lane)

    assert await states(store) == [SENT] * 5 + [WAITING] * 3


async def test_a_burst_in_an_idle_lane_is_no_outage(store: Store) -> None:
    feed, _ = await a_lane_with(store, 1, backlog="newest:3")
    lane = await claim_one(store)
    await send(store, lane, SENT)
    await give_back(store, lane)
    await publish(store, feed, *range(2, 10), now=NOON + DAY)

    lane = await claim_one(store, now=NOON + DAY + MINUTE)

    assert len(lane.parcels) == 8


async def test_one_that_waits_for_a_reason_of_its_own_is_no_outage(store: Store) -> None:
    feed, _ = await a_lane_with(store, 1, kind="webhook", backlog="newest:3")
    lane = await claim_one(store)
    await send(store, lane, WAITING, due_at=NOON + DAY, overtakable=True)
    await give_back(store, lane)
    await publish(store, feed, *range(2, 10), now=NOON + 2 * 60 * MINUTE)

    lane = await claim_one(store, now=NOON + 2 * 60 * MINUTE)

    assert len(lane.parcels) == 8


async def test_what_an_admin_publishes_now_is_no_surplus_of_yesterday(store: Store) -> None:
    await a_lane_with(store, 8, backlog="newest:3")
    every = [row.id for row in await store.list_deliveries()]
    await store.decide(every, deed="drop", now=NOON)
    await store.decide(every, deed="retry", now=NOON + DAY)

    lane = await claim_one(store, now=NOON + DAY + MINUTE)

    assert len(lane.parcels) == 8


async def test_a_test_message_is_no_surplus(store: Store) -> None:
    feed, place = await a_lane_with(store, 0, backlog="newest:3")
    await store.add_test_delivery(place.id, now=NOON)
    await publish(store, feed, 1, 2, 3, now=NOON)

    lane = await claim_one(store, now=OUT)

    assert titles(lane.parcels) == ["test", "Berita 1", "Berita 2", "Berita 3"]


async def test_an_endpoint_that_fails_on_keeps_its_newest_until_it_is_back(store: Store) -> None:
    feed, _ = await a_lane_with(store, 8, kind="webhook", backlog="newest:3")
    lane = await claim_one(store, now=OUT)
    await send(store, lane, WAITING, now=OUT, due_at=LATER, not_before=LATER)
    await give_back(store, lane)
    await publish(store, feed, 9, 10, now=OUT + MINUTE)

    lane = await claim_one(store, now=LATER)

    assert titles(lane.parcels) == ["Berita 8", "Berita 9", "Berita 10"]


# ── rolled up after an outage ────────────────────────────────────────────────────────────────────


async def test_what_waited_through_an_outage_goes_out_as_one_message(store: Store) -> None:
    await a_lane_with(store, 6, backlog="roll_up")

    lane = await claim_one(store, now=OUT)

    (parcel,) = lane.parcels
    assert parcel.delivery.is_roll_up
    assert (parcel.story, parcel.source, parcel.members_total) == (None, None, 6)
    assert members(parcel) == [f"Berita {number}" for number in range(1, 7)]
    assert [source.name for source in parcel.sources] == ["feed-of-channel"]
    held = [row for row in (await rows(store)).values() if row.state is HELD]
    assert {row.reason for row in held} == {f"rolled up in delivery {parcel.delivery.id}"}


async def test_a_few_go_out_as_they_are(store: Store) -> None:
    await a_lane_with(store, 5, backlog="roll_up")

    lane = await claim_one(store, now=OUT)

    assert len(lane.parcels) == 5


async def test_what_comes_after_it_goes_out_after_it(store: Store) -> None:
    feed, _ = await a_lane_with(store, 6, backlog="roll_up")
    lane = await claim_one(store, now=OUT)
    await publish(store, feed, 7, 8, now=OUT)

    more = await store.more_parcels(
        destination=lane.destination.id, epoch=lane.epoch, now=OUT, heads=10
    )

    assert [parcel.members_total for parcel in more] == [6, 0, 0]
    assert titles(more[1:]) == ["Berita 7", "Berita 8"]


async def test_while_the_outage_lasts_what_comes_joins_the_message_that_waits(
    store: Store,
) -> None:
    feed, _ = await a_lane_with(store, 6, backlog="roll_up")
    first = await claim_one(store, now=OUT)
    await send(store, first, WAITING, now=OUT, due_at=LATER, not_before=LATER)
    await give_back(store, first)
    await publish(store, feed, 7, 8, now=OUT + MINUTE)

    again = await claim_one(store, now=LATER)

    (parcel,) = again.parcels
    assert parcel.delivery.id == first.parcels[0].delivery.id
    assert members(parcel) == [f"Berita {number}" for number in range(1, 9)]
    assert parcel.delivery.body is None  # made anew: the one tried did not tell them all
    assert parcel.delivery.attempts == 1
    await send(store, again, SENT, now=LATER)
    assert await states(store) == [SENT] * 9


async def test_once_it_was_taken_nothing_joins_it(store: Store) -> None:
    feed, _ = await a_lane_with(store, 6, backlog="roll_up")
    lane = await claim_one(store, now=OUT)
    await publish(store, feed, *range(7, 20), now=OUT)
    await send(store, lane, SENT, now=OUT)
    await give_back(store, lane)

    after = await claim_one(store, now=OUT + 9 * MINUTE, heads=100)

    assert len(after.parcels) == 13


async def test_what_is_too_old_does_not_even_go_out_in_the_message(store: Store) -> None:
    feed, _ = await a_lane_with(store, 3, backlog="roll_up", max_age=30 * MINUTE)
    await publish(store, feed, *range(4, 11), now=NOON + 20 * MINUTE)

    lane = await claim_one(store, now=NOON + 31 * MINUTE)

    assert members(lane.parcels[0]) == [f"Berita {number}" for number in range(4, 11)]


async def test_it_is_silent_only_if_all_of_it_would_be(store: Store) -> None:
    feed, place = await a_lane_with(store, 6, backlog="roll_up")
    (way,) = await store.list_routes()
    await store.set_route(way.route.id, options=RouteOptions(silent=True))
    silent = await claim_one(store, now=OUT)
    await give_back(store, silent)
    other = await a_source(store, "other")
    await store.add_route(other.id, place.id, now=NOON)
    await publish(store, other, 7, now=NOON + MINUTE)

    loud = await claim_one(store, now=OUT + 10 * MINUTE)

    assert silent.parcels[0].options.silent
    assert loud.parcels[0].members_total == 7
    assert not loud.parcels[0].options.silent
    assert {source.id for source in loud.parcels[0].sources} == {feed.id, other.id}


async def test_of_many_the_newest_are_shown_and_all_are_counted(store: Store) -> None:
    await a_lane_with(store, 40, backlog="roll_up")

    (parcel,) = (await claim_one(store, now=OUT)).parcels

    assert parcel.members_total == 40
    assert members(parcel) == [f"Berita {number}" for number in range(11, 41)]


# ── a closure ────────────────────────────────────────────────────────────────────────────────────


async def close(store: Store, place: int, how: str) -> None:
    if how == "paused":
        await store.pause_destination(place, now=NOON)
    else:
        await store.park_destination(place, reason="kicked", now=NOON)


@pytest.mark.parametrize("closed", ["paused", "parked"])
async def test_of_what_waited_for_a_closed_place_the_newest_go_out(
    store: Store, closed: str
) -> None:
    _, place = await a_lane_with(store, 8, backlog="newest:3")
    await close(store, place.id, closed)

    await store.resume_destination(place.id, now=NOON)

    assert await states(store) == [DROPPED] * 5 + [WAITING] * 3
    assert (await rows(store))[1].reason == KEPT


async def test_with_the_policy_all_a_month_of_stories_goes_out(store: Store) -> None:
    _, place = await a_lane_with(store, 30, backlog="all")
    await close(store, place.id, "parked")

    await store.resume_destination(place.id, now=NOON + 30 * DAY)

    assert await states(store) == [WAITING] * 30


async def test_what_waited_for_a_closed_place_goes_out_as_one_message(store: Store) -> None:
    _, place = await a_lane_with(store, 8, backlog="roll_up")
    await close(store, place.id, "paused")

    await store.resume_destination(place.id, now=NOON + DAY)

    (parcel,) = (await claim_one(store, now=NOON + DAY)).parcels
    assert parcel.members_total == 8


async def test_a_policy_is_not_obeyed_a_second_time_as_after_an_outage(store: Store) -> None:
    feed, place = await a_lane_with(store, 3, backlog="newest:3")
    await close(store, place.id, "paused")
    await store.resume_destination(place.id, now=NOON + DAY)
    await publish(store, feed, 4, 5, now=NOON + DAY)

    lane = await claim_one(store, now=NOON + DAY + MINUTE)

    assert len(lane.parcels) == 5


async def test_an_opened_place_drops_what_is_too_old_before_it_counts(store: Store) -> None:
    feed, place = await a_lane_with(store, 25, max_age=DAY)
    await close(store, place.id, "paused")
    await publish(store, feed, *range(26, 28), now=NOON + DAY)

    await store.resume_destination(place.id, now=NOON + DAY + SECOND)

    assert await states(store) == [DROPPED] * 25 + [WAITING] * 2


async def test_a_message_that_waits_already_is_joined_unless_somebody_serves_the_lane(
    store: Store,
) -> None:
    feed, place = await a_lane_with(store, 6, backlog="roll_up")
    lane = await claim_one(store, now=OUT)
    await publish(store, feed, *range(7, 13), now=OUT)
    await close(store, place.id, "paused")
    await store.resume_destination(place.id, now=OUT)  # while the lane is still under lease
    await close(store, place.id, "paused")
    await give_back(store, lane)
    await publish(store, feed, 13, now=OUT)

    await store.resume_destination(place.id, now=OUT)

    parcels = (await claim_one(store, now=OUT)).parcels
    assert [parcel.members_total for parcel in parcels] == [7, 6]


# ── what cannot be ───────────────────────────────────────────────────────────────────────────────


async def test_nothing_is_rolled_up_for_a_webhook(store: Store) -> None:
    rolled_up = DestinationOptions(backlog=Backlog.read("roll_up"))
    place = await a_place(store)
    said = "each story as an event of its own"

    with pytest.raises(BadRequest, match=said):
        await a_place(store, "second", options=rolled_up)
    with pytest.raises(BadRequest, match=said):
        await store.set_destination(place.id, options=rolled_up)
    hook = DeclaredDestination(name="hook", kind="webhook", address="https://hook.example/")
    await store.declare(Declared(destinations=(hook,)), now=NOON)
    declared = DeclaredDestination(
        name="hook", kind="webhook", address="https://hook.example/", options=rolled_up
    )
    with pytest.raises(BadRequest, match=said):
        await store.declare(Declared(destinations=(declared,)), now=NOON)


async def test_options_are_kept_as_they_were_given(store: Store) -> None:
    options = DestinationOptions(
        language="en", max_age=timedelta(hours=36), backlog=Backlog.read("newest:7")
    )

    place = await a_place(store, options=options)

    found = await store.destination_by(place.id)
    assert found is not None
    assert found.options == options


async def test_a_clock_that_ran_ahead_makes_no_outage_and_hides_none(store: Store) -> None:
    feed, _ = await a_lane_with(store, 1, backlog="newest:3")
    ahead = NOON + DAY
    lane = await claim_one(store, now=ahead)
    await send(store, lane, SENT, now=ahead)
    await give_back(store, lane)
    await store.heed_clock(now=NOON)
    await publish(store, feed, *range(2, 10), now=NOON)

    early = await claim_one(store, now=NOON + MINUTE)
    await give_back(store, early)
    late = await claim_one(store, now=OUT)

    assert (len(early.parcels), len(late.parcels)) == (8, 3)


async def test_an_intent_of_before_the_surplus_was_worked_off_is_refused(store: Store) -> None:
    _, place = await a_lane_with(store, 8, backlog="newest:3")
    lane = await claim_one(store)
    await close(store, place.id, "paused")
    await store.resume_destination(place.id, now=NOON)

    assert await store.begin_sends([an_intent(lane)], now=NOON) == frozenset()
