"""/failures, /deliveries and /log: what waits for attention, where all is, who changed what."""

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import Message

from bot.commands.cards import deck
from bot.commands.cards.scene import Scene


def register(made: Router) -> None:
    """Register what is heard of them."""
    made.message.register(failures, Command("failures", ignore_case=True))
    made.message.register(deliveries, Command("deliveries", ignore_case=True))
    made.message.register(log, Command("log", ignore_case=True))


async def failures(_message: Message, scene: Scene) -> None:
    """Do /failures."""
    await deck.show(scene, "fail")


async def deliveries(_message: Message, scene: Scene) -> None:
    """Do /deliveries."""
    await deck.show(scene, "dl")


async def log(_message: Message, scene: Scene) -> None:
    """Do /log."""
    await deck.show(scene, "log")
