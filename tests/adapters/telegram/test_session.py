import traceback
from datetime import timedelta

import pytest
from aiogram import Bot
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramRetryAfter,
)

from bot.adapters.telegram.send import TelegramSender
from bot.adapters.telegram.session import BeritaSession, UnansweredError
from feeds.errors import BadRequest
from tests.adapters.telegram.conftest import CHANNEL
from tests.servers.bot_api import TOKEN, BotApi

SECRET = TOKEN.partition(":")[2]


class NotingGate:
    """Notes who passes and who was refused; with `fault` nobody passes."""

    def __init__(self, fault: Exception | None = None) -> None:
        self.passed: list[int | str | None] = []
        self.floods: list[tuple[int | str | None, timedelta]] = []
        self._fault = fault

    async def admit(self, chat: int | str | None) -> None:
        if self._fault is not None:
            raise self._fault
        self.passed.append(chat)

    async def flooded(self, chat: int | str | None, after: timedelta) -> None:
        self.floods.append((chat, after))


def a_bot(telegram: BotApi, gate: NotingGate) -> Bot:
    return Bot(telegram.token, session=BeritaSession(api_base=telegram.base, gate=gate))


async def test_what_sends_or_edits_passes_the_gate_and_nothing_else(telegram: BotApi) -> None:
    gate = NotingGate()

    async with a_bot(telegram, gate) as bot:
        message = await bot.send_message(CHANNEL, "Selamat pagi")
        await bot.edit_message_text("Selamat siang", chat_id=CHANNEL, message_id=message.message_id)
        await bot.forward_message(7, CHANNEL, message.message_id)
        await bot.send_chat_action(7, "typing")
        await bot.get_me()
        await bot.get_updates()

    assert gate.passed == [CHANNEL, CHANNEL, 7]


async def test_a_send_that_publish_has_paced_is_not_counted_twice(telegram: BotApi) -> None:
    gate = NotingGate()

    async with a_bot(telegram, gate) as bot:
        await TelegramSender(bot).send(str(CHANNEL), b'{"text":"Selamat pagi"}')

    assert telegram.posts(CHANNEL) == ["Selamat pagi"]
    assert gate.passed == []


async def test_a_429_to_an_answer_is_told_to_the_gate(telegram: BotApi) -> None:
    gate = NotingGate()
    telegram.faults.refuse(
        "Too Many Requests: retry after 17", code=429, parameters={"retry_after": 17}
    )

    async with a_bot(telegram, gate) as bot:
        with pytest.raises(TelegramRetryAfter):
            await bot.send_message(7, "Selamat pagi")

    assert gate.floods == [(7, timedelta(seconds=17))]


async def test_the_first_byte_of_what_sends_is_a_crash_point_and_no_other_request_is(
    telegram: BotApi,
) -> None:
    points: list[str] = []
    session = BeritaSession(api_base=telegram.base, reached=points.append)
    async with Bot(telegram.token, session=session) as bot:
        await bot.get_me()
        await bot.get_updates()
        assert points == []

        await TelegramSender(bot).send(str(CHANNEL), b'{"text":"Selamat pagi"}')

    assert points == ["first byte"]


async def test_a_gate_that_fails_lets_nothing_through(telegram: BotApi) -> None:
    async with a_bot(telegram, NotingGate(ConnectionAbortedError())) as bot:
        with pytest.raises(ConnectionAbortedError):
            await bot.send_message(CHANNEL, "Selamat pagi")

    assert telegram.control.calls() == []


async def test_commands_meet_aiograms_own_errors(telegram: BotApi, bot: Bot) -> None:
    telegram.faults.refuse(
        "Too Many Requests: retry after 9", code=429, parameters={"retry_after": 9}
    )
    with pytest.raises(TelegramRetryAfter) as slowed:
        await bot.send_message(CHANNEL, "a")
    assert slowed.value.retry_after == 9

    with pytest.raises(TelegramBadRequest):
        await bot.send_message(-100404, "a")

    telegram.control.bot(CHANNEL, "kicked")
    with pytest.raises(TelegramForbiddenError):
        await bot.send_message(CHANNEL, "a")

    telegram.control.fault("page", method=None, code=502)
    with pytest.raises(ClientDecodeError):
        await bot.get_me()


@pytest.mark.parametrize("how", ["reset", "garbage", "cut", "hang"])
async def test_a_network_error_says_how_far_it_came_and_leads_to_no_token(
    telegram: BotApi, bot: Bot, how: str
) -> None:
    telegram.control.fault(how, method="getMe")

    with pytest.raises(UnansweredError) as failed:
        await bot.get_me(request_timeout=1)

    shown = "".join(traceback.TracebackException.from_exception(failed.value).format())
    assert failed.value.exchange.bytes_left
    assert failed.value.__context__ is None
    assert SECRET not in shown + repr(failed.value)


async def test_a_long_poll_waits_with_a_plain_number_as_aiogram_does(
    telegram: BotApi, bot: Bot
) -> None:
    telegram.control.say(7, "/start")

    (update,) = await bot.get_updates(timeout=5, request_timeout=int(bot.session.timeout + 5))

    assert update.message is not None
    assert update.message.text == "/start"


def test_a_proxy_of_a_kind_we_cannot_use_is_refused_at_once() -> None:
    with pytest.raises(BadRequest, match=r"telegram\.proxy"):
        BeritaSession(api_base="http://127.0.0.1", proxy_url="socks5://127.0.0.1:1080")
