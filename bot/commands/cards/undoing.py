"""Taking the last change of a feed back from its own cards."""

from aiogram.types import InlineKeyboardButton

from bot.commands.cards.choosing import number_of
from bot.commands.cards.scene import Gone, Scene
from bot.commands.cards.taps import Tap, button
from bot.commands.words import Words
from feeds.catalog import is_undoable
from feeds.store.card_rows import FeedSettings


def undo_row(card: str, found: FeedSettings, words: Words) -> list[InlineKeyboardButton]:
    """Offer to take the last change back, where that can be."""
    change = found.change
    if change is None or not is_undoable(change):
        return []
    label = words.label("tap.rt.undo")
    return [button(words, card, "undo", found.feed.id, f"{change.id}", label=label)]


async def take_back(scene: Scene, tap: Tap) -> str:
    """Undo a change, if it is this very feed's: the press was judged by the feed alone."""
    logged = await scene.catalog.logged(number_of(tap.more))
    if logged.change.feed != tap.on or logged.change.route is not None:
        raise Gone("feed.gone", back_to="fds")
    await scene.catalog.undo(logged.id)
    return scene.words.label("log.undone")
