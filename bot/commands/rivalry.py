"""PURE: two programs that listen with one token: which of them came second, and stops.

Telegram ends the poll that waits when another comes (409), so that each of two is ended in turn.
Who has just started meets this at once, who was there first after a long time of peace: the first
conflict's moment tells them apart. One that was there first goes on; its fellow stops.
"""

from datetime import datetime, timedelta
from typing import Final

NEWCOMER: Final = timedelta(seconds=6)  # Telegram may hold a repeated 409 back for 3 s
YOUNG: Final = timedelta(seconds=70)  # the first may rest for 60 s before it asks again
PATIENCE: Final = ((NEWCOMER, 3), (YOUNG, 9))  # first conflict before that age: so many conflicts
RIVAL: Final = "terminated by other getUpdates"


class Rivalry:
    """Counts the polls that another program ended."""

    def __init__(self) -> None:
        self._begun_at: datetime | None = None
        self._first: timedelta | None = None  # our age at the first conflict
        self._lost = 0

    def begin(self, *, now: datetime) -> None:
        """Note when listening began."""
        self._begun_at = self._begun_at or now

    def lose(self, *, now: datetime) -> bool:
        """Count a poll that was ended; True: it is we who came second, and must stop."""
        assert self._begun_at is not None, "a poll is lost by who has begun"
        self._first = now - self._begun_at if self._first is None else self._first
        self._lost += 1
        if self._first < timedelta(0):
            return False  # the clock was put back meanwhile: we are no newcomer
        return any(self._first < age and self._lost >= most for age, most in PATIENCE)


def is_rival(message: str) -> bool:
    """Tell a 409 that another program's poll made from one that a webhook makes."""
    return RIVAL in message
