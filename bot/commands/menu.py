"""What Telegram shows of the bot: its menu of commands, by language and chat, and what it is."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Final

import structlog
from aiogram import Bot
from aiogram.exceptions import AiogramError
from aiogram.types import (
    BotCommand,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    BotCommandScopeUnion,
)

from bot.commands.words import Tongues
from bot.locales import FALLBACK

COMMANDS: Final = (
    "addfeed",
    "feeds",
    "preview",
    "pause",
    "resume",
    "removefeed",
    "status",
    "failures",
    "why",
    "channels",
    "log",
    "export",
    "cancel",
    "start",
)
STEWARDS: Final = ("channels", "feeds", "failures", "why", "log", "cancel", "start")
STRANGERS: Final = ("start",)
OTHERS: Final = ("id",)  # languages with a menu of their own; all others get FALLBACK's
IN_LANGUAGES: Final = ((FALLBACK, None), *((each, each) for each in OTHERS))

log = structlog.get_logger()


async def set_menu(bot: Bot, tongues: Tongues, owners: Iterable[int]) -> bool:
    """Tell Telegram the commands; False if it did not take them, which is no reason to stop.

    Strangers are offered what answers them, owners in their own chats all there is (Bot API,
    BotCommandScope: the narrowest scope counts).
    """
    scopes: list[tuple[BotCommandScopeUnion, tuple[str, ...]]] = [
        (BotCommandScopeAllPrivateChats(), STRANGERS)
    ]
    scopes += [(BotCommandScopeChat(chat_id=owner), COMMANDS) for owner in owners]
    try:
        for scope, names in scopes:
            for language, code in IN_LANGUAGES:
                shown = menu(language, tongues, names)
                await bot.set_my_commands(shown, scope=scope, language_code=code)
        for language, code in IN_LANGUAGES:
            about = tongues[language].label("bot.about")
            await bot.set_my_short_description(about, language_code=code)
    except AiogramError as error:
        log.warning("the menu of commands was not set", why=type(error).__name__)
        return False
    return True


async def set_menu_of(bot: Bot, tongues: Tongues, person: int, names: Sequence[str]) -> None:
    """Offer a new owner or steward what he may; of no importance if it fails."""
    with suppress(AiogramError):
        for language, code in IN_LANGUAGES:
            await bot.set_my_commands(
                menu(language, tongues, names),
                scope=BotCommandScopeChat(chat_id=person),
                language_code=code,
            )


def menu(language: str, tongues: Tongues, names: Sequence[str] = COMMANDS) -> list[BotCommand]:
    """Make a menu in one language."""
    words = tongues[language]
    return [BotCommand(command=name, description=words.label(f"command.{name}")) for name in names]
