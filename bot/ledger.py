"""Intents and outcomes on their way into the store: in batches, and never given up.

An outcome that cannot be written (disk full) is kept and tried again; until all of them are
written, no further intent is let through, so that nothing more is sent meanwhile. One that holds a
value no database takes is nobody else's harm: the others are written, and of it what can be.
"""

import asyncio
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import structlog

from feeds.errors import StoreError, StoreRefused
from feeds.group_commit import GroupCommit
from feeds.model import DeliveryState, Intent, Settlement
from feeds.ports import Clock, live_on
from feeds.store import Store

BATCH_MAX = 200  # rows of one transaction
GATHER = timedelta(milliseconds=2)  # a transaction costs as much as eight rows of it
PAUSE_FIRST = timedelta(seconds=1)
PAUSE_MAX = timedelta(seconds=30)
UNWRITABLE = "the answer holds what no database takes; the log says what"

Written = tuple[bool, bool]  # the outcome was taken; the request of the intent may leave

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a lane writes at once: an outcome, an intent, or one and the next."""

    outcome: Settlement | None = None
    intent: Intent | None = None


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

    @property
    def is_clear(self) -> bool:
        """Whether every outcome is written."""
        return self._all_written.is_set()

    async def begin(self, intent: Intent) -> bool:
        """Commit the intent; True: the request may leave now. Raises StoreError."""
        _, begun = await self._put(Entry(intent=intent))
        return begun

    async def settle(
        self, settlement: Settlement, following: Intent | None = None
    ) -> tuple[bool, bool]:
        """Commit the outcome, however long that takes, and with it the lane's next intent.

        Gives whether the outcome was taken (else the lease was lost meanwhile), and whether the
        next request may leave now. An intent is not insisted on. Raises StoreRefused.
        """
        try:
            return await self._put(Entry(outcome=settlement, intent=following))
        except StoreRefused:
            raise  # it would be refused for ever: the lease runs out, and it is in doubt
        except StoreError as error:
            return await self._insist(settlement, error), False

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
                    settled, _ = await self._put(Entry(outcome=settlement))
                except StoreRefused:
                    raise
                except StoreError as again:
                    error = again
                else:
                    return settled
        finally:
            self._unwritten -= 1
            if not self._unwritten:
                self._all_written.set()

    async def _put(self, entry: Entry) -> Written:
        written = await self._entries.put(entry)
        if isinstance(written, StoreRefused):
            raise written
        return written

    async def _write(self, entries: Sequence[Entry]) -> Sequence[Written | StoreRefused]:
        """Write what came together; one by one if the batch is refused for a value in it."""
        try:
            return await self._write_together(entries)
        except StoreRefused as error:
            if len(entries) == 1:
                return [await self._write_bare(entries[0], error)]
        return [written for each in entries for written in await self._write([each])]

    async def _write_bare(self, entry: Entry, error: StoreRefused) -> Written | StoreRefused:
        """Write of a refused outcome what is certainly ours; nothing more is begun with it."""
        if entry.outcome is None:
            return error
        log.error(
            "outcome written without its answer", delivery=entry.outcome.delivery, why=str(error)
        )
        try:
            (written,) = await self._write_together([Entry(outcome=_bare(entry.outcome))])
        except StoreRefused as again:
            return again
        return written

    async def _write_together(self, entries: Sequence[Entry]) -> list[Written]:
        """Write all in one transaction.

        A lane claimed anew before its last claim knew that it was over (a stall, a clock set
        forward) has two of a kind in it: the store took the one of the latest epoch.
        """
        outcomes = [entry.outcome for entry in entries if entry.outcome is not None]
        intents = [entry.intent for entry in entries if entry.intent is not None]
        if outcomes:
            self._reached("before the outcome")
        settled, begun = await self._store.write_sends(
            outcomes=outcomes, intents=intents, now=self._clock.now()
        )
        settled_at, begun_at = _latest(outcomes), _latest(intents)

        def is_in(
            entry: Intent | Settlement | None, written: Collection[int], latest: dict[int, int]
        ) -> bool:
            return (
                entry is not None
                and entry.delivery in written
                and entry.epoch == latest[entry.delivery]
            )

        return [
            (is_in(each.outcome, settled, settled_at), is_in(each.intent, begun, begun_at))
            for each in entries
        ]


def _bare(outcome: Settlement) -> Settlement:
    """Reduce an outcome to its state; what would wait or move by words unwritten has failed."""
    stays = outcome.state in (DeliveryState.SENT, DeliveryState.IN_DOUBT)
    return Settlement(
        delivery=outcome.delivery,
        destination=outcome.destination,
        epoch=outcome.epoch,
        attempt=replace(outcome.attempt, status=None, detail=UNWRITABLE, wait=None),
        state=outcome.state if stays else DeliveryState.FAILED,
        reason=None if outcome.state is DeliveryState.SENT else UNWRITABLE,
        counts=outcome.counts,
    )


def _latest(entries: Iterable[Intent | Settlement]) -> dict[int, int]:
    """Tell the latest epoch of each delivery."""
    return {each.delivery: each.epoch for each in sorted(entries, key=lambda each: each.epoch)}
