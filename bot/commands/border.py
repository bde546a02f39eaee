"""Where errors end: what an admin can mend is told as it is, what went wrong inside in one line."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, Final

import structlog
from aiogram import BaseMiddleware
from aiogram.types import CallbackQuery, Message, TelegramObject
from aiogram.utils.formatting import Text

from bot.commands.answers import CannotAnswer, reply
from bot.commands.faults import filter_fault, template_fault
from bot.commands.refusal import Usage, Whole
from bot.commands.words import Words, copyable, lines, plain
from feeds.errors import BeritaError, FeedRefused
from feeds.filters import BrokenFilter
from feeds.templates import BrokenTemplate

EXAMPLE_URL: Final = "https://example.org/feed/"
EXAMPLE_NAME: Final = "daily-berita"
SETTINGS: Final = ("every 10m", "name berita", f"url {EXAMPLE_URL}")
EXAMPLES: Final = {
    "preview": EXAMPLE_URL,
    "why": "https://example.org/news/kim-putin/",
    "language": "english",
}

log = structlog.get_logger()

Handler = Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]]


class Border(BaseMiddleware):
    """Answers for handlers that raise; never with a traceback, and never in silence."""

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        """Run the handler; what it raises ends here, save being cancelled."""
        assert isinstance(event, Message | CallbackQuery), "registered for no other"
        words: Words = data["words"]
        try:
            await self._guarded(handler, event, data, words)
        except CannotAnswer as error:
            # Whatever was asked for is done; an answer that may have arrived is not repeated.
            log.warning("an answer was not sent", why=_told(error))

    async def _guarded(
        self, handler: Handler, event: Message | CallbackQuery, data: dict[str, Any], words: Words
    ) -> None:
        try:
            await handler(event, data)
        except BeritaError as error:
            await reply(event, told(error, words))
        except CannotAnswer:
            raise
        except Exception:
            # The border of the chat: the next command must find a bot that works.
            log.exception("a command failed", command=_command_of(event))
            with suppress(CannotAnswer):
                await reply(event, words.say("failed"))


class Unanswered(BaseMiddleware):
    """Ends the errors of what nobody waits for an answer to: a change in some chat, a post seen."""

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        """Run the handler; what the store could not take is lost, and told in the log."""
        try:
            return await handler(event, data)
        except BeritaError as error:
            log.warning("an update was lost", kind=type(event).__name__, why=str(error))


def told(error: BeritaError, words: Words) -> Text:
    """Tell an admin what he can mend."""
    match error:
        case Usage():
            return usage(error.command, words)
        case BrokenFilter():
            return filter_fault(error, words)
        case BrokenTemplate():
            return template_fault(error, words)
        case Whole():
            return words.say(error.key, **error.values)
        case _:
            return words.say("cannot", reason=reason_of(error, words))


def reason_of(error: BeritaError, words: Words) -> Text:
    """Tell in the admin's language what is wrong; what has no text in it is told in English."""
    match error:
        case BrokenFilter():
            return words.say(f"filter.fault.{error.fault}")
        case BrokenTemplate():
            return words.say(f"template.fault.{error.fault}")
    said = words.say(error.key, **error.values) if error.key else Text(plain(str(error)))
    return Text(plain(error.url), ": ", said) if isinstance(error, FeedRefused) else said


def usage(command: str, words: Words) -> Text:
    """Show how a command is written, by an example to copy."""
    return words.say(f"usage.{command}", example=example(command, words))


def example(command: str, words: Words) -> Text:
    """Write a whole command as an example, or each of its forms in a line."""
    if command == "addfeed":
        return copyable(f"/addfeed {EXAMPLE_URL} {words.sample_channel()}")
    if command == "setfeed":
        return lines(*(copyable(f"/setfeed {EXAMPLE_NAME} {each}") for each in SETTINGS))
    subject = EXAMPLES.get(command, EXAMPLE_NAME)
    return copyable(f"/{command} {subject}")


def _told(error: Exception) -> str:
    """Tell the kind and, where that is no one's message, the words of an error of aiogram's."""
    message = getattr(error, "message", "")
    return f"{type(error).__name__}: {message}" if message else type(error).__name__


def _command_of(event: Message | CallbackQuery) -> str:
    """Name the command alone: its arguments, or a link, may hold what belongs in no log."""
    said = event.text if isinstance(event, Message) else event.data
    if not said or (isinstance(event, Message) and not said.startswith("/")):
        return ""
    return said.split(maxsplit=1)[0][:64]
