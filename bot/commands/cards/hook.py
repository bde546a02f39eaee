"""The card that asks what a webhook's URL is, where its look does not say."""

from collections.abc import Sequence
from typing import Final

from bot.commands.cards.scene import Gone, Scene, Shown, Turn
from bot.commands.cards.taps import Tap, back, button
from bot.commands.wizards.talking import end, open_talk
from bot.commands.words import Words

NAME: Final = "wh"
WIZARD: Final = "hook"


async def show(scene: Scene, on: int, more: str = "") -> Shown:  # noqa: ARG001  # as every card
    """Ask once more, while the URL is known."""
    return choice(scene.deps.kinds.likely(await _url(scene)), scene.words)


async def press(scene: Scene, tap: Tap) -> Turn:
    """Add the URL as what it is said to be, or forget it."""
    url = await _url(scene)
    if tap.deed == "cancel":
        await end(scene)
        said = scene.words.say("talk.cancelled")
        return Turn(card=Shown(text=said, rows=((back(scene.words, "chs"),),)))
    from bot.commands.hooks import take_in_as  # noqa: PLC0415  # they show each other

    if tap.deed != "as" or tap.more not in scene.deps.kinds.likely(url):
        return Turn(said=scene.words.label("card.unknown"), alert=True)
    await take_in_as(scene, tap.more, url)
    return Turn()


async def place_of(scene: Scene, tap: Tap) -> int | None:  # noqa: ARG001  # as every card
    """Concern the bot as a whole."""
    return None


def choice(kinds: Sequence[str], words: Words) -> Shown:
    """Ask which of these kinds it is; the URL itself is not repeated."""
    made = [
        [button(words, NAME, "as", more=kind, label=words.label(f"hook.kind.{kind}"))]
        for kind in kinds
    ]
    return Shown(text=words.say("hook.which"), rows=(*made, [button(words, NAME, "cancel")]))


async def _url(scene: Scene) -> str:
    talk = await open_talk(scene)
    url = talk.data.get("url") if talk is not None and talk.kind == WIZARD else None
    if not isinstance(url, str):
        raise Gone("hook.over", back_to="chs")
    return url
