"""Buttons under messages to owners: what each does, and the few bytes that say so when pressed."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from bot.commands.words import Words

ID_MAX: Final = 2**63 - 1  # no id of the store is larger


class Deed(StrEnum):
    """What a press asks for; the words on the button are those of `button.DEED`."""

    CONFIRM = "confirm"  # a doubt: it is there
    RETRY = "retry"  # a doubt: send it
    DROP = "drop"  # a doubt: never send it
    RESUME = "resume"  # a parked destination
    PUBLISH = "publish"  # a burst: as it is
    SKIP = "skip"  # a burst: nothing of it
    ROLL_UP = "roll_up"  # a burst: as one post


AGAINST: Final = frozenset({Deed.DROP, Deed.SKIP})  # what takes something away


class Press(CallbackData, prefix="b"):
    """The data of a button: at most 31 of the 64 bytes that Telegram takes."""

    deed: Deed
    on: int  # the id of the delivery or of the destination


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """One button, before it has words."""

    deed: Deed
    on: int

    def shown(self, words: Words, mark: str) -> InlineKeyboardButton:
        """Make it for Telegram; `mark` names the row where there are several."""
        return InlineKeyboardButton(
            text=f"{mark}{words.label(f'button.{self.deed}')}",
            callback_data=Press(deed=self.deed, on=self.on).pack(),
            style="danger" if self.deed in AGAINST else None,
        )


def keyboard(rows: Iterable[Iterable[InlineKeyboardButton]]) -> InlineKeyboardMarkup | None:
    """Put rows of buttons under a message; None where there is no button at all."""
    filled = [buttons for row in rows if (buttons := list(row))]
    return InlineKeyboardMarkup(inline_keyboard=filled) if filled else None
