"""Time that belongs to the loop: a day passes as fast as the code can do a day's work."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

EPOCH = datetime(2023, 9, 13, 0, 0, tzinfo=UTC)


class SimClock:
    """Tells `epoch` plus the running loop's own time; may be put forward or back."""

    def __init__(self, epoch: datetime = EPOCH) -> None:
        self._epoch = epoch

    def now(self) -> datetime:
        return self._epoch + timedelta(seconds=asyncio.get_running_loop().time())

    def jump(self, span: timedelta) -> None:
        """Put the clock forward, or back; what sleeps does not notice."""
        self._epoch += span


class SimRings:
    """Rings by the running loop's time, as the scheduler does by the machine's.

    `stretch` makes the bells rarer: a night in which nothing happens need not ring each second.
    """

    def __init__(self, stretch: float = 1.0) -> None:
        self._stretch = stretch
        self._bells: list[tuple[float, Callable[[], None]]] = []
        self._handles: dict[int, asyncio.TimerHandle] = {}

    def ring_every(self, interval: timedelta, _name: str, ring: Callable[[], None]) -> None:
        ring()
        self._bells.append((interval.total_seconds() * self._stretch, ring))

    def start(self) -> None:
        for number in range(len(self._bells)):
            self._next(number)

    def stop(self) -> None:
        for handle in self._handles.values():
            handle.cancel()

    def _next(self, number: int) -> None:
        seconds, ring = self._bells[number]

        def rung() -> None:
            ring()
            self._next(number)

        self._handles[number] = asyncio.get_running_loop().call_later(seconds, rung)
