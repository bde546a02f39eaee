from datetime import timedelta

import pytest

from bot.retry import JITTER, SCHEDULE
from feeds.health import (
    DISABLED_AFTER,
    FAILURES_MIN,
    QUIET_MAX,
    after_failure,
    is_over,
    stage,
    why_disabled,
)
from feeds.model import Failing
from tests.builders import NOON

HOUR = timedelta(hours=1)


def failing(**changes: object) -> Failing:
    return Failing(**{"since": NOON, "failures": FAILURES_MIN, "answer": "503"} | changes)  # type: ignore[arg-type]


def test_a_row_of_failures_begins_with_the_first_and_keeps_the_last_answer() -> None:
    first = after_failure(None, "500", now=NOON)
    second = after_failure(first, "503", now=NOON + HOUR)

    assert first == failing(failures=1, answer="500", last_at=NOON)
    assert second == failing(failures=2, last_at=NOON + HOUR)


def test_after_longer_than_any_wait_a_row_begins_anew() -> None:
    before = failing(last_at=NOON)
    later = NOON + QUIET_MAX

    assert max(SCHEDULE) * (1 + JITTER) < QUIET_MAX
    assert after_failure(before, "503", now=later).since == NOON
    anew = after_failure(before, "503", now=later + HOUR)
    assert (anew.since, anew.failures) == (later + HOUR, 1)
    assert after_failure(failing(), "503", now=later + HOUR).since == NOON  # of old, not written


def test_a_row_that_seems_to_begin_ahead_begins_now() -> None:
    assert after_failure(failing(), "503", now=NOON - HOUR).since == NOON - HOUR


@pytest.mark.parametrize(
    ("hours", "told"), [(0, 0), (59, 0), (60, 50), (83, 50), (84, 70), (108, 90), (130, 90)]
)
def test_admins_hear_at_half_the_time_and_twice_more(hours: int, told: int) -> None:
    assert stage(failing(), now=NOON + hours * HOUR) == told


def test_an_endpoint_is_given_up_after_120_hours_of_nothing_but_failures() -> None:
    almost = NOON + DISABLED_AFTER - timedelta(milliseconds=1)

    assert not is_over(failing(), now=almost)
    assert is_over(failing(), now=NOON + DISABLED_AFTER)


def test_an_endpoint_that_was_hardly_tried_is_not_given_up() -> None:
    few = failing(failures=FAILURES_MIN - 1)

    assert not is_over(few, now=NOON + 10 * DISABLED_AFTER)


def test_the_reason_says_since_when_and_what_was_answered_last() -> None:
    said = why_disabled(failing(answer="the endpoint answered 503 Service Unavailable"))

    assert said == (
        "nothing but failures since 2023-09-13 12:00 UTC;"
        " the last: the endpoint answered 503 Service Unavailable"
    )
