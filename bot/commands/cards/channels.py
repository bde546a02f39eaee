"""The card that lists all destinations."""

from collections.abc import Sequence
from typing import Final

from aiogram.utils.formatting import Text

from bot.commands.adding import KIND
from bot.commands.asking import ask_for_channel, ask_for_hook
from bot.commands.cards.choosing import number_of, page_of, place_label, turning
from bot.commands.cards.scene import Scene, Shown, Turn
from bot.commands.cards.taps import SHOW, Tap, back, button
from bot.commands.rights import may, places_of
from bot.commands.words import Words
from feeds.store.card_rows import PlaceName

NAME: Final = "chs"


async def show(scene: Scene, on: int, more: str = "") -> Shown:  # noqa: ARG001  # as every card
    """Show one page; `more` is its number."""
    words, places = scene.words, await places_of(scene)
    page = number_of(more)
    may_bring = await may(scene, f"{NAME}.channel", None)
    more_of_them = [button(words, NAME, "channel")] if may_bring else []
    if await may(scene, f"{NAME}.hook", None):
        more_of_them.append(button(words, NAME, "hook"))
    rows = [
        [button(words, "ch", SHOW, row.id, label=place_label(row))] for row in page_of(places, page)
    ]
    return Shown(
        text=_counted(places, words),
        rows=(
            *rows,
            turning(words, len(places), page, card=NAME, deed=SHOW),
            more_of_them,
            [back(words, "home")],
        ),
    )


def _counted(places: Sequence[PlaceName], words: Words) -> Text:
    if not places:
        return words.say("channels.none")
    all_chats = all(row.kind == KIND for row in places)
    return words.count("channels.count" if all_chats else "channels.places", len(places))


async def press(scene: Scene, tap: Tap) -> Turn:
    """Ask for one more, or take in one that was offered; its number is but a claim."""
    if tap.deed == "hook":
        await ask_for_hook(scene)
    elif tap.deed == "take":
        from bot.commands.channels import take_in  # noqa: PLC0415  # they show each other

        await take_in(scene, tap.more)
    else:
        await ask_for_channel(scene)
    return Turn()


async def place_of(scene: Scene, tap: Tap) -> int | None:  # noqa: ARG001  # as every card
    """Concern the bot as a whole."""
    return None
