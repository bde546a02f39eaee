import asyncio
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramRetryAfter

from bot.adapter import Scope
from bot.adapters.telegram.session import BeritaSession
from bot.app.gate import AnswerGate
from bot.pace import telegram_bot_limit, telegram_chat_limit
from bot.pacer import Pacer
from bot.passage import Passage
from feeds.store import Store
from tests.adapters.telegram.conftest import CHANNEL
from tests.builders import NOON
from tests.servers.bot_api import BotApi
from tests.world.store import fresh_store

CLOCK = SimpleNamespace(now=lambda: NOON)
TOKEN_SCOPE = Scope(name="telegram:bot:42", limit=telegram_bot_limit(25))
CHAT_SCOPE = Scope(name=f"telegram:chat:{CHANNEL}", limit=telegram_chat_limit(18))


def a_gate(store: Store) -> AnswerGate:
    passage = Passage()
    passage.proven(asyncio.get_running_loop().time())
    return AnswerGate(
        pacer=Pacer(CLOCK),
        passage=passage,
        store=store,
        clock=CLOCK,
        bot_scope=TOKEN_SCOPE,
        chat_limit=telegram_chat_limit(18),
    )


async def test_a_429_to_an_answer_is_stored_before_anything_else_happens(
    telegram: BotApi, tmp_path: Path
) -> None:
    store = await fresh_store(tmp_path)
    telegram.faults.refuse(
        "Too Many Requests: retry after 3000", code=429, parameters={"retry_after": 3_000}
    )
    session = BeritaSession(api_base=telegram.base, gate=a_gate(store))

    async with Bot(telegram.token, session=session) as bot:
        with pytest.raises(TelegramRetryAfter):
            await bot.send_message(CHANNEL, "Selamat pagi")
    reborn = Pacer(CLOCK)
    reborn.load(await store.load_paces())

    assert reborn.try_take([TOKEN_SCOPE, CHAT_SCOPE]) == timedelta(seconds=3_000)
    await store.close()


async def test_a_429_to_a_call_that_is_not_counted_closes_its_chat_as_well(
    telegram: BotApi, tmp_path: Path
) -> None:
    store = await fresh_store(tmp_path)
    gate = a_gate(store)
    telegram.faults.refuse(
        "Too Many Requests: retry after 30",
        code=429,
        method="deleteMessage",
        parameters={"retry_after": 30},
    )
    session = BeritaSession(api_base=telegram.base, gate=gate)

    async with Bot(telegram.token, session=session) as bot:
        with pytest.raises(TelegramRetryAfter):
            await bot.delete_message(CHANNEL, 7)

    assert gate.free_in(CHANNEL) == timedelta(seconds=30)
    await store.close()
