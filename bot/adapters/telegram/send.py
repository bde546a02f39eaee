"""Sends one frozen message through aiogram and answers with its Outcome."""

import json
from collections import OrderedDict
from datetime import timedelta
from typing import Final

from aiogram import Bot
from aiogram.methods import GetMe, SendMessage
from aiogram.types import LinkPreviewOptions, MessageEntity
from pydantic import ValidationError

from bot.adapter import InDoubt, Outcome, Rejected, Sent
from bot.adapters.telegram.address import Address, parse
from bot.adapters.telegram.asking import bot_id
from bot.adapters.telegram.outcomes import (
    Exchange,
    is_flood,
    judge,
    result_of,
    wait_of,
    why_not,
)
from bot.adapters.telegram.session import BeritaSession
from bot.passage import Unproven

PROOF_SECONDS = 10.0
SEND_SECONDS = 25.0  # in all; less than the adapter's timeout, so that doubt is told with its cause
NAMED_MAX: Final = 1_000  # posts remembered, so that no answer is taken for that to another


class TelegramSender:
    """Sends messages, by a bot on a BeritaSession; publish has already counted their pace."""

    def __init__(self, bot: Bot, *, timeout_seconds: float = SEND_SECONDS) -> None:
        assert isinstance(bot.session, BeritaSession), "aiogram's own cannot tell what left"
        self._bot = bot
        self._session = bot.session
        self._timeout_seconds = timeout_seconds
        self._scope = f"telegram:bot:{bot_id(bot.token)}"
        self._named: OrderedDict[tuple[int | str, str], None] = OrderedDict()

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
        outcome = judge(exchange, bot_scope=self._scope)
        if isinstance(outcome, Sent) and outcome.message_id is not None:
            return self._believe(outcome, method.chat_id, _chat_of(exchange))
        return outcome

    async def prove(self) -> Unproven | None:
        """Ask who we are: harmless, and proof that the token works; else tell why it does not."""
        exchange = await self._session.exchange(self._bot, GetMe(), timeout_seconds=PROOF_SECONDS)
        if result_of(exchange) is not None:
            return None
        after = wait_of(exchange) if is_flood(exchange) else timedelta(0)
        return Unproven(why=why_not(exchange), after=after)

    def _believe(self, sent: Sent, asked: int | str, answered: int | None) -> Outcome:
        """Take an answer for ours unless it names another chat, or a post named by an earlier one.

        A server that answers twice leaves an answer on the kept connection, which is handed to
        whoever asks next there. A chat asked for by its `@name` has whatever number it has; a group
        that became a supergroup refuses, and takes nothing under its old number.
        """
        if answered is not None and isinstance(asked, int) and answered != asked:
            return InDoubt(reason="the answer was that to another chat's post", detail=sent.detail)
        named = (asked if answered is None else answered, sent.message_id or "")
        if named in self._named:
            return InDoubt(reason="the answer was that to an earlier post", detail=sent.detail)
        self._named[named] = None
        while len(self._named) > NAMED_MAX:
            self._named.popitem(last=False)
        return sent


def _chat_of(exchange: Exchange) -> int | None:
    """Read the number of the chat that an answer says it posted to."""
    chat = (result_of(exchange) or {}).get("chat")
    found = chat.get("id") if isinstance(chat, dict) else None
    return found if isinstance(found, int) else None


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
