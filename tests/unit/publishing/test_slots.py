import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapter import RetryLater, Sent
from bot.retry import NAMES
from bot.slots import SENT, Room, Served, after, room_for, served
from feeds.model import Attempt, DeliveryState, Failing, Lane, Settlement
from tests.builders import NOON, a_destination

SLOTS = {"webhook": 100, "discord": 16, "telegram": 64, "console": 1}


def lanes(kind: str, *, well: int = 0, suspect: int = 0) -> list[Served]:
    return [Served(kind=kind, is_suspect=at < suspect) for at in range(well + suspect)]


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
    busy = lanes("webhook", well=well, suspect=suspect)

    assert room_for("webhook", SLOTS, busy) == Room(free=free, suspects=suspects)


def test_where_there_is_one_slot_a_suspect_may_have_it() -> None:
    assert room_for("webhook", {"webhook": 1}, []) == Room(free=1, suspects=1)


@pytest.mark.parametrize("kind", ["telegram", "console"])
def test_what_is_no_endpoint_is_never_suspected(kind: str) -> None:
    assert room_for(kind, SLOTS, []) == Room(free=SLOTS[kind], suspects=None)


def test_kinds_take_no_room_from_each_other() -> None:
    busy = lanes("webhook", well=50, suspect=50)

    assert room_for("discord", SLOTS, busy) == Room(free=16, suspects=8)


@given(well=st.integers(0, 200), suspect=st.integers(0, 200), slots=st.integers(1, 200))
def test_no_claim_ever_gives_suspects_more_than_half(well: int, suspect: int, slots: int) -> None:
    room = room_for("webhook", {"webhook": slots}, lanes("webhook", well=well, suspect=suspect))

    assert room.suspects is not None
    assert 0 <= room.suspects <= room.free <= slots
    assert not room.suspects or suspect + room.suspects <= max(slots / 2, 1)


@pytest.mark.parametrize(
    ("proven", "failing", "is_suspect"),
    [
        (False, None, True),
        (True, None, False),
        (True, Failing(since=NOON, failures=1, answer="no answer"), True),
    ],
)
def test_who_never_took_anything_or_did_not_the_last_time_is_suspect(
    proven: bool, failing: Failing | None, is_suspect: bool
) -> None:
    place = a_destination(proven=proven, failing=failing)
    lane = Lane(destination=place, epoch=1, lease_until=NOON, parcels=())

    assert served(lane) == Served(kind="webhook", is_suspect=is_suspect)


@pytest.mark.parametrize(("outcome", "is_suspect"), [(Sent, False), (RetryLater, True)])
def test_an_answer_changes_what_is_thought_of_a_lane_at_once(
    outcome: type[Sent | RetryLater], is_suspect: bool
) -> None:
    attempt = Attempt(delivery=1, number=1, started_at=NOON, outcome=NAMES[outcome])
    settlement = Settlement(
        delivery=1, destination=1, epoch=1, attempt=attempt, state=DeliveryState.SENT
    )

    for was in lanes("webhook", well=1, suspect=1):
        assert after(was, settlement).is_suspect is is_suspect


def test_a_success_is_called_as_judging_calls_it() -> None:
    assert NAMES[Sent] == SENT
