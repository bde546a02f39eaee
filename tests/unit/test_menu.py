"""The menu of commands, where Telegram does not take it: the log says why in a sentence."""

from collections.abc import AsyncGenerator
from datetime import UTC
from typing import Any, NoReturn

import pytest
from aiogram import Bot
from aiogram.client.session.base import BaseSession
from structlog.testing import capture_logs

from bot.adapters.telegram.outcomes import Exchange
from bot.adapters.telegram.session import UnansweredError
from bot.commands.menu import set_menu
from bot.commands.words import Tongues
from tests.unit.catalog.situations import TOKEN

TONGUES = Tongues(default="id", time_zone=UTC)


class Unheard(BaseSession):
    """No request of it is answered, for the reason given."""

    def __init__(self, fault: str) -> None:
        super().__init__()
        self._fault = fault

    async def make_request(self, bot: Bot, method: Any, timeout: int | None = None) -> NoReturn:
        raise UnansweredError(method, Exchange(bytes_left=False, fault=self._fault))

    async def stream_content(self, *given: Any, **named: Any) -> AsyncGenerator[bytes, None]:
        yield b""

    async def close(self) -> None:
        pass


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        ("no connection to a.example", "no connection to a.example"),
        ("", "no whole answer was heard"),
    ],
)
async def test_a_menu_that_is_not_taken_tells_the_log_why_in_words(fault: str, why: str) -> None:
    bot = Bot(TOKEN, session=Unheard(fault))

    with capture_logs() as logged:
        taken = await set_menu(bot, TONGUES, {})

    assert not taken
    assert [(each["event"], each["why"]) for each in logged] == [
        ("the menu of commands was not set", why)
    ]
