"""Nobody does more a minute than the chat with him takes, and nobody slows another down."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.commands.throttle import DEEDS_MAX, PEOPLE_MAX, WINDOW, Heard, Throttle
from tests.builders import NOON

ANI, BUDI = 1001, 2002
MILLISECOND = timedelta(milliseconds=1)


def test_two_hundred_taps_a_second_pass_as_often_as_the_chat_takes_answers() -> None:
    throttle = Throttle()

    heard = [throttle.hear(ANI, now=NOON + tap * 5 * MILLISECOND) for tap in range(200)]

    assert heard[:DEEDS_MAX] == [Heard.PASSED] * DEEDS_MAX
    assert heard[DEEDS_MAX] is Heard.TOO_MUCH
    assert set(heard[DEEDS_MAX + 1 :]) == {Heard.UNHEARD}


def test_one_who_hurries_slows_nobody_else_down() -> None:
    throttle = Throttle()
    for _ in range(100):
        throttle.hear(ANI, now=NOON)

    assert throttle.hear(BUDI, now=NOON) is Heard.PASSED


def test_after_a_minute_he_is_heard_again_and_asked_for_patience_anew() -> None:
    throttle = Throttle(1)
    first = [throttle.hear(ANI, now=NOON) for _ in range(3)]

    second = [throttle.hear(ANI, now=NOON + WINDOW) for _ in range(3)]

    assert first == second == [Heard.PASSED, Heard.TOO_MUCH, Heard.UNHEARD]


@given(st.lists(st.integers(0, 200_000), max_size=120).map(sorted))
def test_no_sliding_minute_holds_more_than_its_share(taps: list[int]) -> None:
    throttle = Throttle(3)
    passed = [
        tap for tap in taps if throttle.hear(ANI, now=NOON + tap * MILLISECOND) is Heard.PASSED
    ]

    for tap in passed:
        assert sum(tap <= other < tap + 60_000 for other in passed) <= 3


def test_a_clock_that_is_put_back_shuts_nobody_out() -> None:
    throttle = Throttle(1)
    throttle.hear(ANI, now=NOON + timedelta(hours=1))

    assert throttle.hear(ANI, now=NOON) is Heard.PASSED


def test_only_so_many_people_are_remembered() -> None:
    throttle = Throttle()
    for person in range(PEOPLE_MAX + 10):
        throttle.hear(person, now=NOON)

    assert len(throttle._recent) == PEOPLE_MAX
