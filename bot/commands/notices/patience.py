"""PURE: how long someone who could not be told is left alone."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from aiogram.exceptions import TelegramRetryAfter

PAUSE_FIRST: Final = timedelta(minutes=1)  # 1, 2, 4 … 60 min
PAUSE_MAX: Final = timedelta(hours=1)
DOUBLINGS_MAX: Final = 10  # further ones change nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rest:
    tries: int
    since: datetime
    pause: timedelta


class Patience:
    """Remembers who could not be told, and when he is tried again; a restart forgets it."""

    def __init__(self) -> None:
        self._rests: dict[int, _Rest] = {}

    def is_over(self, person: int, now: datetime) -> bool:
        """Tell whether someone may be tried; a clock that was put back makes no rest longer."""
        rest = self._rests.get(person)
        return rest is None or not timedelta(0) <= now - rest.since < rest.pause

    def fail(self, person: int, now: datetime, error: Exception) -> timedelta:
        """Note a failure; gives the pause: longer each time, and no shorter than was asked for."""
        rest = self._rests.get(person)
        tries = rest.tries + 1 if rest else 1
        growing = PAUSE_FIRST * float(2 ** min(tries - 1, DOUBLINGS_MAX))
        asked = error.retry_after if isinstance(error, TelegramRetryAfter) else 0
        pause = max(min(growing, PAUSE_MAX), timedelta(seconds=asked))
        self._rests[person] = _Rest(tries=tries, since=now, pause=pause)
        return pause

    def end(self, person: int) -> bool:
        """Forget the failures of someone; True if there were any."""
        return self._rests.pop(person, None) is not None
