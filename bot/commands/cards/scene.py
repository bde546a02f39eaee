"""Who speaks or presses, with what at hand; and how what he sees is put into his chat."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.methods import EditMessageText, SendMessage
from aiogram.types import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)
from aiogram.utils.formatting import Text

from bot.commands.answers import NO_PREVIEW, TEXT_MAX, send
from bot.commands.buttons import keyboard
from bot.commands.deps import CommandDeps
from bot.commands.errands import Errands
from bot.commands.judging import Who
from bot.commands.notices import Teller
from bot.commands.refusal import Whole
from bot.commands.words import Tongues, Words
from feeds.catalog import Catalog
from feeds.model import Admin

GONE: Final = ("message to edit not found", "message can't be edited")
SAME: Final = "message is not modified"

Rows = Sequence[Sequence[InlineKeyboardButton]]
Markup = InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a card says by now, and its buttons."""

    text: Text
    rows: Rows = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What came of a press."""

    card: Shown | None = None  # in the place of what was pressed; None: that stays as it is
    said: str = ""  # in a toast; one too long for it becomes a message
    alert: bool = False  # the toast must be closed by hand


class Gone(Whole):
    """What a card was about is no more; the text of `key` says what to do instead."""

    def __init__(self, key: str, *, back_to: str = "home", **values: str | int) -> None:
        super().__init__(key, **values)
        self.back_to = back_to  # a card of no one thing


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One person's private chat with the bot, at one message or press of his."""

    bot: Bot
    deps: CommandDeps = field(repr=False)
    teller: Teller = field(repr=False)
    errands: Errands = field(repr=False)
    tongues: Tongues = field(repr=False)
    words: Words = field(repr=False)
    person: int  # his user id, and that of the chat
    name: str
    who: Who
    at: int | None = None  # the message whose button was pressed

    @property
    def catalog(self) -> Catalog:
        """The deeds."""
        return self.deps.catalog

    @property
    def by(self) -> Admin:
        """The person, as the log of changes names him."""
        return Admin(person=self.person, name=self.name)

    def now(self) -> datetime:
        """Tell the time."""
        return self.deps.clock.now()

    async def put(self, shown: Shown, at: int | None = None) -> int:
        """Show it in the place of message `at`, or anew; gives the message. Raises CannotAnswer."""
        markup = keyboard(shown.rows)
        if at is not None and await self._edited(shown.text, markup, at):
            return at
        return await self.say(shown.text, markup)

    async def say(self, text: Text, markup: Markup | None = None) -> int:
        """Say something in a message of its own, and give that; raises CannotAnswer."""
        assert len(text) <= TEXT_MAX, "every text is bounded where it is made"
        said = SendMessage(
            chat_id=self.person,
            **text.as_kwargs(),
            reply_markup=markup,
            link_preview_options=NO_PREVIEW,
        )
        return (await send(self.bot, said)).message_id

    async def _edited(self, text: Text, markup: InlineKeyboardMarkup | None, at: int) -> bool:
        assert len(text) <= TEXT_MAX, "every card is bounded where it is made"
        change = EditMessageText(
            chat_id=self.person,
            message_id=at,
            **text.as_kwargs(),
            reply_markup=markup,
            link_preview_options=NO_PREVIEW,
        )
        try:
            await send(self.bot, change)
        except TelegramBadRequest as error:
            said = error.message.lower()
            if any(gone in said for gone in GONE):
                return False
            if SAME not in said:
                raise
        return True
