"""/start and /help: what the bot can do; and what it says to all it does not understand."""

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import Message

from bot.commands.answers import answer
from bot.commands.words import Words


def router() -> Router:
    """Make the router of /start and /help."""
    made = Router(name="start")
    made.message.register(start, Command("start", "help", ignore_case=True))
    return made


def last_router() -> Router:
    """Make the router that comes last: whatever else an owner says is answered, too."""
    made = Router(name="unknown")
    made.message.register(unknown)
    return made


async def start(message: Message, words: Words) -> None:
    """Say what the bot can do."""
    await answer(message, words.say("start.owner", channel=words.sample_channel()))


async def unknown(message: Message, words: Words) -> None:
    """Point to /start."""
    await answer(message, words.say("unknown"))
