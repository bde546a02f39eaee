"""How long the bot waits, and for what, told on a clock of its own."""

import asyncio
from datetime import timedelta
from typing import Any

import async_solipsism
import pytest
from aiogram.exceptions import TelegramNetworkError, TelegramRetryAfter
from aiogram.methods import GetUpdates, SendMessage

from bot.commands.answers import FLOOD_SECONDS_MAX, send
from bot.commands.incident import PAUSE_FIRST, PAUSE_MAX, Incident, cause_of
from tests.commands.chat import OWNER


def test_pauses_grow_to_a_minute_and_begin_anew_after_a_success() -> None:
    incident, cause = Incident(), cause_of(a_broken_wire())

    pauses = []
    for _ in range(9):
        incident.note(cause)
        pauses.append(incident.pause())
    incident.end()
    incident.note(cause)

    assert pauses[:7] == [PAUSE_FIRST * 2**n for n in range(6)] + [PAUSE_MAX]
    assert pauses[-1] == PAUSE_MAX
    assert incident.pause() == PAUSE_FIRST


def test_a_429_is_obeyed_for_as_long_as_it_says() -> None:
    incident = Incident()

    incident.note(cause_of(a_flood(300)))

    assert incident.pause() == timedelta(seconds=300)


def a_broken_wire() -> TelegramNetworkError:
    return TelegramNetworkError(method=GetUpdates(), message="connection refused")


def a_flood(seconds: int) -> TelegramRetryAfter:
    return TelegramRetryAfter(method=GetUpdates(), message="Too Many", retry_after=seconds)


class FloodedBot:
    """Answers 429 so many times, then takes what it is given."""

    def __init__(self, *waits: int) -> None:
        self.waits = list(waits)
        self.calls: list[float] = []

    async def __call__(self, _method: Any) -> None:
        self.calls.append(asyncio.get_running_loop().time())
        if self.waits:
            raise a_flood(self.waits.pop(0))


def send_through(bot: Any) -> None:
    with asyncio.Runner(loop_factory=async_solipsism.EventLoop) as runner:
        runner.run(send(bot, SendMessage(chat_id=OWNER, text="halo")))


def test_an_answer_refused_by_a_short_429_is_sent_again_when_it_is_over() -> None:
    bot = FloodedBot(7)

    send_through(bot)

    assert bot.calls == [0, 7]


@pytest.mark.parametrize("waits", [(FLOOD_SECONDS_MAX + 1,), (3, 3)])
def test_an_answer_refused_for_longer_or_again_is_given_up(waits: tuple[int, ...]) -> None:
    with pytest.raises(TelegramRetryAfter):
        send_through(FloodedBot(*waits))
