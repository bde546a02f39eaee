"""The card of one route's template: what it is, a new one, or the card again."""

from typing import Final

from aiogram.utils.formatting import Bold, Pre, Text

from bot.commands.asking import ask_for_template
from bot.commands.cards.route import card_of, place_of, row_of, title_of
from bot.commands.cards.scene import Gone, Scene, Shown, Turn
from bot.commands.cards.taps import Tap, back, button
from bot.commands.drafts import Draft, look
from bot.commands.wizards.talking import end
from bot.commands.words import Words, lines
from feeds.catalog import RouteChanges
from feeds.store.card_rows import RouteCard

__all__ = ["place_of", "press", "show"]  # the place is that of the route's card

NAME: Final = "rx"


async def show(scene: Scene, on: int, more: str = "") -> Shown:  # noqa: ARG001  # as every card
    """Show a route's template."""
    return _shown(await card_of(scene, on), scene.words)


async def press(scene: Scene, tap: Tap) -> Turn:
    """Do what a button says."""
    found, words = await card_of(scene, tap.on), scene.words
    match tap.deed:
        case "write":
            await ask_for_template(scene, found)
            return Turn()
        case "save":
            return await _save(scene, found)
        case "drop":
            await end(scene)
            return Turn(card=_shown(found, words), said=words.label("draft.dropped"))
        case "clear":
            await scene.catalog.change_route(row_of(found), RouteChanges(template=""))
            return Turn(card=await show(scene, tap.on), said=words.label("route.set"))
        case _:
            return Turn(card=_shown(found, words))


async def _save(scene: Scene, found: RouteCard) -> Turn:
    """Keep the template of the draft, if the route's is still the one that it shall replace."""
    draft = await Draft.open(scene, "template", found.route.id)
    if draft is None or not draft.template:
        raise Gone("draft.gone", back_to="fds")
    if draft.seen != found.route.options.template:
        await draft.keep(scene, seen=found.route.options.template)
        await scene.put(_shown(found, scene.words))
        await scene.put(await look(scene, found, draft.template))
        return Turn(said=scene.words.label("draft.changed"), alert=True)
    await scene.catalog.change_route(row_of(found), RouteChanges(template=draft.template))
    await end(scene)
    return Turn(card=await show(scene, found.route.id), said=scene.words.label("route.set"))


def _shown(found: RouteCard, words: Words) -> Shown:
    on, template = found.route.id, found.route.options.template
    return Shown(
        text=lines(
            Text("✍️ ", Bold(title_of(found))),
            Pre(template) if template else words.say("template.none"),
        ),
        rows=(
            [button(words, NAME, "write", on)],
            [button(words, NAME, "clear", on)] if template else [],
            [back(words, "rt", on)],
        ),
    )
