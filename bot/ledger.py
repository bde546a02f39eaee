"""Intents and outcomes on their way into the store: in batches, and never given up.

An outcome that cannot be written (disk full) is kept and tried again; until all of them are
written, no further intent is let through, so that nothing more is sent meanwhile.
"""

import asyncio
from collections.abc import Collection, Sequence
from datetime import timedelta

import structlog

from feeds.errors import StoreError
from feeds.group_commit import GroupCommit
from feeds.model import Intent, Settlement
from feeds.ports import Clock
from feeds.store import Store

BATCH_MAX = 200  # rows of one transaction
GATHER = timedelta(milliseconds=2)  # a transaction costs as much as eight rows of it
PAUSE_FIRST = timedelta(seconds=1)
PAUSE_MAX = timedelta(seconds=30)

log = structlog.get_logger()


class Ledger:
    """Writes what is about to happen before it happens, and what happened after it."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._intents = GroupCommit(self._begin, most=BATCH_MAX, gather=GATHER)
        self._outcomes = GroupCommit(self._settle, most=BATCH_MAX, gather=GATHER)
        self._all_written = asyncio.Event()
        self._all_written.set()
        self._unwritten = 0

    @property
    def unwritten(self) -> int:
        """How many outcomes wait for a store that cannot take them now."""
        return self._unwritten

    async def clear(self) -> None:
        """Wait until every outcome is written; no further send begins before."""
        await self._all_written.wait()

    async def begin(self, intent: Intent) -> bool:
        """Commit the intent; True: the request may leave now. Raises StoreError."""
        return await self._intents.put(intent)

    async def settle(self, settlement: Settlement) -> bool:
        """Commit the outcome, however long that takes; False: the lease was lost meanwhile."""
        try:
            return await self._outcomes.put(settlement)
        except StoreError as error:
            return await self._insist(settlement, error)

    async def _insist(self, settlement: Settlement, error: StoreError) -> bool:
        """Keep an outcome that was refused and try until it is written."""
        pause = PAUSE_FIRST
        self._unwritten += 1
        self._all_written.clear()
        try:
            while True:
                log.error("outcome not written yet", why=str(error), waiting=self._unwritten)
                await asyncio.sleep(pause.total_seconds())
                pause = min(pause * 2, PAUSE_MAX)
                try:
                    return await self._outcomes.put(settlement)
                except StoreError as again:
                    error = again
        finally:
            self._unwritten -= 1
            if not self._unwritten:
                self._all_written.set()

    async def _begin(self, intents: Sequence[Intent]) -> list[bool]:
        begun = await self._store.begin_sends(intents, now=self._clock.now())
        return _each(begun, [intent.delivery for intent in intents])

    async def _settle(self, settlements: Sequence[Settlement]) -> list[bool]:
        settled = await self._store.settle(settlements, now=self._clock.now())
        return _each(settled, [settlement.delivery for settlement in settlements])


def _each(done: Collection[int], asked: Sequence[int]) -> list[bool]:
    return [delivery in done for delivery in asked]
