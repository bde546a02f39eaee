"""Two bots with one token: the second says so and stops; the first goes on listening."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from aiogram import Bot
from aiogram.client.telegram import TelegramAPIServer

from bot.adapters.telegram.session import BeritaSession
from bot.commands import Listener
from tests.commands.chat import Chat

HELD_BACK_SECONDS = 0.01
WAIT_SECONDS = 20.0


@pytest.fixture
def second_bot(chat: Chat) -> Bot:
    session = BeritaSession(api_base="")
    session.api = TelegramAPIServer.from_base(chat.telegram.base)
    return Bot(chat.bot.token, session=session)


async def test_the_second_says_so_and_stops_and_the_first_goes_on(
    chat: Chat, second_bot: Bot
) -> None:
    chat.telegram.backend.updates.conflict_pause = HELD_BACK_SECONDS
    await chat.says("/start")
    chat.clock.at += timedelta(minutes=2)
    said: list[str] = []
    deps = replace(chat.deps, give_up=said.append)
    second = Listener(second_bot, deps, pause_first=timedelta(milliseconds=2))

    async with asyncio.timeout(WAIT_SECONDS):
        await second.run()
    await second_bot.session.close()

    assert len(said) == 1
    assert "Another program was listening" in said[0]
    assert "telegram.token" in said[0]
    assert await chat.says("/status") != []
