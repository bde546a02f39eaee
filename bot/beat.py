"""A beat: a task that does one round of one thing when rung, and shows whether it lives."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta

import structlog

from bot.health import STALLED_AFTER, BeatSign
from feeds.errors import BeritaError, StoreUnavailable
from feeds.ports import Clock

PAUSE_FIRST = timedelta(seconds=1)  # after a round that failed: 1, 2, 4 … 60 s
PAUSE_MAX = timedelta(seconds=60)
SILENCE_MAX = timedelta(seconds=90)  # longer than any bell's interval; counted by the loop

log = structlog.get_logger()


class Beat:
    """One bell and the loop that answers it.

    `deadline` bounds one round: a round that takes longer is cancelled, logged and begun anew at
    the next ring, so that a hang costs one round and is seen.
    """

    def __init__(
        self,
        name: str,
        work: Callable[[], Awaitable[object]],
        *,
        clock: Clock,
        deadline: timedelta | None,
        alive_at: Callable[[], datetime | None] | None = None,
    ) -> None:
        self.name = name
        self.trouble: str | None = None  # why the last round failed; None after a good one
        self.rounds = 0
        self.began_at: datetime | None = None  # of the round under way
        self.ended_at: datetime | None = None
        self._work = work
        self._clock = clock
        self._deadline = deadline
        self._alive_at = alive_at
        self._bell = asyncio.Event()
        self._stopping = asyncio.Event()

    def sign(self) -> BeatSign:
        """Show what health is judged by; a round under way counts from its begin."""
        alive_at = self._alive_at() if self._alive_at else self.began_at or self.ended_at
        mended = self._alive_at and self.began_at and alive_at and alive_at > self.began_at
        return BeatSign(
            name=self.name,
            rounds=self.rounds,
            alive_at=alive_at,
            quiet_max=(self._deadline or timedelta(0)) + STALLED_AFTER,
            trouble=None if mended else self.trouble,
        )

    def ring(self) -> None:
        """Ask for a round; rings during a round are answered once, after it."""
        self._bell.set()

    def stop(self) -> None:
        """Begin no further round."""
        self._stopping.set()
        self._bell.set()

    async def run(self) -> None:
        """Answer the bell until stopped; what a round raises is logged, and the beat goes on."""
        pause = PAUSE_FIRST
        while True:
            await self._rung()
            if self._stopping.is_set():
                return
            if await self._round():
                pause = PAUSE_FIRST
            else:
                await self._rest(pause)
                pause = min(pause * 2, PAUSE_MAX)

    async def _rung(self) -> None:
        """Wait for the bell, or ring for oneself: a clock put back silences the scheduler."""
        with suppress(TimeoutError):
            async with asyncio.timeout(SILENCE_MAX.total_seconds()):
                await self._bell.wait()
        self._bell.clear()

    async def _round(self) -> bool:
        self.began_at = self._clock.now()
        try:
            seconds = self._deadline.total_seconds() if self._deadline else None
            async with asyncio.timeout(seconds):
                await self._work()
            self.trouble = None
        except TimeoutError:
            self.trouble = "took too long and was begun anew"
            log.error("beat cut off", beat=self.name, deadline=str(self._deadline))
        except StoreUnavailable as error:
            self.trouble = str(error)
            log.error("beat waits for the store", beat=self.name, why=str(error))
        except BeritaError as error:
            self.trouble = str(error)
            log.error("beat failed", beat=self.name, why=str(error))
        except Exception as error:
            # The last line of defence: a beat outlives whatever one of its rounds meets.
            self.trouble = f"internal error: {type(error).__name__}"
            log.exception("beat failed", beat=self.name)
        self.rounds += 1
        self.began_at, self.ended_at = None, self._clock.now()
        return self.trouble is None

    async def _rest(self, pause: timedelta) -> None:
        try:
            async with asyncio.timeout(pause.total_seconds()):
                await self._stopping.wait()
        except TimeoutError:
            return
