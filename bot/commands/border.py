"""Where errors end: what an admin can mend is told as it is, what went wrong inside in one line."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, Final

import structlog
from aiogram import BaseMiddleware
from aiogram.types import Message, TelegramObject
from aiogram.utils.formatting import Text

from bot.commands.answers import CannotAnswer, answer
from bot.commands.refusal import Refusal, Usage
from bot.commands.words import Words, copyable
from feeds.errors import BeritaError

EXAMPLE_URL: Final = "https://example.org/feed/"
EXAMPLE_NAME: Final = "daily-berita"

log = structlog.get_logger()

Handler = Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]]


class Border(BaseMiddleware):
    """Answers for handlers that raise; never with a traceback, and never in silence."""

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        """Run the handler; what it raises ends here, save being cancelled."""
        assert isinstance(event, Message), "registered for messages alone"
        words: Words = data["words"]
        try:
            await self._guarded(handler, event, data, words)
        except CannotAnswer as error:
            # Whatever was asked for is done; an answer that may have arrived is not repeated.
            log.warning("an answer was not sent", why=_told(error))

    async def _guarded(
        self, handler: Handler, message: Message, data: dict[str, Any], words: Words
    ) -> None:
        try:
            await handler(message, data)
        except BeritaError as error:
            await answer(message, told(error, words))
        except CannotAnswer:
            raise
        except Exception:
            # The border of the chat: the next command must find a bot that works.
            log.exception("a command failed", command=_command_of(message))
            with suppress(CannotAnswer):
                await answer(message, words.say("failed"))


def told(error: BeritaError, words: Words) -> Text:
    """Tell an admin what he can mend."""
    match error:
        case Usage():
            return usage(error.command, words)
        case Refusal():
            return words.say("cannot", reason=words.say(error.key, **error.values))
        case _:
            return words.say("cannot", reason=str(error))


def usage(command: str, words: Words) -> Text:
    """Show how a command is written, by an example to copy."""
    return words.say(f"usage.{command}", example=example(command, words))


def example(command: str, words: Words) -> Text:
    """Write a whole command as an example."""
    if command == "addfeed":
        return copyable(f"/addfeed {EXAMPLE_URL} {words.sample_channel()}")
    subject = EXAMPLE_URL if command == "preview" else EXAMPLE_NAME
    return copyable(f"/{command} {subject}")


def _told(error: Exception) -> str:
    """Tell the kind and, where that is no one's message, the words of an error of aiogram's."""
    message = getattr(error, "message", "")
    return f"{type(error).__name__}: {message}" if message else type(error).__name__


def _command_of(message: Message) -> str:
    """Name the command alone: its arguments may hold what belongs in no log."""
    return (message.text or "").split(maxsplit=1)[0][:64] if message.text else ""
