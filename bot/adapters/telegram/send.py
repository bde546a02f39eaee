"""Sends one frozen message through aiogram and answers with its Outcome."""

import json

from aiogram import Bot
from aiogram.methods import GetMe, SendMessage
from aiogram.types import LinkPreviewOptions, MessageEntity
from pydantic import ValidationError

from bot.adapter import Outcome, Rejected
from bot.adapters.telegram.address import Address, parse
from bot.adapters.telegram.asking import bot_id
from bot.adapters.telegram.outcomes import judge, result_of, why_not
from bot.adapters.telegram.session import BeritaSession

PROOF_SECONDS = 10.0
SEND_SECONDS = 25.0  # in all; less than the adapter's timeout, so that doubt is told with its cause


class TelegramSender:
    """Sends messages, by a bot on a BeritaSession; publish has already counted their pace."""

    def __init__(self, bot: Bot, *, timeout_seconds: float = SEND_SECONDS) -> None:
        assert isinstance(bot.session, BeritaSession), "aiogram's own cannot tell what left"
        self._bot = bot
        self._session = bot.session
        self._timeout_seconds = timeout_seconds
        self._scope = f"telegram:bot:{bot_id(bot.token)}"

    async def send(self, address: str, body: bytes) -> Outcome:
        """Send a rendered body to a canonical address, once; raises only CancelledError."""
        try:
            method = _method(parse(address), body)
        except (ValueError, KeyError, TypeError):
            # Nothing was sent; the plain form is made anew, by the code that runs now.
            return Rejected(reason="the stored message cannot be read", malformed=True)
        exchange = await self._session.exchange(
            self._bot, method, timeout_seconds=self._timeout_seconds
        )
        return judge(exchange, bot_scope=self._scope)

    async def prove(self) -> str | None:
        """Ask who we are: harmless, and proof that the token works; else tell why it does not."""
        exchange = await self._session.exchange(self._bot, GetMe(), timeout_seconds=PROOF_SECONDS)
        if result_of(exchange) is not None:
            return None
        return why_not(exchange)


def _method(address: Address, body: bytes) -> SendMessage:
    """Read the JSON that render made; the chat and the topic come from the address."""
    message = json.loads(body)
    if not isinstance(message, dict):
        raise TypeError("a message is a JSON object")
    preview = message.get("link_preview_options")
    try:
        return SendMessage(
            chat_id=address.chat,
            message_thread_id=address.topic,
            text=message["text"],
            entities=[MessageEntity(**entity) for entity in message.get("entities") or ()],
            link_preview_options=None if preview is None else LinkPreviewOptions(**preview),
            disable_notification=message.get("disable_notification"),
            parse_mode=None,
        )
    except ValidationError as error:
        raise ValueError(str(error)) from None
