"""What Telegram shows of the bot: its menu of commands, by language and chat, and what it is."""

from collections.abc import Mapping, Sequence
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

from bot.commands.incident import cause_of
from bot.commands.judging import Who
from bot.commands.words import Tongues
from bot.locales import FALLBACK

COMMANDS: Final = (
    "addfeed",
    "feeds",
    "preview",
    "pause",
    "resume",
    "setfeed",
    "removefeed",
    "status",
    "failures",
    "deliveries",
    "why",
    "channels",
    "addwebhook",
    "log",
    "export",
    "language",
    "cancel",
    "start",
)
STEWARDS: Final = (
    *("channels", "feeds", "failures", "deliveries", "why", "log"),
    *("language", "cancel", "start"),
)
STRANGERS: Final = ("start",)
OTHERS: Final = ("id",)  # languages with a menu of their own; all others get FALLBACK's
IN_LANGUAGES: Final = ((FALLBACK, None), *((each, each) for each in OTHERS))

NO_ANSWER: Final = "no whole answer was heard"

log = structlog.get_logger()


async def set_menu(bot: Bot, tongues: Tongues, owners: Mapping[int, str | None]) -> bool:
    """Tell Telegram the commands; False if it did not take them, which is no reason to stop.

    Strangers are offered what answers them, owners in their own chats all there is (Bot API,
    BotCommandScope: the narrowest scope counts), in the language that each chose, if any.
    """
    try:
        await _set(bot, tongues, BotCommandScopeAllPrivateChats(), STRANGERS)
        for owner, chosen in owners.items():
            await _set(bot, tongues, BotCommandScopeChat(chat_id=owner), COMMANDS, chosen)
        for language, code in IN_LANGUAGES:
            about = tongues[language].label("bot.about")
            await bot.set_my_short_description(about, language_code=code)
    except AiogramError as error:
        log.warning("the menu of commands was not set", why=cause_of(error).text or NO_ANSWER)
        return False
    return True


async def set_menu_of(bot: Bot, tongues: Tongues, who: Who, chosen: str | None) -> None:
    """Offer somebody what he may, in the language he chose; of no importance if it fails."""
    names = COMMANDS if who.is_owner else STEWARDS
    try:
        await _set(bot, tongues, BotCommandScopeChat(chat_id=who.person), names, chosen)
    except AiogramError as error:
        log.warning("a menu of commands was not set", why=cause_of(error).text or NO_ANSWER)


async def _set(
    bot: Bot,
    tongues: Tongues,
    scope: BotCommandScopeUnion,
    names: Sequence[str],
    chosen: str | None = None,
) -> None:
    """Set a menu for every language that a Telegram may speak; one that was chosen is in all."""
    for language, code in IN_LANGUAGES:
        shown = menu(chosen or language, tongues, names)
        await bot.set_my_commands(shown, scope=scope, language_code=code)


def menu(language: str, tongues: Tongues, names: Sequence[str] = COMMANDS) -> list[BotCommand]:
    """Make a menu in one language."""
    words = tongues[language]
    return [BotCommand(command=name, description=words.label(f"command.{name}")) for name in names]
