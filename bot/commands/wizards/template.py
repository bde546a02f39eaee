"""The wizard that asks for a template, and shows the newest story by it before it is kept."""

from aiogram.types import Message

from bot.commands.cards.route import card_of
from bot.commands.cards.scene import Scene
from bot.commands.drafts import look
from bot.commands.refusal import Refusal
from bot.commands.wizards.talking import keep, route_in
from feeds.model.people import Talk


async def hear(scene: Scene, talk: Talk, message: Message) -> None:
    """Take a template; raises BrokenTemplate, and then it is still asked for."""
    found = await card_of(scene, route_in(talk))
    if not message.text:
        raise Refusal("template.what")
    card = await look(scene, found, message.text)
    await keep(scene, talk, template=message.text, seen=found.route.options.template)
    await scene.put(card)
