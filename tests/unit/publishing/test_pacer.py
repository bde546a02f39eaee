from datetime import datetime, timedelta

import pytest

from bot.adapter import Scope
from bot.pace import Window, endpoint_limit, telegram_bot_limit, telegram_chat_limit
from bot.pacer import Pacer
from feeds.model import Pace
from tests.builders import NOON

SCOPE = Scope(name="webhook:1", limit=endpoint_limit(1_000))
CHAT = Scope(name="telegram:chat:-1001", limit=telegram_chat_limit(18))


class TickingClock:
    """A clock as real ones are: it has moved on whenever it is asked again."""

    def __init__(self) -> None:
        self._now = NOON

    def now(self) -> datetime:
        self._now += timedelta(microseconds=1)
        return self._now


def test_a_free_scope_is_taken_at_once_however_the_clock_ticks() -> None:
    pacer = Pacer(TickingClock())

    taken = [pacer.try_take([SCOPE]) for _ in range(3)]

    assert not any(isinstance(each, timedelta) for each in taken)


class HandClock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.at = NOON

    def now(self) -> datetime:
        return self.at


def test_a_chat_is_free_again_soon_after_the_clock_was_put_back_an_hour() -> None:
    clock = HandClock()
    pacer = Pacer(clock)
    pacer.try_take([CHAT])

    clock.at -= timedelta(hours=1)
    first_wait = pacer.try_take([CHAT])
    assert isinstance(first_wait, timedelta)
    clock.at += first_wait

    assert not isinstance(pacer.try_take([CHAT]), timedelta)


def test_a_send_counts_from_when_it_leaves_not_from_when_it_was_written_down() -> None:
    clock = HandClock()
    pacer = Pacer(clock)
    chat = Scope(name="telegram:chat:-1001", limit=telegram_chat_limit(18))
    taken = pacer.try_take([chat])
    assert not isinstance(taken, timedelta)

    clock.at += timedelta(seconds=14)  # a slow disk
    pacer.leaves(taken)

    assert pacer.try_take([chat]) == timedelta(seconds=1.1)


def test_a_late_leave_forgets_no_other_send_of_its_scope() -> None:
    clock = HandClock()
    pacer = Pacer(clock)
    bot = Scope(name="telegram:bot:1", limit=(Window(count=2, span=timedelta(seconds=10)),))
    taken = pacer.try_take([bot])
    assert not isinstance(taken, timedelta)
    clock.at += timedelta(seconds=1)
    pacer.try_take([bot])

    clock.at += timedelta(seconds=1)
    pacer.leaves(taken)

    assert pacer.try_take([bot]) == timedelta(seconds=9)


class TwoClocks(HandClock):
    """A clock that is set, and the seconds that pass however it is set."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds = 0.0

    def pass_by(self, span: timedelta) -> None:
        self.at += span
        self.seconds += span.total_seconds()


@pytest.mark.parametrize("hours", [1, -1])
def test_a_clock_that_is_set_frees_nothing_early_and_holds_nothing_up(hours: int) -> None:
    clock = TwoClocks()
    pacer = Pacer(clock, steady=lambda: clock.seconds)
    for _ in range(18):
        assert not isinstance(pacer.try_take([CHAT]), timedelta)
        clock.pass_by(timedelta(seconds=2))

    clock.at += timedelta(hours=hours)

    assert pacer.try_take([CHAT]) == timedelta(seconds=60 - 36)


@pytest.mark.parametrize("hours", [1, -1])
def test_a_429_is_obeyed_for_as_long_as_it_says_however_the_clock_is_set(hours: int) -> None:
    clock = TwoClocks()
    pacer = Pacer(clock, steady=lambda: clock.seconds)
    pacer.freeze(CHAT.name, clock.at + timedelta(seconds=300), "429")
    clock.pass_by(timedelta(seconds=100))

    clock.at += timedelta(hours=hours)

    assert pacer.try_take([CHAT]) == timedelta(seconds=200)


def test_what_an_earlier_run_left_is_taken_by_the_clock_as_it_is_at_the_start() -> None:
    clock = TwoClocks()
    pacer = Pacer(clock, steady=lambda: clock.seconds)
    clock.at += timedelta(hours=1)

    pacer.load([Pace(scope=CHAT.name, not_before=clock.at + timedelta(seconds=300))])

    assert pacer.try_take([CHAT]) == timedelta(seconds=300)


def test_a_send_that_a_slow_disk_held_up_until_the_death_is_not_followed_at_once() -> None:
    clock = HandClock()
    pacer = Pacer(clock)
    stored = pacer.try_take([CHAT])
    assert not isinstance(stored, timedelta)
    clock.at += timedelta(seconds=9)  # the intent is written; the request leaves, and it dies
    pacer.leaves(stored)
    clock.at += timedelta(seconds=0.5)

    reborn = Pacer(clock)
    reborn.load(stored)

    assert reborn.try_take([CHAT]) == timedelta(seconds=1.1)


BOT = Scope(name="telegram:bot:1", limit=telegram_bot_limit(25))


def chat(number: int) -> list[Scope]:
    return [BOT, Scope(name=f"telegram:chat:{number}", limit=telegram_chat_limit(18))]


def endpoint(number: int) -> list[Scope]:
    return [Scope(name=f"webhook:{number}", limit=endpoint_limit(50))]


@pytest.mark.parametrize(
    ("flooded", "shut"),
    [
        ([chat(1), chat(2), chat(3)], True),
        ([endpoint(1), endpoint(2), chat(3)], False),
        ([chat(1), endpoint(2), chat(3), endpoint(4)], False),
    ],
)
def test_three_chats_that_refuse_in_a_second_speak_for_their_bot_and_endpoints_do_not(
    flooded: list[list[Scope]], shut: bool
) -> None:
    pacer = Pacer(HandClock())

    for scopes in flooded:
        pacer.flood(scopes, NOON + timedelta(seconds=300), "429")

    assert (pacer.free_at(chat(9)) > NOON) is shut
