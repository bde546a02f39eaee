"""What stewards say where owners have commands of their own: it shows them their own channels."""

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import Message

from bot.commands.cards import deck
from bot.commands.cards.scene import Scene


def register(made: Router) -> None:
    """Register what is heard of it; it comes after the owners' commands."""
    made.message.register(show_feeds, Command("feeds", ignore_case=True))
    made.message.register(show_channels, Command("status", ignore_case=True))


async def show_feeds(_message: Message, scene: Scene) -> None:
    """Do /feeds."""
    await deck.show(scene, "fds")


async def show_channels(_message: Message, scene: Scene) -> None:
    """Do /status."""
    await deck.show(scene, "chs")
