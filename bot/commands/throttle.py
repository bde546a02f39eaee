"""Lets each person do as much a minute as the chat with him takes; more is passed over unheard.

What is passed over costs nothing: no look into the store, and no call to Telegram but the first.
"""

from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Any, Final

from aiogram import BaseMiddleware
from aiogram.types import CallbackQuery, Message, TelegramObject, Update

from bot.commands.answers import CannotAnswer, toast
from bot.commands.words import Tongues
from feeds.ports import Clock

WINDOW: Final = timedelta(seconds=60)
DEEDS_MAX: Final = 18  # within it, as many as Telegram lets us answer in one chat
PEOPLE_MAX: Final = 1_000  # remembered at once; the longest unheard go first

Handler = Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]]


class Heard(Enum):
    """What becomes of somebody's word."""

    PASSED = auto()
    TOO_MUCH = auto()  # the first one of too many
    UNHEARD = auto()


class Throttle:
    """A sliding window for each person, handed the time."""

    def __init__(self, deeds_max: int = DEEDS_MAX) -> None:
        self._deeds_max = deeds_max
        self._recent: OrderedDict[int, deque[datetime]] = OrderedDict()
        self._told: set[int] = set()

    def hear(self, person: int, *, now: datetime) -> Heard:
        """Count a message or a press."""
        recent = self._recent.setdefault(person, deque())
        self._recent.move_to_end(person)
        while recent and not timedelta(0) <= now - recent[0] < WINDOW:
            recent.popleft()
        if len(recent) < self._deeds_max:
            recent.append(now)
            self._told.discard(person)
            self._forget()
            return Heard.PASSED
        if person in self._told:
            return Heard.UNHEARD
        self._told.add(person)
        return Heard.TOO_MUCH

    def _forget(self) -> None:
        while len(self._recent) > PEOPLE_MAX:
            gone, _ = self._recent.popitem(last=False)
            self._told.discard(gone)


class Unhurried(BaseMiddleware):
    """Passes on what is not too much; of a press that is, the first is answered."""

    def __init__(self, throttle: Throttle, tongues: Tongues, clock: Clock) -> None:
        self._throttle = throttle
        self._tongues = tongues
        self._clock = clock

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        """Pass it on, ask for patience once, or do nothing at all."""
        assert isinstance(event, Update), "registered for updates alone"
        said = event.message or event.callback_query
        if said is None or said.from_user is None:
            return await handler(event, data)
        match self._throttle.hear(said.from_user.id, now=self._clock.now()):
            case Heard.PASSED:
                return await handler(event, data)
            case Heard.TOO_MUCH:
                await self._ask_for_patience(said)
        return None

    async def _ask_for_patience(self, said: Message | CallbackQuery) -> None:
        if isinstance(said, CallbackQuery):
            words = self._tongues.of(said.from_user.language_code)
            with suppress(CannotAnswer):
                await toast(said, words.label("too_fast"))
