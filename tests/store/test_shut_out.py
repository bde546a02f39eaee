"""A chat shuts us out and lets us in again: all of its topics, and nothing that an admin paused."""

import pytest

from feeds.model import DestinationState, NoticeKind, Told
from feeds.store import Store
from tests.builders import NOON
from tests.store.situations import SECOND, a_filled_lane, a_place, claim, states

CHAT = "-100123"
WHY = "403 Forbidden: bot was kicked from the channel chat"
OPEN, PARKED, PAUSED = DestinationState.OPEN, DestinationState.PARKED, DestinationState.PAUSED


async def a_chat(store: Store) -> None:
    """A chat with two topics, one of them paused; beside it, others of a similar address."""
    for name, address in (("all", CHAT), ("sport", f"{CHAT}/7"), ("rested", f"{CHAT}/8")):
        place = await a_place(store, name, "telegram", address=address)
    await store.pause_destination(place.id, now=NOON)
    await a_place(store, "longer", "telegram", address=f"{CHAT}4")
    await a_place(store, "named", "telegram", address="@dailyberita")
    await a_place(store, "hook", "webhook", address=CHAT)


async def standing(store: Store) -> dict[str, DestinationState]:
    return {row.name: row.state for row in await store.list_destinations()}


AROUND = {"longer": OPEN, "named": OPEN, "hook": OPEN, "rested": PAUSED}


async def test_a_chat_that_shuts_us_out_is_parked_with_its_topics_and_admins_hear_of_each(
    store: Store,
) -> None:
    await a_chat(store)

    parked = await store.shut_out("telegram", CHAT, reason=WHY, now=NOON)

    assert [(place.name, place.state_reason) for place in parked] == [("all", WHY), ("sport", WHY)]
    assert await standing(store) == AROUND | {"all": PARKED, "sport": PARKED}
    told = await store.notices_to_tell([1], now=NOON, limit=9)
    assert [(each.notice.incident.destination, each.what) for each in told] == [
        (place.id, Told.BEGUN) for place in parked
    ]
    assert {each.notice.incident.details["reason"] for each in told} == {WHY}


async def test_let_in_again_it_opens_what_was_parked_and_nothing_else(store: Store) -> None:
    await a_chat(store)
    await store.shut_out("telegram", CHAT, reason=WHY, now=NOON)

    opened = await store.let_in("telegram", CHAT, now=NOON)

    assert [(place.name, place.state_reason) for place in opened] == [
        ("all", None),
        ("sport", None),
    ]
    assert await standing(store) == AROUND | {"all": OPEN, "sport": OPEN}
    assert await store.open_notices(NoticeKind.PARKED) == []


async def test_the_same_again_changes_nothing(store: Store) -> None:
    await a_chat(store)

    await store.shut_out("telegram", CHAT, reason=WHY, now=NOON)
    again = await store.shut_out("telegram", CHAT, reason="another", now=NOON)
    await store.let_in("telegram", CHAT, now=NOON)
    open_ = await store.let_in("telegram", CHAT, now=NOON)

    assert (again, open_) == ([], [])


@pytest.mark.parametrize("place", ["-100", "-100999", "%", "_", ""])
async def test_a_chat_that_is_no_destination_changes_nothing(place: str, store: Store) -> None:
    await a_chat(store)
    before = await standing(store)

    assert await store.shut_out("telegram", place, reason=WHY, now=NOON) == []
    assert await store.let_in("telegram", place, now=NOON) == []
    assert await standing(store) == before


async def test_what_waits_meanwhile_goes_out_when_we_are_let_in(store: Store) -> None:
    _, place = await a_filled_lane(store, 2, name="channel", kind="telegram")
    await store.shut_out("telegram", place.address, reason=WHY, now=NOON)
    closed = await claim(store, now=NOON + SECOND)

    await store.let_in("telegram", place.address, now=NOON + SECOND)

    assert closed == []
    (lane,) = await claim(store, now=NOON + SECOND)
    assert len(lane.parcels) == len(await states(store)) == 2
