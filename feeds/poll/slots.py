"""The slots polls run in: who is in flight, and when it is worth while to claim more."""

import asyncio
from collections.abc import Container
from contextlib import suppress
from datetime import timedelta

REFILL_SHARE = 8  # claim again when an eighth of the slots is free, …
REFILL_WAIT = timedelta(milliseconds=250)  # … or this long after one came free
LOOK_AGAIN = timedelta(seconds=1)  # while slots are free, the longest that what falls due waits


class Slots:
    """At most `most` feeds at once; a slow one occupies its own slot and no other."""

    def __init__(self, most: int) -> None:
        assert most >= 1, "something must be able to run"
        self._most = most
        self._hosts: dict[int, str] = {}  # feed in flight → its host
        self._freed = asyncio.Event()
        self._idle = asyncio.Event()

    def __len__(self) -> int:
        return len(self._hosts)

    @property
    def free(self) -> int:
        """Count the slots to fill."""
        return self._most - len(self._hosts)

    @property
    def feeds(self) -> Container[int]:
        """Name the feeds in flight."""
        return self._hosts.keys()

    @property
    def hosts(self) -> frozenset[str]:
        """Name the hosts in flight; a file has none."""
        return frozenset(filter(None, self._hosts.values()))

    def start(self, feed: int, host: str) -> None:
        """Fill a slot."""
        self._hosts[feed] = host
        self._idle.clear()

    def finish(self, feed: int) -> None:
        """Free the feed's slot."""
        del self._hosts[feed]
        self._freed.set()
        if not self._hosts:
            self._idle.set()

    async def until_room(self, *, nothing_due: bool) -> None:
        """Wait for a slot to come free; then a little, unless many are: claims cost a transaction.

        Where slots are free already the wait is short: what is in flight may take long, and others
        fall due meanwhile.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOK_AGAIN.total_seconds() if self.free else None):
                await self._freed.wait()
        if not self._freed.is_set():
            return
        self._freed.clear()
        if nothing_due or self.free * REFILL_SHARE < self._most:
            with suppress(TimeoutError):
                async with asyncio.timeout(REFILL_WAIT.total_seconds()):
                    await self._idle.wait()
