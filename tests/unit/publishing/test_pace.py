import itertools
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.pace import (
    Limit,
    endpoint_limit,
    free_at,
    freeze,
    set_back,
    take,
    telegram_bot_limit,
    telegram_chat_limit,
)
from feeds.model import Pace
from tests.builders import NOON

CHAT = telegram_chat_limit(18)
BOT = telegram_bot_limit(25)


def sends(limit: Limit, pauses: list[float]) -> list[float]:
    """Send as soon as the limit lets us, after each pause; tell the seconds since noon."""
    pace, now, at = Pace(scope="x"), NOON, []
    for pause in pauses:
        now = free_at(pace, limit, now + timedelta(seconds=pause))
        pace = take(pace, limit, now)
        at.append((now - NOON).total_seconds())
    return at


def most_within(at: list[float], seconds: float) -> int:
    return max(sum(start <= other < start + seconds for other in at) for start in at)


@given(st.lists(st.floats(0, 30), min_size=1, max_size=80))
def test_no_sliding_minute_holds_more_than_eighteen_to_one_chat(pauses: list[float]) -> None:
    at = sends(CHAT, pauses)

    assert most_within(at, 60) <= 18
    assert all(b - a >= 1.1 - 1e-6 for a, b in itertools.pairwise(at))


@given(st.lists(st.floats(0, 0.3), min_size=1, max_size=80))
def test_a_bot_sends_at_most_25_a_second_and_5_at_once(pauses: list[float]) -> None:
    at = sends(BOT, pauses)

    assert most_within(at, 1) <= 25
    assert most_within(at, 0.1) <= 5


@pytest.mark.parametrize("per_second", [1, 7, 50, 64, 65, 1000])
def test_an_endpoint_never_gets_more_than_its_rate(per_second: int) -> None:
    at = sends(endpoint_limit(per_second), [0.0] * min(3 * per_second, 1500))

    assert most_within(at, 1 - 1e-6) <= per_second


def test_a_chat_left_alone_is_served_at_once() -> None:
    pace = take(Pace(scope="x"), CHAT, NOON)

    later = NOON + timedelta(minutes=2)

    assert free_at(pace, CHAT, later) == later


def test_a_freeze_holds_until_its_end_and_never_shortens_another() -> None:
    until = NOON + timedelta(minutes=5)
    pace = freeze(Pace(scope="x"), until, "429")

    shorter = freeze(pace, NOON + timedelta(minutes=1), "429")

    assert free_at(shorter, CHAT, NOON) == until
    assert take(shorter, CHAT, until).not_before is None


def test_a_clock_put_back_closes_no_chat_for_hours() -> None:
    pace = freeze(take(Pace(scope="x"), CHAT, NOON), NOON + timedelta(seconds=30), "429")
    before = NOON - timedelta(hours=7)

    moved = set_back(pace, before)

    assert free_at(moved, CHAT, before) == before + timedelta(seconds=30)
    assert set_back(pace, NOON) == pace


@given(st.integers(0, 500))
def test_what_is_remembered_of_a_scope_is_bounded(count: int) -> None:
    pace = Pace(scope="x")
    for n in range(count):
        pace = take(pace, CHAT, NOON + timedelta(seconds=n))

    assert len(pace.recent) <= 64
