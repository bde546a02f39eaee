"""A probe over the real aiogram: it sees what is there, and leaves nothing behind."""

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.adapters.telegram.marks import mark_of_text
from bot.adapters.telegram.probe import PATIENCE, TelegramProber
from bot.adapters.telegram.seeking import Probed
from tests.adapters.telegram.conftest import CHANNEL, FORUM
from tests.servers.bot_api import BotApi

if TYPE_CHECKING:
    from aiogram import Bot

OWNER = 7
TEXT = "Kim Jong Un Janji Dukung Penuh Putin"


async def look(
    bot: "Bot", chat: int, message_id: int, text: str = TEXT, *, free_in: timedelta = timedelta(0)
) -> Probed:
    prober = TelegramProber(bot, probe_chat=lambda: OWNER, free_in=lambda _chat: free_in)
    return await prober.probe(chat, message_id, mark_of_text(text))


@pytest.mark.parametrize("chat", [CHANNEL, FORUM])
async def test_our_post_is_known_by_its_text_and_the_copy_is_gone(
    telegram: BotApi, bot: "Bot", chat: int
) -> None:
    sent = await bot.send_message(chat, TEXT)

    assert await look(bot, chat, sent.message_id) is Probed.OURS
    assert await look(bot, chat, sent.message_id, "Berita lain") is Probed.OTHER
    assert telegram.posts(OWNER) == []
    assert telegram.posts(chat) == [TEXT], "nothing is edited, nothing is added"
    assert all(
        call["parameters"]["disable_notification"] == "true"
        for call in telegram.control.calls("forwardMessage")
    )


async def test_where_nothing_is_there_is_nothing(bot: "Bot") -> None:
    assert await look(bot, CHANNEL, 99) is Probed.NOTHING


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (400, "Bad Request: the message can't be forwarded"),
        (400, "Bad Request: chat not found"),
        (403, "Forbidden: bot was blocked by the user"),
        (500, "Internal Server Error"),
    ],
)
async def test_what_cannot_be_seen_is_not_called_absent(
    telegram: BotApi, bot: "Bot", code: int, text: str
) -> None:
    telegram.faults.refuse(text, code=code, method="forwardMessage")

    assert await look(bot, CHANNEL, 1) is Probed.UNSURE


async def test_a_probe_chat_that_is_not_free_soon_is_not_waited_for(
    telegram: BotApi, bot: "Bot"
) -> None:
    sent = await bot.send_message(CHANNEL, TEXT)
    begun_at = asyncio.get_running_loop().time()
    soon = timedelta(milliseconds=30)

    seen = [
        await look(bot, CHANNEL, sent.message_id, free_in=wait) for wait in (soon, 2 * PATIENCE)
    ]

    assert seen == [Probed.OURS, Probed.CLOSED]
    assert asyncio.get_running_loop().time() - begun_at >= soon.total_seconds(), "it has its turn"
    assert len(telegram.control.calls("forwardMessage")) == 1


async def test_a_gateway_s_page_is_no_answer(telegram: BotApi, bot: "Bot") -> None:
    telegram.control.fault("page", method="forwardMessage", code=502)

    assert await look(bot, CHANNEL, 1) is Probed.UNSURE


async def test_a_copy_that_cannot_be_deleted_spoils_nothing(telegram: BotApi, bot: "Bot") -> None:
    sent = await bot.send_message(CHANNEL, TEXT)
    telegram.faults.refuse("Bad Request: message can't be deleted", method="deleteMessage")

    assert await look(bot, CHANNEL, sent.message_id) is Probed.OURS
