"""The poll beat: rounds of polling, and the rests between them while the store takes nothing."""

import asyncio
import random
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from feeds.errors import StoreError, StoreUnavailable
from feeds.fetch import FetchLimits
from feeds.group_commit import GroupCommit
from feeds.model import PollRecord
from feeds.novelty import GuardLimits
from feeds.poll.claims import Claims, ClaimStore
from feeds.poll.findings import Recorder
from feeds.poll.looking import Looker, LookLimits, Memory
from feeds.poll.outage import Network
from feeds.poll.pausing import Pause
from feeds.poll.round import Desk, Round
from feeds.poll.telling import PollReport
from feeds.ports import Clock, Parser, Web
from feeds.store.rows import RecordedPoll

GIVE_BACK_MAX = timedelta(seconds=2)  # for giving claims back at a stop


@dataclass(frozen=True, slots=True, kw_only=True)
class PollLimits:
    """The bounds of polling."""

    every: timedelta = timedelta(minutes=15)  # for feeds without an interval of their own
    concurrency: int = 256  # feeds polled at once
    per_host: int = 2
    fetch: FetchLimits = field(default_factory=FetchLimits)
    guards: GuardLimits = field(default_factory=GuardLimits)
    budget: timedelta = timedelta(minutes=5)  # after it a round claims nothing more
    lease: timedelta = timedelta(minutes=5)  # of a claim; longer than any poll
    batch: int = 100  # polls in one transaction
    gather: timedelta = timedelta(milliseconds=20)  # in which polls come together for one


class PollStore(ClaimStore, Memory, Protocol):
    """What the beat needs of the store."""

    async def record_polls(
        self, records: Sequence[PollRecord], *, now: datetime
    ) -> Sequence[RecordedPoll]:
        """Write polls in one transaction and release their claims; raises StoreUnavailable."""
        ...


class PollBeat:
    """Polls what is due, in rounds that never overlap."""

    def __init__(
        self,
        *,
        store: PollStore,
        web: Web,
        parser: Parser,
        clock: Clock,
        dice: random.Random,
        limits: PollLimits,
    ) -> None:
        self._store = store
        self._clock = clock
        self._limits = limits
        self._stopping = False
        recorder = Recorder(default_every=limits.every, dice=dice)
        self._desk = Desk(
            clock=clock,
            looker=Looker(
                memory=store,
                web=web,
                parser=parser,
                clock=clock,
                recorder=recorder,
                limits=LookLimits(fetch=limits.fetch, guards=limits.guards),
            ),
            recorder=recorder,
            claims=Claims(store, clock, per_host=limits.per_host, lease=limits.lease),
            commits=GroupCommit(self._commit, most=limits.batch, gather=limits.gather),
            pause=Pause(),
            network=Network(),
            is_stopping=lambda: self._stopping,
        )

    @property
    def paused_reason(self) -> str | None:
        """Tell why polling rests, for status and health; None while it goes on."""
        return self._desk.pause.reason

    def stop(self) -> None:
        """Claim nothing more; the round ends when what is in flight does."""
        self._stopping = True

    async def round(self) -> PollReport:
        """Poll what is due; while the store takes nothing, rest and say for how long.

        Raises StoreUnusable; everything else is in the report and the log.
        """
        desk = self._desk
        if rest := desk.pause.left(self._clock.now()):
            return PollReport(paused_for=rest)
        work = Round(desk, concurrency=self._limits.concurrency, budget=self._limits.budget)
        try:
            await desk.claims.give_back()  # what an earlier round could not
            await work.run()
        except StoreUnavailable as error:
            work.rest(error)
        finally:
            with suppress(StoreError, TimeoutError):
                async with asyncio.timeout(GIVE_BACK_MAX.total_seconds()):
                    await desk.claims.give_back()
        if work.fatal is not None:
            raise work.fatal
        return work.told.report(paused_for=desk.pause.left(self._clock.now()))

    async def _commit(self, records: Sequence[PollRecord]) -> Sequence[RecordedPoll]:
        return await self._store.record_polls(records, now=self._clock.now())
