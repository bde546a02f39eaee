"""Time that belongs to the loop: a day passes as fast as the code can do a day's work."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

EPOCH = datetime(2023, 9, 13, 0, 0, tzinfo=UTC)


class SimClock:
    """Tells `epoch` plus the running loop's own time."""

    def __init__(self, epoch: datetime = EPOCH) -> None:
        self._epoch = epoch

    def now(self) -> datetime:
        return self._epoch + timedelta(seconds=asyncio.get_running_loop().time())


class SimRings:
    """Rings by the running loop's time, as the scheduler does by the machine's.

    `stretch` makes the bells rarer: a night in which nothing happens need not ring each second.
    """

    def __init__(self, stretch: float = 1.0) -> None:
        self._stretch = stretch
        self._bells: list[tuple[float, Callable[[], None]]] = []
        self._handles: list[asyncio.TimerHandle] = []

    def ring_every(self, interval: timedelta, _name: str, ring: Callable[[], None]) -> None:
        ring()
        self._bells.append((interval.total_seconds() * self._stretch, ring))

    def start(self) -> None:
        for bell in self._bells:
            self._next(*bell)

    def stop(self) -> None:
        for handle in self._handles:
            handle.cancel()

    def _next(self, seconds: float, ring: Callable[[], None]) -> None:
        def rung() -> None:
            ring()
            self._next(seconds, ring)

        self._handles = [handle for handle in self._handles if not handle.cancelled()][-8:]
        self._handles.append(asyncio.get_running_loop().call_later(seconds, rung))
