"""An answer is believed for the post it answers, and for no other."""

import asyncio
from typing import Any

import pytest
from aiogram import Bot

from bot.adapter import Gone, InDoubt, Sent
from bot.adapters.telegram.send import TelegramSender
from tests.adapters.telegram.conftest import CHANNEL, FORUM
from tests.servers.bot_api import BotApi

BODY = b'{"text": "Kabar"}'


async def test_a_second_answer_to_one_chat_is_no_answer_to_a_post_to_another(
    telegram: BotApi, bot: Bot
) -> None:
    telegram.control.fault("twice", apply=True, seconds=0.05, chat=CHANNEL)
    telegram.faults.refuse("Forbidden: bot was kicked", code=403, chat=FORUM)
    sender = TelegramSender(bot)
    first = await sender.send(str(CHANNEL), BODY)
    await asyncio.sleep(0.1)  # real: the second answer comes while nobody asks

    second = await sender.send(str(FORUM), BODY)

    assert isinstance(first, Sent)
    assert isinstance(second, Gone)


@pytest.mark.parametrize(
    ("asked", "answered", "kind"),
    [
        (str(CHANNEL), {"chat": {"id": CHANNEL}}, Sent),
        (str(CHANNEL), {"chat": {"id": FORUM}}, InDoubt),
        (str(CHANNEL), {}, Sent),  # tomorrow's shape
        ("@dailyberita", {"chat": {"id": CHANNEL}}, Sent),
    ],
)
async def test_an_answer_that_names_another_chat_is_not_believed(
    telegram: BotApi, bot: Bot, asked: str, answered: dict[str, Any], kind: type
) -> None:
    telegram.backend.methods["sendmessage"] = lambda _: {"message_id": 57, **answered}

    outcome = await TelegramSender(bot).send(asked, BODY)

    assert isinstance(outcome, kind)


async def test_a_post_named_to_a_channels_name_is_not_believed_again_under_its_number(
    telegram: BotApi, bot: Bot
) -> None:
    said = {"message_id": 57, "chat": {"id": CHANNEL}}
    telegram.backend.methods["sendmessage"] = lambda _: said
    sender = TelegramSender(bot)
    first = await sender.send("@dailyberita", BODY)

    again = await sender.send(str(CHANNEL), BODY)

    assert isinstance(first, Sent)
    assert isinstance(again, InDoubt)
