"""The buttons of cards, and the few bytes that say what a press of one means."""

from typing import Final, Literal

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardButton

from bot.commands.words import Words

SHOW: Final = "show"  # the deed that only shows a card, how it is by now
NAMELESS: Final = "–"  # Telegram refuses a message of which one button has no words
Style = Literal["danger", "success", "primary"]


class Tap(CallbackData, prefix="c"):
    """The data of a button, within the 64 bytes that Telegram takes.

    `card` and `deed` share 20 bytes, `more` has 18: a page, a value to choose, a second id.
    """

    card: str
    deed: str
    on: int = 0  # the id of the thing; 0 for a card of no one thing
    more: str = ""


def button(
    words: Words,
    card: str,
    deed: str,
    on: int = 0,
    more: str = "",
    *,
    label: str | None = None,
    style: Style | None = None,
) -> InlineKeyboardButton:
    """Make a button; without a label its words are those of `tap.CARD.DEED`."""
    return InlineKeyboardButton(
        text=(label if label is not None else words.label(f"tap.{card}.{deed}")) or NAMELESS,
        callback_data=Tap(card=card, deed=deed, on=on, more=more).pack(),
        style=style,
    )


def back(words: Words, card: str, on: int = 0) -> InlineKeyboardButton:
    """Make the button that leads back to another card."""
    return button(words, card, SHOW, on, label=words.label("tap.back"))
