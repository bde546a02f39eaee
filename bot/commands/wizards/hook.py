"""The wizard that asks for the URL of a webhook."""

from aiogram.types import Message

from bot.commands.cards.scene import Scene
from bot.commands.hooks import take_in
from bot.commands.refusal import Refusal
from feeds.model.people import Talk


async def hear(scene: Scene, talk: Talk, message: Message) -> None:  # noqa: ARG001  # as every wizard
    """Take a URL; raises BeritaError, and then it is still asked for."""
    typed = (message.text or "").strip()
    if len(typed.split()) != 1:
        raise Refusal("hook.what")
    await take_in(scene, typed)
