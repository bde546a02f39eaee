"""One round of polling: claim what is due, look at it, record it, until nothing more is due."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

import structlog

from feeds.errors import StoreError, StoreUnavailable
from feeds.group_commit import GroupCommit
from feeds.model import Feed, PollRecord
from feeds.poll.claims import Claims
from feeds.poll.findings import INTERNAL_ERROR, Failure, Finding, Recorder
from feeds.poll.looking import Looker
from feeds.poll.outage import HostTally, Network
from feeds.poll.pausing import Pause
from feeds.poll.slots import Slots
from feeds.poll.telling import Told
from feeds.ports import Clock
from feeds.store.rows import RecordedPoll

JUDGE_EVERY = timedelta(seconds=30)  # how long failures wait to be told from an outage

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What every round works with, and what lasts from one to the next."""

    clock: Clock
    looker: Looker
    recorder: Recorder
    claims: Claims
    commits: GroupCommit[PollRecord, RecordedPoll]
    pause: Pause
    network: Network
    is_stopping: Callable[[], bool]


class Round:
    """Runs once; `told` says what came of it, `fatal` why polling cannot go on at all."""

    def __init__(self, desk: Desk, *, concurrency: int, budget: timedelta) -> None:
        self.told = Told()
        self.fatal: StoreError | None = None
        now = desk.clock.now()
        self._desk = desk
        self._ends_at = now + budget
        self._judge_at = now + JUDGE_EVERY
        self._slots = Slots(concurrency)
        self._hosts = HostTally()
        self._deferred: list[Finding] = []  # failures that may be an outage's

    async def run(self) -> None:
        """Poll until nothing is due, the budget is used up, or the store takes nothing."""
        async with asyncio.TaskGroup() as tasks:
            await self._fill(tasks)
        await self._judge()

    async def _fill(self, tasks: asyncio.TaskGroup) -> None:
        """Keep the slots filled until there is nothing to fill them with."""
        while self._may_claim():
            claimed = await self._claim()
            for feed in claimed:
                self._slots.start(feed.id, _host_of(feed))
                tasks.create_task(self._poll(feed), name=f"poll feed {feed.id}")
            if not len(self._slots):
                return
            await self._slots.until_room(nothing_due=not claimed)
            if self._desk.clock.now() >= self._judge_at:
                await self._judge()

    def _may_claim(self) -> bool:
        now = self._desk.clock.now()
        if self._desk.is_stopping() or self.fatal or now >= self._ends_at:
            return False
        return not self._desk.pause.left(now) and not self._hosts.is_outage()

    async def _claim(self) -> list[Feed]:
        free = self._slots.free
        if self._desk.pause.probing:
            free = min(free, 1 - len(self._slots))
        try:
            return await self._desk.claims.take(free) if free > 0 else []
        except StoreError as error:
            # Raised here it would come out of the task group as another exception.
            self._heed(error)
            return []

    async def _poll(self, feed: Feed) -> None:
        try:
            if host := _host_of(feed):
                self._hosts.asked(host)
            finding = await self._desk.looker.look(feed)
            if self._hear(finding, host):
                self._deferred.append(finding)
            else:
                await self._record(finding)
        except StoreError as error:
            self._refused(error)
        finally:
            self._slots.finish(feed.id)

    def _hear(self, finding: Finding, host: str) -> bool:
        """Note what it says of the network; tell whether the failure may be an outage's."""
        failure = finding.failure
        if not host:
            return False
        if failure is None or failure.status is not None:
            self._hosts.answered(host)
            self._desk.network.answered(finding.feed.id, self._desk.clock.now())
        elif failure.unreachable:
            self._hosts.failed(host)
            self._desk.network.failed(host)
            return True
        return False

    async def _judge(self) -> None:
        """Tell failures from an outage of our own, by all hosts asked lately, and record them."""
        hosts, deferred = self._hosts, self._deferred
        self._hosts, self._deferred = HostTally(self._slots.hosts), []
        now = self._desk.clock.now()
        self._judge_at = now + JUDGE_EVERY
        outage = bool(deferred) and (hosts.is_outage() or self._desk.network.is_silent())
        if outage and self._desk.network.tell_once():
            log.warning("network outage", hosts=hosts.hosts, silent=hosts.silent)
        async with asyncio.TaskGroup() as tasks:
            for finding in deferred:
                excused = outage and self._desk.network.excuse(finding.feed.id, now)
                settled = self._desk.recorder.excused(finding, now) if excused else finding
                tasks.create_task(self._record(settled))

    async def _record(self, finding: Finding) -> None:
        """Write the finding; only then is it told. What the store does not take was never seen."""
        feed = finding.feed.id
        if not self._desk.claims.holds(feed):
            self._desk.claims.forget(feed)
            log.warning("poll outlived its claim", feed=feed)
            return
        try:
            written, recorded = await self._write(finding)
        except StoreError as error:
            self._refused(error)
        except Exception:
            # One feed's surprise: its claim is left to run out, and the round goes on.
            self.told.lost += 1
            self._desk.claims.forget(feed)
            log.exception("poll not recorded", feed=feed, name=finding.feed.name)
        else:
            self._desk.pause.end()
            self._desk.claims.forget(feed)
            self.told.add(written, recorded)

    async def _write(self, finding: Finding) -> tuple[Finding, RecordedPoll]:
        """Commit the finding, or a failure in its place if the store refuses what is in it."""
        recorded = await self._desk.commits.put(finding.record)
        if recorded.error is None:
            return finding, recorded
        log.error("poll not recorded", feed=finding.feed.id, why=recorded.error)
        internal = Failure(message=INTERNAL_ERROR)
        failed = self._desk.recorder.failed(finding.feed, internal, self._desk.clock.now())
        return failed, await self._desk.commits.put(failed.record)

    def _refused(self, error: StoreError) -> None:
        """Count a poll that came to nothing: it is not seen, not planned, simply due again."""
        self.told.lost += 1
        self._heed(error)

    def _heed(self, error: StoreError) -> None:
        """Rest if it may pass; else remember it for the caller, and claim nothing more."""
        if isinstance(error, StoreUnavailable):
            self.rest(error)
        else:
            self.fatal = error

    def rest(self, error: StoreUnavailable) -> None:
        """Pause polling, a little longer each time."""
        if not self._desk.pause.probing:
            log.error("polling pauses", why=str(error))
        self._desk.pause.begin(str(error), self._desk.clock.now())


def _host_of(feed: Feed) -> str:
    """Tell the host asked; a file has none."""
    try:
        return (urlsplit(feed.url).hostname or "").lower()
    except ValueError:  # a broken IPv6 literal
        return ""
