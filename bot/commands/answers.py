"""Answers to admins: plain text with our own marks, no parse mode, no link previews."""

import asyncio
from contextlib import suppress
from typing import Any, Final

from aiogram import Bot
from aiogram.exceptions import AiogramError, TelegramRetryAfter
from aiogram.methods import TelegramMethod
from aiogram.types import LinkPreviewOptions, Message
from aiogram.utils.formatting import Text

TEXT_MAX: Final = 4_096  # UTF-16 units (Bot API, sendMessage)
ENTITIES_MAX: Final = 90  # Telegram takes a hundred
FLOOD_SECONDS_MAX: Final = 30  # a longer wait than this is no answer any more

CannotAnswer = AiogramError  # refused, unheard, unreadable: whatever aiogram has to say


async def answer(message: Message, text: Text) -> None:
    """Answer in the chat of a message; raises CannotAnswer."""
    assert len(text) <= TEXT_MAX, "every answer is bounded where it is made"
    said = text.as_kwargs()
    await send(bot_of(message), message.answer(**said, link_preview_options=_NO_PREVIEW))


async def send(bot: Bot, method: TelegramMethod[Any]) -> None:
    """Send once; after a short 429, which certainly sent nothing, once more."""
    try:
        await bot(method)
    except TelegramRetryAfter as flood:
        if flood.retry_after > FLOOD_SECONDS_MAX:
            raise
        await asyncio.sleep(flood.retry_after)
        await bot(method)


async def show_work(message: Message) -> None:
    """Show “typing …” before something that takes a while; of no importance if it fails."""
    with suppress(CannotAnswer):
        await bot_of(message).send_chat_action(message.chat.id, "typing")


def bot_of(message: Message) -> Bot:
    """Give the bot a message came to."""
    assert message.bot is not None, "an update is mounted to the bot that heard it"
    return message.bot


_NO_PREVIEW: Final = LinkPreviewOptions(is_disabled=True)
