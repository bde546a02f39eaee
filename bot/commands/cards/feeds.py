"""The card that lists all feeds."""

from typing import Final

from bot.commands.asking import ask_for_feed
from bot.commands.cards.choosing import feed_label, number_of, page_of, turning
from bot.commands.cards.scene import Scene, Shown, Turn
from bot.commands.cards.taps import SHOW, Tap, back, button
from bot.commands.listing import mark
from bot.commands.rights import feeds_of

NAME: Final = "fds"


async def show(scene: Scene, on: int, more: str = "") -> Shown:  # noqa: ARG001  # as every card
    """Show one page; `more` is its number."""
    words, feeds = scene.words, await feeds_of(scene)
    page = number_of(more)
    rows = [
        [button(words, "fd", SHOW, row.id, label=f"{mark(row)} {feed_label(row)}")]
        for row in page_of(feeds, page)
    ]
    said = words.count("feeds.count", len(feeds)) if feeds else words.say("feeds.no_card")
    return Shown(
        text=said,
        rows=(
            *rows,
            turning(words, len(feeds), page, card=NAME, deed=SHOW),
            [button(words, NAME, "feed"), back(words, "home")],
        ),
    )


async def press(scene: Scene, tap: Tap) -> Turn:  # noqa: ARG001  # as every card
    """Ask for one more."""
    await ask_for_feed(scene)
    return Turn()


async def place_of(scene: Scene, tap: Tap) -> int | None:  # noqa: ARG001  # as every card
    """Concern the bot as a whole."""
    return None
