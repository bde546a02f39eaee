import traceback

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


async def test_what_sends_or_edits_passes_the_gate_and_nothing_else(telegram: BotApi) -> None:
    passed: list[tuple[str, int | str | None]] = []

    async def gate(method: str, chat: int | str | None) -> None:
        passed.append((method, chat))

    async with Bot(telegram.token, session=BeritaSession(api_base=telegram.base, gate=gate)) as bot:
        message = await bot.send_message(CHANNEL, "Selamat pagi")
        await bot.edit_message_text("Selamat siang", chat_id=CHANNEL, message_id=message.message_id)
        await bot.forward_message(7, CHANNEL, message.message_id)
        await bot.send_chat_action(7, "typing")
        await bot.get_me()
        await bot.get_updates()

    assert passed == [("sendMessage", CHANNEL), ("editMessageText", CHANNEL), ("forwardMessage", 7)]


async def test_a_send_that_publish_has_paced_is_not_counted_twice(telegram: BotApi) -> None:
    passed: list[str] = []

    async def gate(method: str, chat: int | str | None) -> None:  # noqa: ARG001  # a gate's shape
        passed.append(method)

    async with Bot(telegram.token, session=BeritaSession(api_base=telegram.base, gate=gate)) as bot:
        await TelegramSender(bot).send(str(CHANNEL), b'{"text":"Selamat pagi"}')

    assert telegram.posts(CHANNEL) == ["Selamat pagi"]
    assert passed == []


async def test_a_gate_that_fails_lets_nothing_through(telegram: BotApi) -> None:
    async def gate(method: str, chat: int | str | None) -> None:  # noqa: ARG001  # a gate's shape
        raise ConnectionAbortedError

    async with Bot(telegram.token, session=BeritaSession(api_base=telegram.base, gate=gate)) as bot:
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
        await bot.get_me(request_timeout=0.15)

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
