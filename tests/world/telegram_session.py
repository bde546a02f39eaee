"""Our own session to the Bot API, its network cut off and SimTelegram put in its place."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any
from unittest import mock

import aiogram.client.session.aiohttp as aiogram_session
from aiogram import Bot
from aiogram.methods import TelegramMethod
from aiohttp import ClientResponse

from bot.adapters.telegram.session import BeritaSession, Gate
from tests.world.telegram import SimTelegram
from tests.world.telegram_words import parameters_of


class SimSession(BeritaSession):
    """A session as the World opens one."""

    def __init__(self, telegram: SimTelegram, *, api_base: str, gate: Gate) -> None:
        with _no_certificates():
            super().__init__(api_base=api_base, gate=gate)
        self._telegram = telegram

    async def _post(
        self,
        bot: Bot,  # the session's signature
        method: TelegramMethod[Any],
        timeout_seconds: float,
        departure: SimpleNamespace,
        heard: list[ClientResponse],
    ) -> str | None:
        status, headers, body = await self._telegram.ask(
            method.__api_method__,
            parameters_of(method),
            departure=departure,
            seconds=timeout_seconds,
        )
        heard.append(SimpleNamespace(status=status, headers=headers))
        return body

    async def close(self) -> None:
        """Nothing was opened."""


@contextmanager
def _no_certificates() -> Iterator[None]:
    """Spare reading the machine's certificates, 35 ms a session, for connections never made."""
    with mock.patch.object(aiogram_session.ssl, "create_default_context"):
        yield
