from datetime import datetime, timedelta

from bot.adapter import Scope
from bot.pace import endpoint_limit
from bot.pacer import Pacer
from tests.builders import NOON

SCOPE = Scope(name="webhook:1", limit=endpoint_limit(1_000))


class TickingClock:
    """A clock as real ones are: it has moved on whenever it is asked again."""

    def __init__(self) -> None:
        self._now = NOON

    def now(self) -> datetime:
        self._now += timedelta(microseconds=1)
        return self._now


def test_a_free_scope_is_taken_at_once_however_the_clock_ticks() -> None:
    pacer = Pacer(TickingClock())

    taken = [pacer.try_take([SCOPE]) for _ in range(3)]

    assert not any(isinstance(each, timedelta) for each in taken)
