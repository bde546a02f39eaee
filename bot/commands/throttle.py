"""Lets each person do as much a minute as the chat with him takes; more is passed over unheard.

What is passed over costs nothing, but for the first: no look into the store, no call to Telegram.
Only what asks for an answer counts: his private messages and his presses. The copies that Telegram
makes in discussion groups prove that posts arrived, and are heard however many there are.
"""

from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Any, Final

from aiogram import BaseMiddleware
from aiogram.types import CallbackQuery, Message, TelegramObject, Update, User

from bot.commands.answers import CannotAnswer, answer, toast
from bot.commands.membership import Members
from bot.commands.people import words_of
from bot.commands.words import Tongues
from feeds.ports import Clock
from feeds.store import Store

WINDOW: Final = timedelta(seconds=60)
DEEDS_MAX: Final = 18  # within it, as many as Telegram lets us answer in one chat
PEOPLE_MAX: Final = 1_000  # remembered at once; the longest unheard go first

Handler = Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]]


class Heard(Enum):
    """What becomes of somebody's word."""

    PASSED = auto()
    TOO_MUCH = auto()  # the first one of too many within the window
    UNHEARD = auto()


class Throttle:
    """A sliding window for each person, handed the time."""

    def __init__(self, deeds_max: int = DEEDS_MAX) -> None:
        self._deeds_max = deeds_max
        self._recent: OrderedDict[int, deque[datetime]] = OrderedDict()
        self._told: dict[int, datetime] = {}

    def hear(self, person: int, *, now: datetime) -> Heard:
        """Count a message or a press."""
        recent = self._recent.setdefault(person, deque())
        self._recent.move_to_end(person)
        while recent and not timedelta(0) <= now - recent[0] < WINDOW:
            recent.popleft()
        if len(recent) < self._deeds_max:
            recent.append(now)
            self._forget()
            return Heard.PASSED
        told_at = self._told.get(person)
        if told_at is not None and timedelta(0) <= now - told_at < WINDOW:
            return Heard.UNHEARD
        self._told[person] = now
        return Heard.TOO_MUCH

    def _forget(self) -> None:
        while len(self._recent) > PEOPLE_MAX:
            gone, _ = self._recent.popitem(last=False)
            self._told.pop(gone, None)


class Unhurried(BaseMiddleware):
    """Passes on what is not too much; the first that is gets a word, from strangers none."""

    def __init__(
        self,
        throttle: Throttle,
        tongues: Tongues,
        clock: Clock,
        *,
        store: Store,
        members: Members,
    ) -> None:
        self._throttle = throttle
        self._tongues = tongues
        self._clock = clock
        self._store = store
        self._members = members

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        """Pass it on, ask for patience once, or do nothing at all."""
        assert isinstance(event, Update), "registered for updates alone"
        said, person = event.callback_query or event.message, asker_of(event)
        if said is None or person is None:
            return await handler(event, data)
        match self._throttle.hear(person.id, now=self._clock.now()):
            case Heard.PASSED:
                return await handler(event, data)
            case Heard.TOO_MUCH:
                await self._ask_for_patience(said, person)
        return None

    async def _ask_for_patience(self, said: Message | CallbackQuery, person: User) -> None:
        words = await words_of(self._store, self._tongues, person)
        with suppress(CannotAnswer):
            if isinstance(said, CallbackQuery):
                await toast(said, words.label("too_fast"))
            elif (await self._members.who(person.id)).is_known:
                await answer(said, words.say("too_fast"))


def asker_of(update: Update) -> User | None:
    """Tell who waits for an answer: who pressed a button, or wrote in his private chat."""
    if update.callback_query is not None:
        return update.callback_query.from_user
    said = update.message
    if said is None or said.from_user is None or said.is_automatic_forward:
        return None
    return said.from_user if said.chat.id == said.from_user.id else None
