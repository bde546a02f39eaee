"""/language: the bot speaks to everybody in the language he likes."""

from collections.abc import Mapping
from typing import Final

from aiogram import Router
from aiogram.filters import Command, CommandObject
from aiogram.types import Message

from bot.commands.cards import deck
from bot.commands.cards.lang import speak
from bot.commands.cards.scene import Scene
from bot.commands.refusal import Usage
from bot.locales import LANGUAGES, name_in_itself

FOLLOW: Final = "telegram"  # as it is typed: speak as my Telegram does
CHOICES: Final[Mapping[str, str | None]] = {
    **{each: each for each in LANGUAGES},
    **{name_in_itself(each).lower(): each for each in LANGUAGES},
    FOLLOW: None,
}


def register(made: Router) -> None:
    """Register what is heard of /language."""
    made.message.register(language, Command("language", ignore_case=True))


async def language(_message: Message, command: CommandObject, scene: Scene) -> None:
    """Do /language, or /language NAME at once."""
    typed = (command.args or "").strip().lower()
    if typed and typed not in CHOICES:
        raise Usage("language")
    spoken = await speak(scene, CHOICES[typed]) if typed else scene
    await deck.show(spoken, "lang")
