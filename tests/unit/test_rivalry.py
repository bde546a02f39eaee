"""Two programs with one token: the one that came second stops, whoever polls first."""

from datetime import timedelta

import pytest

from bot.commands.rivalry import Rivalry, is_rival
from tests.builders import NOON

SECOND = timedelta(seconds=1)


def lost_until_it_stops(age_seconds: float) -> int | None:
    """Lose poll after poll from this age on; gives how many it takes, if ever."""
    rivalry = Rivalry()
    rivalry.begin(now=NOON)
    first_at = NOON + age_seconds * SECOND
    for number in range(1, 100):
        if rivalry.lose(now=first_at + number * 10 * SECOND - 10 * SECOND):
            return number
    return None


@pytest.mark.parametrize(
    ("age_seconds", "polls"),
    [(-60, None), (0, 3), (4, 3), (6, 9), (60, 9), (70, None), (86_400, None)],
)
def test_who_meets_the_other_at_its_start_stops_first_and_who_was_long_there_never(
    age_seconds: float, polls: int | None
) -> None:
    assert lost_until_it_stops(age_seconds) == polls


def test_a_poll_that_was_ended_once_is_no_reason_to_stop() -> None:
    rivalry = Rivalry()
    rivalry.begin(now=NOON)

    assert not rivalry.lose(now=NOON)


def test_a_webhook_is_no_rival() -> None:
    assert is_rival("Conflict: terminated by other getUpdates request; make sure that only one")
    assert not is_rival("Conflict: can't use getUpdates method while webhook is active")
