from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest

from feeds.guard import Guard
from feeds.web import AiohttpWeb
from tests.servers.bot_api import BotApi

if TYPE_CHECKING:
    from aiogram import Bot

CHANNEL = -1001234567890
FORUM = -1009876543210


@pytest.fixture
async def telegram() -> AsyncIterator[BotApi]:
    """A Telegram with our channel, a forum with topic 42, and Ani."""
    async with BotApi() as server:
        server.control.channel(CHANNEL, "@dailyberita", "Daily Berita")
        server.control.supergroup(FORUM, title="Forum Berita", topics=(42,))
        server.control.user(7, "Ani")
        yield server


@pytest.fixture
async def bot(telegram: BotApi) -> AsyncIterator["Bot"]:
    """The real aiogram over our session."""
    from aiogram import Bot

    from bot.adapters.telegram.session import BeritaSession

    async with Bot(telegram.token, session=BeritaSession(api_base=telegram.base)) as opened:
        yield opened


@pytest.fixture
async def web() -> AsyncIterator[AiohttpWeb]:
    async with AiohttpWeb(Guard([]), user_agent="berita/test") as opened:
        yield opened
