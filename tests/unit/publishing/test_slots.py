from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapter import RetryLater, Sent
from bot.heard import REMEMBERED_MAX, Heard
from bot.retry import NAMES
from bot.slots import CALM, HANGS, LATE, SENT, Room, Served, after, hush, room_for
from feeds.model import Attempt, DeliveryState, Failing, Lane, Settlement, Shares
from tests.builders import NOON, a_destination

SLOTS = {"webhook": 100, "discord": 16, "telegram": 64, "console": 1}
SECOND = timedelta(seconds=1)


def lanes(*, well: int = 0, suspect: int = 0, hanging: int = 0, alive: int = 0) -> list[Served]:
    silent_since = NOON - HANGS
    sorts = [(well, False, NOON, False), (suspect, True, NOON, False)]
    sorts += [(hanging, False, silent_since, False), (alive, False, NOON, True)]
    return [
        Served(kind="webhook", is_suspect=suspected, heard_at=heard_at, is_alive=is_alive)
        for number, suspected, heard_at, is_alive in sorts
        for _ in range(number)
    ]


def answer(
    outcome: type[Sent | RetryLater], *, lane: int = 1, took: timedelta = SECOND
) -> Settlement:
    attempt = Attempt(
        delivery=1, number=1, started_at=NOON, ended_at=NOON + took, outcome=NAMES[outcome]
    )
    return Settlement(
        delivery=1, destination=lane, epoch=1, attempt=attempt, state=DeliveryState.SENT
    )


def a_lane(number: int = 1, **changes: object) -> Lane:
    place = a_destination(id=number, **{"proven": True} | changes)
    return Lane(destination=place, epoch=1, lease_until=NOON, parcels=())


@pytest.mark.parametrize(
    ("well", "suspect", "free", "suspects"),
    [
        (0, 0, 100, 50),
        (0, 50, 50, 0),
        (0, 49, 51, 1),
        (90, 0, 10, 10),
        (60, 30, 10, 10),
        (60, 40, 0, 0),
        (0, 100, 0, 0),  # they were well when they were claimed
    ],
)
def test_suspects_share_half_of_the_slots(
    well: int, suspect: int, free: int, suspects: int
) -> None:
    room = room_for(100, lanes(well=well, suspect=suspect), NOON)

    assert room == Room(free=free, suspects=suspects, strangers=free)


def test_what_hangs_now_takes_of_the_suspects_share() -> None:
    assert room_for(100, lanes(suspect=10, hanging=30), NOON).suspects == 10


def test_where_there_is_one_slot_a_suspect_may_have_it() -> None:
    assert room_for(1, [], NOON) == Room(free=1, suspects=1, strangers=1)


@given(
    well=st.integers(0, 200),
    suspect=st.integers(0, 200),
    hanging=st.integers(0, 200),
    slots=st.integers(1, 200),
)
def test_no_claim_ever_gives_suspects_more_than_half(
    well: int, suspect: int, hanging: int, slots: int
) -> None:
    busy = lanes(well=well, suspect=suspect, hanging=hanging)
    for hushed in (False, True):
        room = room_for(slots, busy, NOON, hushed=hushed)

        assert 0 <= room.suspects <= room.free <= slots
        assert 0 <= room.strangers <= room.free
        assert not room.suspects or suspect + hanging + room.suspects <= max(slots / 2, 1)


@pytest.mark.parametrize(
    ("hanging", "well", "alive", "strangers"),
    [
        (60, 0, 0, 15),  # up to three quarters, as they come
        (75, 0, 0, 2),  # then a few at a time …
        (75, 2, 0, 0),
        (77, 1, 0, 1),
        (88, 0, 0, 0),  # … and an eighth is for none but those heard
        (60, 0, 38, 2),
    ],
)
def test_in_a_hush_a_quarter_is_left_to_those_heard_in_it_and_to_a_few_tries(
    hanging: int, well: int, alive: int, strangers: int
) -> None:
    busy = lanes(hanging=hanging, well=well, alive=alive)

    assert room_for(100, busy, NOON, hushed=True).strangers == strangers


@pytest.mark.parametrize(
    ("seen_at", "hanging", "expected"),
    [
        (None, 50, None),
        (None, 51, NOON),
        (NOON - CALM / 2, 0, NOON - CALM / 2),
        (NOON - CALM, 0, None),
        (NOON + 2 * CALM, 0, None),  # the clock was put back
    ],
)
def test_a_hush_begins_when_more_than_half_hang_and_outlasts_them_by_a_minute(
    seen_at: datetime | None, hanging: int, expected: datetime | None
) -> None:
    assert hush(seen_at, 100, lanes(hanging=hanging, well=10), NOON) == expected


@pytest.mark.parametrize(
    ("outcome", "took", "was", "is_suspect"),
    [
        (Sent, SECOND, False, False),
        (Sent, SECOND, True, False),
        (Sent, LATE, False, True),
        (RetryLater, SECOND, False, False),
        (RetryLater, SECOND, True, True),
        (RetryLater, LATE, False, True),
    ],
)
def test_an_answer_changes_what_is_thought_of_a_lane_at_once(
    outcome: type[Sent | RetryLater], took: timedelta, *, was: bool, is_suspect: bool
) -> None:
    before = Served(kind="webhook", is_suspect=was, heard_at=NOON - SECOND)

    seen = after(before, answer(outcome, took=took), NOON)

    assert seen.is_suspect is is_suspect
    assert seen.heard_at == NOON


@pytest.mark.parametrize(
    ("proven", "failures", "is_suspect"),
    [(False, 0, True), (True, 0, False), (True, 1, False), (True, 2, True)],
)
def test_who_never_took_anything_or_fails_again_and_again_is_suspect(
    *, proven: bool, failures: int, is_suspect: bool
) -> None:
    failing = Failing(since=NOON, failures=failures, answer="503") if failures else None
    heard = Heard(SLOTS)

    heard.claimed(a_lane(proven=proven, failing=failing), NOON)

    assert heard.busy[1].is_suspect is is_suspect


def test_who_was_late_is_suspect_when_he_is_next_served_until_he_is_not() -> None:
    heard = Heard(SLOTS)
    seen = []
    for took in (LATE, SECOND):
        heard.claimed(a_lane(), NOON)
        heard.answered(answer(Sent, took=took), NOON)
        heard.busy.pop(1)
        heard.claimed(a_lane(), NOON)
        seen.append((heard.busy[1].is_suspect, heard.shares("webhook", NOON)))

    assert seen == [
        (True, Shares(suspects=49, late=(1,))),
        (False, Shares(suspects=50)),
    ]


def test_those_heard_in_a_hush_are_known_as_long_as_it_lasts() -> None:
    heard = Heard({"webhook": 2})
    for number in (1, 2):
        heard.claimed(a_lane(number), NOON)
    late = NOON + HANGS
    before = heard.shares("webhook", late)
    heard.answered(answer(Sent, lane=2), late)
    during = heard.shares("webhook", late)
    heard.busy.clear()
    afterwards = heard.shares("webhook", late + CALM)

    assert before == Shares(suspects=0, strangers=0)
    assert during is not None
    assert during.alive == (2,)
    assert afterwards == Shares(suspects=1)


def test_no_more_are_remembered_than_bounded() -> None:
    heard = Heard(SLOTS)
    for number in range(REMEMBERED_MAX + 2):
        heard.claimed(a_lane(number), NOON)
        heard.answered(answer(RetryLater, lane=number, took=LATE), NOON)
        heard.busy.pop(number)

    shares = heard.shares("webhook", NOON)
    assert shares is not None
    assert len(shares.late) == REMEMBERED_MAX
    assert shares.late[0] == 2


@pytest.mark.parametrize("kind", ["telegram", "console"])
def test_what_is_no_endpoint_is_never_suspected(kind: str) -> None:
    assert Heard(SLOTS).shares(kind, NOON) is None


def test_kinds_take_no_room_from_each_other() -> None:
    heard = Heard(SLOTS)
    for number in range(100):
        heard.claimed(a_lane(number), NOON)

    assert (heard.free("webhook"), heard.free("discord")) == (0, 16)
    assert heard.shares("discord", NOON) == Shares(suspects=8)


def test_a_success_is_called_as_judging_calls_it() -> None:
    assert NAMES[Sent] == SENT
