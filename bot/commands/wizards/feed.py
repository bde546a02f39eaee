"""The wizard that asks for a feed: a link to it, or to a page that names it."""

from aiogram.types import Message

from bot.commands.cards.scene import Scene
from bot.commands.finds import look
from bot.commands.links import links_of
from bot.commands.refusal import Refusal
from bot.commands.wizards.talking import end
from feeds.model.people import Talk


async def hear(scene: Scene, talk: Talk, message: Message) -> None:  # noqa: ARG001  # as every wizard
    """Look at the links of a message; where they are too many the question stands."""
    links = links_of(message)
    if not links:
        raise Refusal("feed.what")
    if await look(scene, links):
        await end(scene)
