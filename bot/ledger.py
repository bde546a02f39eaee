"""Intents and outcomes on their way into the store: in batches, and never given up.

An outcome that cannot be written (disk full) is kept and tried again; until all of them are
written, no further intent is let through, so that nothing more is sent meanwhile.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import timedelta

import structlog

from feeds.errors import StoreError
from feeds.group_commit import GroupCommit
from feeds.model import Intent, Settlement
from feeds.ports import Clock, live_on
from feeds.store import Store

BATCH_MAX = 200  # rows of one transaction
GATHER = timedelta(milliseconds=2)  # a transaction costs as much as eight rows of it
PAUSE_FIRST = timedelta(seconds=1)
PAUSE_MAX = timedelta(seconds=30)

log = structlog.get_logger()


class Ledger:
    """Writes what is about to happen before it happens, and what happened after it."""

    def __init__(
        self, store: Store, clock: Clock, *, reached: Callable[[str], None] = live_on
    ) -> None:
        self._store = store
        self._clock = clock
        self._reached = reached
        self._entries = GroupCommit(self._write, most=BATCH_MAX, gather=GATHER)
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
        return await self._entries.put(intent)

    async def settle(self, settlement: Settlement) -> bool:
        """Commit the outcome, however long that takes; False: the lease was lost meanwhile."""
        try:
            return await self._entries.put(settlement)
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
                    return await self._entries.put(settlement)
                except StoreError as again:
                    error = again
        finally:
            self._unwritten -= 1
            if not self._unwritten:
                self._all_written.set()

    async def _write(self, entries: Sequence[Intent | Settlement]) -> list[bool]:
        """Write what came together in one transaction.

        A lane claimed anew before its last claim knew that it was over (a stall, a clock set
        forward) has two of a kind in it: the store took the one of the latest epoch.
        """
        outcomes = [entry for entry in entries if isinstance(entry, Settlement)]
        if outcomes:
            self._reached("before the outcome")
        settled, begun = await self._store.write_sends(
            outcomes=outcomes,
            intents=[entry for entry in entries if isinstance(entry, Intent)],
            now=self._clock.now(),
        )
        written = {Settlement: settled, Intent: begun}
        latest = {(type(e), e.delivery): e for e in sorted(entries, key=lambda e: e.epoch)}
        return [
            entry.delivery in written[type(entry)]
            and entry.epoch == latest[type(entry), entry.delivery].epoch
            for entry in entries
        ]
