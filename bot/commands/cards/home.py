"""The first card: what the bot can do, and where to begin."""

from aiogram.types import InlineKeyboardButton
from aiogram.utils.formatting import Text

from bot.commands.asking import ask_for_channel, ask_for_feed
from bot.commands.cards.scene import Scene, Shown, Turn
from bot.commands.cards.taps import SHOW, Tap, back, button
from bot.commands.rights import may


async def show(scene: Scene, on: int, more: str = "") -> Shown:  # noqa: ARG001  # as every card
    """Show where to begin, and the way to what is there."""
    words, (feeds, places) = scene.words, await scene.catalog.store.counts()
    mine = scene.who.is_owner or bool(scene.who.looks_after)
    there: list[InlineKeyboardButton] = []
    if places and mine:
        there.append(button(words, "chs", SHOW))
    if feeds and mine:
        there.append(button(words, "fds", SHOW))
    begin = [button(words, "home", "feed")] if mine else []
    if await may(scene, "home.channel", None):
        begin.insert(0, button(words, "home", "channel"))
    return Shown(
        text=words.say("home"),
        rows=(
            begin,
            there,
            [button(words, "home", "help"), button(words, "lang", SHOW)],
        ),
    )


async def press(scene: Scene, tap: Tap) -> Turn:
    """Ask for a channel or a feed, or say all that can be typed."""
    words = scene.words
    match tap.deed:
        case "channel":
            await ask_for_channel(scene)
            return Turn()
        case "feed":
            await ask_for_feed(scene)
            return Turn()
        case _:
            return Turn(card=Shown(text=help_of(scene), rows=((back(words, "home"),),)))


def help_of(scene: Scene) -> Text:
    """Say all that somebody may type."""
    words = scene.words
    if scene.who.is_owner:
        return words.say("start.owner", channel=words.sample_channel())
    return words.say("start.steward")


async def place_of(scene: Scene, tap: Tap) -> int | None:  # noqa: ARG001  # as every card
    """Concern the bot as a whole."""
    return None
