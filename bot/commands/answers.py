"""Answers to admins: plain text with our own marks, no parse mode, no link previews."""

import asyncio
from contextlib import suppress
from typing import Final, TypeVar

from aiogram import Bot
from aiogram.exceptions import AiogramError, TelegramBadRequest, TelegramRetryAfter
from aiogram.methods import (
    AnswerCallbackQuery,
    EditMessageReplyMarkup,
    EditMessageText,
    TelegramMethod,
)
from aiogram.types import CallbackQuery, LinkPreviewOptions, Message
from aiogram.utils.formatting import Text

from bot.summary.cutting import shorten_at_word

TEXT_MAX: Final = 4_096  # UTF-16 units (Bot API, sendMessage)
ENTITIES_MAX: Final = 90  # Telegram takes a hundred
TOAST_MAX: Final = 200  # characters (Bot API, answerCallbackQuery)
FLOOD_SECONDS_MAX: Final = 30  # a longer wait than this is no answer any more

NOTHING_TO_EDIT: Final = (
    "message is not modified",
    "message to edit not found",
    "message can't be edited",
)

Sent = TypeVar("Sent")

CannotAnswer = AiogramError  # refused, unheard, unreadable: whatever aiogram has to say


async def answer(message: Message, text: Text) -> None:
    """Answer in the chat of a message; raises CannotAnswer."""
    assert len(text) <= TEXT_MAX, "every answer is bounded where it is made"
    said = text.as_kwargs()
    await send(bot_of(message), message.answer(**said, link_preview_options=NO_PREVIEW))


async def send(bot: Bot, method: TelegramMethod[Sent]) -> Sent:
    """Send once; after a short 429, which certainly sent nothing, once more."""
    try:
        return await bot(method)
    except TelegramRetryAfter as flood:
        if flood.retry_after > FLOOD_SECONDS_MAX:
            raise
        await asyncio.sleep(flood.retry_after)
        return await bot(method)


async def edit(bot: Bot, method: EditMessageText | EditMessageReplyMarkup) -> None:
    """Change a message of ours; one that is gone, or is so already, is no trouble."""
    try:
        await send(bot, method)
    except TelegramBadRequest as error:
        if not any(said in error.message.lower() for said in NOTHING_TO_EDIT):
            raise


async def toast(query: CallbackQuery, text: str = "", *, alert: bool = False) -> None:
    """Answer a press, which must be done soon and once; of no importance if it fails.

    An `alert` stays until it is closed by hand.
    """
    assert query.bot is not None, "an update is mounted to the bot that heard it"
    said = shorten_at_word(text, TOAST_MAX)
    with suppress(CannotAnswer):
        await query.bot(
            AnswerCallbackQuery(
                callback_query_id=query.id, text=said or None, show_alert=alert or None
            )
        )


async def reply(event: Message | CallbackQuery, text: Text) -> None:
    """Answer a message in its chat, and a press by a toast."""
    if isinstance(event, Message):
        await answer(event, text)
    else:
        await toast(event, text.as_kwargs()["text"])


async def show_work(message: Message) -> None:
    """Show “typing …” before something that takes a while; of no importance if it fails."""
    with suppress(CannotAnswer):
        await bot_of(message).send_chat_action(message.chat.id, "typing")


def bot_of(message: Message) -> Bot:
    """Give the bot a message came to."""
    assert message.bot is not None, "an update is mounted to the bot that heard it"
    return message.bot


NO_PREVIEW: Final = LinkPreviewOptions(is_disabled=True)
