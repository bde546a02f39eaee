"""Things and values to choose one from, as buttons: pages of things, the present value marked."""

from collections.abc import Sequence
from typing import Final, TypeVar

from aiogram.types import InlineKeyboardButton

from bot.commands.cards.scene import Gone, Scene
from bot.commands.cards.taps import button
from bot.commands.words import Words, known_as
from feeds.model import Destination, DestinationState
from feeds.store.card_rows import PlaceName
from feeds.store.rows import FeedRow

PAGE_MAX: Final = 8  # rows; more than this nobody reads on a phone
LABEL_MAX: Final = 40  # UTF-16 units
DIGITS_MAX: Final = 9  # of a number on a button: ids, pages, seconds

Item = TypeVar("Item")


def page_of(items: Sequence[Item], page: int) -> Sequence[Item]:
    """Give one page (the first is 0)."""
    return items[page * PAGE_MAX : (page + 1) * PAGE_MAX]


def turning(
    words: Words, total: int, page: int, *, card: str, deed: str, on: int = 0
) -> list[InlineKeyboardButton]:
    """Make the buttons to the pages around one; none where there is one page alone."""
    made = []
    if page > 0:
        made.append(button(words, card, deed, on, f"{page - 1}", label="‹"))
    if (page + 1) * PAGE_MAX < total:
        made.append(button(words, card, deed, on, f"{page + 1}", label="›"))
    return made


def value_of(
    words: Words, card: str, deed: str, on: int, *, value: str, present: str, label: str
) -> InlineKeyboardButton:
    """Make the button of a value to choose, marked where it is the present one.

    It carries both: pressed when something else is there by now, it sets nothing.
    """
    mark = "• " if value == present else ""
    return button(words, card, deed, on, f"{value}.{present}", label=f"{mark}{label}")


def name_of(row: PlaceName) -> str:
    """Name a destination as it calls itself, else by its name here."""
    return known_as(row.title, row.name, LABEL_MAX)


def place_label(row: PlaceName) -> str:
    """Name a destination on a button, with what ails it."""
    mark = "" if row.state is DestinationState.OPEN else "⚠️ "
    return f"{mark}{name_of(row)}"


def feed_label(row: FeedRow) -> str:
    """Name a feed on a button."""
    return known_as(row.title, row.name, LABEL_MAX)


def number_of(more: str) -> int:
    """Read the number that a button carries; 0 for none, and for one that no button carries."""
    return int(more) if more.isdecimal() and len(more) <= DIGITS_MAX else 0


async def place_on(scene: Scene, on: int) -> Destination:
    """Read the destination that a card is about; raises Gone."""
    place = await scene.catalog.store.destination_by(on)
    if place is None:
        raise Gone("channel.gone", back_to="chs")
    return place
