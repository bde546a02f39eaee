import asyncio
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import async_solipsism
import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramRetryAfter

from bot.adapter import Scope
from bot.adapters.telegram.probe import PATIENCE
from bot.adapters.telegram.reach import GAP_MAX, GLANCE_GAP_MAX
from bot.adapters.telegram.session import BeritaSession
from bot.app.gate import AnswerGate
from bot.pace import telegram_bot_limit, telegram_chat_limit, telegram_probes_limit
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


def a_gate(store: Store, clock: Any = CLOCK) -> AnswerGate:
    passage = Passage()
    passage.proven(asyncio.get_running_loop().time())
    return AnswerGate(
        pacer=Pacer(clock),
        passage=passage,
        store=store,
        clock=clock,
        bot_scope=TOKEN_SCOPE,
        chat_limit=telegram_chat_limit(18),
        probes_limit=telegram_probes_limit(18),
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


def test_looks_after_doubts_leave_a_share_of_the_owner_s_chat_to_his_answers(
    tmp_path: Path,
) -> None:
    async def play() -> None:
        steady, owner = asyncio.get_running_loop().time, 7
        clock = SimpleNamespace(now=lambda: NOON + timedelta(seconds=steady()))
        store = await fresh_store(tmp_path, inline=True)
        gate = a_gate(store, clock)
        looks = 0
        while gate.free_in(owner) <= PATIENCE:
            await gate.admit(owner)
            looks += 1
        begun_at = steady()

        for _ in range(4):
            await gate.admit(owner)

        assert looks >= 2 * GLANCE_GAP_MAX + GAP_MAX, "those of one doubt in its first minute"
        assert steady() - begun_at < 5, "four answers at once, as fast as a chat allows"
        await store.close()

    with asyncio.Runner(loop_factory=async_solipsism.EventLoop) as runner:
        runner.run(play())
