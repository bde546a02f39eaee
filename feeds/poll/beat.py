"""The poll beat's rounds: claim what is due, look at it, record it; rest when the store must."""

import asyncio
import random
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol
from urllib.parse import urlsplit

import structlog

from feeds.errors import StoreError, StoreUnavailable
from feeds.fetch import FetchLimits
from feeds.group_commit import GroupCommit
from feeds.model import Feed, PollRecord
from feeds.novelty import GuardLimits
from feeds.poll.claims import Claims, ClaimStore
from feeds.poll.findings import INTERNAL_ERROR, Failure, Finding, Recorder
from feeds.poll.looking import Looker, LookLimits, Memory
from feeds.poll.outage import Forgiveness, HostTally
from feeds.poll.pausing import Pause
from feeds.poll.slots import Slots
from feeds.poll.telling import PollReport, Told
from feeds.ports import Clock, Parser, Web
from feeds.store.rows import RecordedPoll

JUDGE_EVERY = timedelta(seconds=30)  # how long failures wait to be told from an outage
GIVE_BACK_MAX = timedelta(seconds=2)  # for giving claims back at a stop

log = structlog.get_logger()


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
        self._recorder = Recorder(default_every=limits.every, dice=dice)
        self._looker = Looker(
            memory=store,
            web=web,
            parser=parser,
            clock=clock,
            recorder=self._recorder,
            limits=LookLimits(fetch=limits.fetch, guards=limits.guards),
        )
        self._claims = Claims(store, clock, per_host=limits.per_host, lease=limits.lease)
        self._commits = GroupCommit(self._commit, most=limits.batch)
        self._pause = Pause()
        self._forgiveness = Forgiveness()
        self._stopping = False
        self._begin()

    @property
    def paused_reason(self) -> str | None:
        """Tell why polling rests, for status and health; None while it goes on."""
        return self._pause.reason

    def stop(self) -> None:
        """Claim nothing more; the round ends when what is in flight does."""
        self._stopping = True

    async def round(self) -> PollReport:
        """Poll until nothing is due, the round's budget is used up, or the store takes nothing."""
        if rest := self._pause.left(self._clock.now()):
            return PollReport(paused_for=rest)
        self._begin()
        try:
            await self._claims.give_back()  # what an earlier round could not
            async with asyncio.TaskGroup() as tasks:
                await self._fill(tasks)
            await self._judge()
        except StoreUnavailable as error:
            self._rest(error)
        finally:
            with suppress(StoreError, TimeoutError):
                async with asyncio.timeout(GIVE_BACK_MAX.total_seconds()):
                    await self._claims.give_back()
        if self._fatal is not None:
            raise self._fatal
        return self._told.report(paused_for=self._pause.left(self._clock.now()))

    def _begin(self) -> None:
        self._told = Told()
        self._fatal: StoreError | None = None
        self._slots = Slots(self._limits.concurrency)
        self._hosts = HostTally()
        self._deferred: list[Finding] = []  # failures that may be an outage's
        self._judge_at = self._clock.now() + JUDGE_EVERY

    async def _fill(self, tasks: asyncio.TaskGroup) -> None:
        """Keep the slots filled until there is nothing to fill them with."""
        ends_at = self._clock.now() + self._limits.budget
        while self._may_claim() and self._clock.now() < ends_at:
            claimed = await self._claim()
            for feed in claimed:
                self._slots.start(feed.id, _host_of(feed))
                tasks.create_task(self._poll(feed), name=f"poll feed {feed.id}")
            if not len(self._slots):
                return
            await self._slots.until_room(nothing_due=not claimed)
            if self._clock.now() >= self._judge_at:
                await self._judge()

    def _may_claim(self) -> bool:
        resting = self._pause.left(self._clock.now())
        return not (self._stopping or self._fatal or resting or self._hosts.is_outage())

    async def _claim(self) -> list[Feed]:
        free = self._slots.free
        if self._pause.probing:
            free = min(free, 1 - len(self._slots))
        try:
            return await self._claims.take(free) if free > 0 else []
        except StoreUnavailable as error:
            self._rest(error)
            return []

    async def _poll(self, feed: Feed) -> None:
        try:
            if host := _host_of(feed):
                self._hosts.asked(host)
            finding = await self._looker.look(feed)
            if self._hear(finding, host):
                self._deferred.append(finding)
            else:
                await self._record(finding)
        except StoreError as error:
            self._refused(error)
        except Exception:  # noqa: BLE001  # the beat's border: one feed's surprise is logged once
            self._surprised(feed)
        finally:
            self._slots.finish(feed.id)

    def _hear(self, finding: Finding, host: str) -> bool:
        """Note what it says of the network; tell whether the failure may be an outage's."""
        failure = finding.failure
        if not host:
            return False
        if failure is None or failure.status is not None:
            self._hosts.answered(host)
            self._forgiveness.answered(finding.feed.id, self._clock.now())
        elif failure.unreachable:
            self._hosts.failed(host)
            return True
        return False

    async def _judge(self) -> None:
        """Tell failures from an outage of our own, by all hosts asked lately, and record them."""
        hosts, deferred = self._hosts, self._deferred
        self._hosts, self._deferred = HostTally(self._slots.hosts), []
        now = self._clock.now()
        self._judge_at = now + JUDGE_EVERY
        outage = hosts.is_outage()
        if outage:
            log.warning("network outage", hosts=hosts.hosts, silent=hosts.silent)
        async with asyncio.TaskGroup() as tasks:
            for finding in deferred:
                excused = self._forgiveness.excuse(finding.feed.id, now, outage=outage)
                settled = self._recorder.excused(finding, now) if excused else finding
                tasks.create_task(self._record_deferred(settled))

    async def _record_deferred(self, finding: Finding) -> None:
        try:
            await self._record(finding)
        except StoreError as error:
            self._refused(error)
        except Exception:  # noqa: BLE001  # as above
            self._surprised(finding.feed)

    async def _record(self, finding: Finding) -> None:
        """Write the finding, or if the store refuses it a failure instead; then it is told."""
        feed = finding.feed.id
        if not self._claims.holds(feed):
            log.warning("poll outlived its claim", feed=feed)
            self._claims.forget(feed)
            return
        recorded = await self._commits.put(finding.record)
        if recorded.error is not None:
            log.error("poll not recorded", feed=feed, why=recorded.error)
            internal = Failure(message=INTERNAL_ERROR)
            finding = self._recorder.failed(finding.feed, internal, self._clock.now())
            recorded = await self._commits.put(finding.record)
        self._pause.end()
        self._claims.forget(feed)
        self._told.add(finding, recorded)

    async def _commit(self, records: Sequence[PollRecord]) -> Sequence[RecordedPoll]:
        return await self._store.record_polls(records, now=self._clock.now())

    def _refused(self, error: StoreError) -> None:
        """Count a poll that came to nothing: it is not seen, not planned, simply due again."""
        self._told.lost += 1
        if isinstance(error, StoreUnavailable):
            self._rest(error)
        else:
            self._fatal = error

    def _surprised(self, feed: Feed) -> None:
        """Log what nobody foresaw; the claim runs out by itself, and the round goes on."""
        self._told.lost += 1
        self._claims.forget(feed.id)
        log.exception("poll failed inside", feed=feed.id, name=feed.name)  # noqa: LOG004  # called in handlers

    def _rest(self, error: StoreUnavailable) -> None:
        if not self._pause.probing:
            log.error("polling pauses", why=str(error))
        self._pause.begin(str(error), self._clock.now())


def _host_of(feed: Feed) -> str:
    """Tell the host asked; a file has none."""
    try:
        return (urlsplit(feed.url).hostname or "").lower()
    except ValueError:  # a broken IPv6 literal
        return ""
