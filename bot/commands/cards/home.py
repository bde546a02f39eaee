"""The first card: what the bot can do, and where to begin."""

from bot.commands.cards.scene import Scene, Shown, Turn
from bot.commands.cards.taps import Tap, back, button


async def show(scene: Scene, on: int, more: str = "") -> Shown:  # noqa: ARG001  # as every card
    """Show where to begin."""
    words = scene.words
    return Shown(text=words.say("home"), rows=((button(words, "home", "help"),),))


async def press(scene: Scene, tap: Tap) -> Turn:
    """Say all that can be typed."""
    words = scene.words
    if tap.deed != "help":
        return Turn(card=await show(scene, tap.on))
    said = words.say("start.owner", channel=words.sample_channel())
    return Turn(card=Shown(text=said, rows=((back(words, "home"),),)))


async def place_of(scene: Scene, tap: Tap) -> int | None:  # noqa: ARG001  # as every card
    """Concern the bot as a whole."""
    return None
