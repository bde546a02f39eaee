"""The wizard that asks for a channel: its @name, its number, a link to it or into a topic."""

from aiogram.types import Message

from bot.commands.cards.scene import Scene
from bot.commands.channels import take_in
from bot.commands.finds import look
from bot.commands.links import TELEGRAM, links_of
from bot.commands.refusal import Refusal
from bot.commands.wizards.talking import end
from feeds.model.people import Talk


async def hear(scene: Scene, talk: Talk, message: Message) -> None:  # noqa: ARG001  # as every wizard
    """Take a chat in; links that lead elsewhere are feeds, and a feed is welcome at any time."""
    typed = (message.text or "").strip()
    links = links_of(message)
    if links and not any(TELEGRAM.fullmatch(each) for each in links):
        if await look(scene, links):
            await end(scene)
    elif typed and len(typed.split()) == 1:
        await take_in(scene, typed)
    else:
        raise Refusal("channel.what")
