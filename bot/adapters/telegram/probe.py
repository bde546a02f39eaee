"""Looks at one message by forwarding it to the probe chat and deleting the copy at once."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import structlog
from aiogram import Bot
from aiogram.exceptions import AiogramError, TelegramBadRequest
from aiogram.methods import DeleteMessage, ForwardMessage
from aiogram.types import Message, MessageOriginChannel, MessageOriginUser

from bot.adapters.telegram.marks import mark_of_text
from bot.adapters.telegram.seeking import Probed

# Bot API texts of a message that is not there, in lower case (telegram-bot-api, Client.cpp).
NOT_THERE = ("message to forward not found", "message_id_invalid")
SECONDS = 15
PATIENCE = timedelta(seconds=5)  # a probe waits no longer for the probe chat's pace

log = structlog.get_logger()


class TelegramProber:
    """Forwards into one chat, where the bot's owner sees nothing but a moment's flicker."""

    def __init__(
        self,
        bot: Bot,
        *,
        probe_chat: Callable[[], int | None],
        free_in: Callable[[int], timedelta],  # how long a look by way of a chat would wait
    ) -> None:
        self._bot = bot
        self._probe_chat = probe_chat
        self._free_in = free_in

    def may_look(self) -> bool:
        """Tell whether there is a chat to look in."""
        return self._probe_chat() is not None

    async def probe(self, chat: int, message_id: int, mark: bytes) -> Probed:
        """Tell whether a message bears the mark."""
        probe_chat = self._probe_chat()
        if probe_chat is None:
            return Probed.UNSURE
        wait = self._free_in(probe_chat)
        if wait > PATIENCE:
            return Probed.CLOSED
        await asyncio.sleep(max(wait.total_seconds(), 0))  # what is free sooner is for answers
        forward = ForwardMessage(
            chat_id=probe_chat,
            from_chat_id=chat,
            message_id=message_id,
            disable_notification=True,
        )
        try:
            copy = await self._bot(forward, request_timeout=SECONDS)
        except TelegramBadRequest as error:
            return _refused(error.message.lower(), message_id)
        except AiogramError as error:
            log.warning("a probe was not answered", message=message_id, why=type(error).__name__)
            return Probed.UNSURE
        await self._delete(copy, probe_chat)
        ours = self._is_of(copy, chat, message_id) and mark_of_text(copy.text or "") == mark
        return Probed.OURS if ours else Probed.OTHER

    def _is_of(self, copy: Message, chat: int, message_id: int) -> bool:
        """Tell whether it is the copy of that message; a group's origin names only its sender."""
        match copy.forward_origin:
            case MessageOriginChannel() as origin:
                return origin.chat.id == chat and origin.message_id == message_id
            case MessageOriginUser() as origin:
                return origin.sender_user.id == self._bot.id
            case _:
                return False

    async def _delete(self, copy: Message, probe_chat: int) -> None:
        delete = DeleteMessage(chat_id=probe_chat, message_id=copy.message_id)
        try:
            await self._bot(delete, request_timeout=SECONDS)
        except AiogramError as error:
            log.warning("a probe's copy stays", message=copy.message_id, why=type(error).__name__)


def _refused(text: str, message_id: int) -> Probed:
    if any(known in text for known in NOT_THERE):
        return Probed.NOTHING
    # "… can't be forwarded": a service message, or any post where content is protected.
    log.warning("a probe was refused", message=message_id, why=text)
    return Probed.UNSURE
