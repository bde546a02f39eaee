"""A closed destination opens again: what waited goes out, of a flood only the newest."""

import pytest

from feeds.model import DeliveryState
from feeds.store import Store
from tests.builders import NOON
from tests.store.situations import DAY, a_filled_lane, claim_one, rows, states, titles

WAITING, HELD = DeliveryState.WAITING, DeliveryState.HELD


@pytest.mark.parametrize("closed", ["paused", "parked"])
async def test_of_what_waited_for_long_the_newest_go_out_and_the_rest_is_held(
    store: Store, closed: str
) -> None:
    _, place = await a_filled_lane(store, 25)
    if closed == "paused":
        await store.pause_destination(place.id, now=NOON)
    else:
        await store.park_destination(place.id, reason="kicked", now=NOON)

    await store.resume_destination(place.id, now=NOON + 30 * DAY)

    assert await states(store) == [HELD] * 5 + [WAITING] * 20
    held = (await rows(store))[1]
    assert held.reason == f"burst: 25 waited while {closed}"
    lane = await claim_one(store, now=NOON + 30 * DAY, heads=100)
    assert titles(lane.parcels) == [f"Berita {number}" for number in range(6, 26)]


async def test_what_was_held_goes_out_in_its_own_place_once_an_admin_says_so(store: Store) -> None:
    _, place = await a_filled_lane(store, 22)
    await store.pause_destination(place.id, now=NOON)
    await store.resume_destination(place.id, now=NOON)
    older = [(await rows(store))[seq].id for seq in (1, 2)]

    await store.decide(older, deed="retry", now=NOON)

    lane = await claim_one(store, heads=100)
    assert [parcel.delivery.seq for parcel in lane.parcels] == list(range(1, 23))


async def test_opening_what_is_open_holds_nothing(store: Store) -> None:
    _, place = await a_filled_lane(store, 22)

    await store.resume_destination(place.id, now=NOON)

    assert await states(store) == [WAITING] * 22


async def test_a_short_queue_goes_out_whole(store: Store) -> None:
    _, place = await a_filled_lane(store, 20)
    await store.pause_destination(place.id, now=NOON)

    await store.resume_destination(place.id, now=NOON)

    assert await states(store) == [WAITING] * 20
