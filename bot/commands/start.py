"""/start and /help: what the bot can do; and what it says to all it does not understand."""

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import Message

from bot.commands.answers import answer
from bot.commands.cards.deck import show
from bot.commands.cards.home import help_of
from bot.commands.cards.scene import Scene
from bot.commands.words import Words


def register(made: Router) -> None:
    """Register what is heard of /start and /help."""
    made.message.register(start, Command("start", ignore_case=True))
    made.message.register(help_, Command("help", ignore_case=True))


def register_last(made: Router) -> None:
    """Register what comes last: whatever else an owner says is answered, too."""
    made.message.register(unknown)


async def start(_message: Message, scene: Scene) -> None:
    """Show where to begin."""
    await show(scene, "home")


async def help_(message: Message, scene: Scene) -> None:
    """Say all that can be typed."""
    await answer(message, help_of(scene))


async def unknown(message: Message, words: Words) -> None:
    """Point to /start."""
    await answer(message, words.say("unknown"))
