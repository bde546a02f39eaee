"""What the bot is told by the loopback Bot API: a queue of updates, read by long polls."""

import asyncio
from typing import Any

from tests.servers.bot_api_faults import Refused

LIMIT_MAX = 100
CONFLICT_PAUSE = 3.0  # a 409 that follows another sooner is held back for as long (its own source)
TIMEOUT_MAX = 50.0
UNASKED = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
TERMINATED = (
    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is"
    " running"
)


class Updates:
    """Keeps updates until an offset confirms them; a second poller ends the first with a 409."""

    def __init__(self) -> None:
        self._queue: list[dict[str, Any]] = []
        self._next = 1
        self._poll = self._run_out = 0  # the newest, and the newest whose time is over
        self._news = asyncio.Event()
        self._allowed: frozenset[str] = frozenset()
        self._closing = False
        self.conflict_pause = CONFLICT_PAUSE
        self._next_conflict_at = 0.0

    def put(self, kind: str, value: dict[str, Any]) -> int:
        """Queue an update and give its number; one the bot did not ask for is lost, as there."""
        number = self._next
        self._next += 1
        if kind in self._allowed if self._allowed else kind not in UNASKED:
            self._queue.append({"update_id": number, kind: value})
            self._wake()
        return number

    async def get(
        self, *, offset: int, limit: int, wait_seconds: float, allowed: list[str] | None
    ) -> list[dict[str, Any]]:
        """Give what waits from `offset` on, or wait for it; raises the 409 if another asks."""
        if allowed is not None:
            self._allowed = frozenset(allowed)
        self._poll += 1
        self._wake()
        mine = self._poll
        if offset > 0:
            self._queue = [u for u in self._queue if u["update_id"] >= offset]
        elif offset < 0:
            self._queue = self._queue[offset:]
        ends_at = asyncio.get_running_loop().time() + min(wait_seconds, TIMEOUT_MAX)
        while not self._queue and self._run_out < mine and await self._wait_until(ends_at):
            if self._poll != mine:
                await self._hold_back()
                raise Refused(409, TERMINATED)
        return self._queue[: min(max(limit, 1), LIMIT_MAX)]

    async def _hold_back(self) -> None:
        """Answer the first conflict at once, those that follow it after a while."""
        loop = asyncio.get_running_loop()
        if loop.time() < self._next_conflict_at:
            await asyncio.sleep(self.conflict_pause)
        else:
            self._next_conflict_at = loop.time() + self.conflict_pause

    def run_out(self) -> None:
        """Let the poll under way end with nothing, as it does when its time is over."""
        self._run_out = self._poll
        self._wake()

    def waiting(self) -> int:
        return len(self._queue)

    def close(self) -> None:
        """Let every waiting poll end."""
        self._closing = True
        self._wake()

    def clear(self) -> None:
        self._queue.clear()

    async def _wait_until(self, ends_at: float) -> bool:
        """Wait for news; False when the time is over."""
        if self._closing:
            return False
        news = self._news
        try:
            async with asyncio.timeout_at(ends_at):
                await news.wait()
        except TimeoutError:
            return False
        return not self._closing

    def _wake(self) -> None:
        self._news.set()
        self._news = asyncio.Event()
