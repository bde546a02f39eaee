"""The menu of commands that Telegram shows in a private chat, in each language."""

from typing import Final

import structlog
from aiogram import Bot
from aiogram.exceptions import AiogramError
from aiogram.types import BotCommand, BotCommandScopeAllPrivateChats

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
OTHERS: Final = ("id",)  # languages with a menu of their own; all others get FALLBACK's

log = structlog.get_logger()


async def set_menu(bot: Bot, tongues: Tongues) -> bool:
    """Tell Telegram the commands; False if it did not take them, which is no reason to stop."""
    try:
        for language, code in ((FALLBACK, None), *((each, each) for each in OTHERS)):
            await bot.set_my_commands(
                menu(language, tongues),
                scope=BotCommandScopeAllPrivateChats(),
                language_code=code,
            )
    except AiogramError as error:
        log.warning("the menu of commands was not set", why=type(error).__name__)
        return False
    return True


def menu(language: str, tongues: Tongues) -> list[BotCommand]:
    """Make the menu in one language."""
    words = tongues[language]
    return [
        BotCommand(command=name, description=words.label(f"command.{name}")) for name in COMMANDS
    ]
