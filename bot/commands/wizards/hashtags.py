"""The wizard that asks for a route's own hashtags: what is typed takes the place of the old."""

from aiogram.types import Message

from bot.commands.cards import route as card
from bot.commands.cards.scene import Scene
from bot.commands.refusal import Refusal
from bot.commands.wizards.talking import end, keep, route_in
from feeds.catalog import RouteChanges
from feeds.hashtags import read_hashtags
from feeds.model.people import Talk

NONE = ("-", "–", "—")


async def hear(scene: Scene, talk: Talk, message: Message) -> None:
    """Take hashtags, or a dash for none; raises BadRequest, Refusal if they changed meanwhile."""
    found = await card.card_of(scene, route_in(talk))
    typed = (message.text or "").strip()
    if not typed:
        raise Refusal("route.what_hashtags")
    tags = () if typed in NONE else read_hashtags(typed)
    if list(found.route.options.hashtags) != talk.data.get("seen"):
        await keep(scene, talk, seen=list(found.route.options.hashtags))
        present = " ".join(f"#{tag}" for tag in found.route.options.hashtags) or "–"
        raise Refusal("route.hashtags_changed", present=present)
    await scene.catalog.change_route(card.row_of(found), RouteChanges(hashtags=tags))
    await end(scene)
    await scene.put(await card.show(scene, found.route.id))
