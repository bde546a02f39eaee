"""A chat is parked by our standing with the very reason that a send would be refused with."""

from typing import Any

import pytest
from aiogram import Bot

from bot.adapter import Gone
from bot.adapters.telegram.send import TelegramSender
from bot.adapters.telegram.standing import refusal_of
from tests.adapters.telegram.conftest import CHANNEL, FORUM
from tests.servers.bot_api import BotApi

ANI, GROUP = 7, -500
STANDINGS: list[tuple[int, str, dict[str, Any]]] = [
    (CHANNEL, "kicked", {}),
    (CHANNEL, "left", {}),
    (CHANNEL, "administrator", {"can_post_messages": False}),
    (FORUM, "kicked", {}),
    (FORUM, "left", {}),
    (FORUM, "restricted", {}),
    (GROUP, "kicked", {}),
    (ANI, "kicked", {}),
]


@pytest.mark.parametrize(("chat", "status", "rights"), STANDINGS)
async def test_the_reason_is_the_one_a_send_gives(
    chat: int, status: str, rights: dict[str, Any], telegram: BotApi, bot: Bot
) -> None:
    telegram.control.group(GROUP, "Kita")
    telegram.control.bot(chat, status, **rights)

    outcome = await TelegramSender(bot).send(str(chat), b'{"text": "Selamat pagi"}')

    assert isinstance(outcome, Gone)
    assert refusal_of(telegram.backend.chats.find(chat).type, status) == outcome.reason
