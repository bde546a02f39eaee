"""The upkeep beat: leases that ran out, retention, checkpoints, and a word about sick feeds."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

import structlog

from feeds.errors import StoreUnavailable
from feeds.model import FeedState
from feeds.ports import Clock
from feeds.store.rows import Expired, FeedRow

Done = TypeVar("Done")

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class UpkeepLimits:
    """How often each thing is done, and its bounds."""

    checkpoint_every: timedelta = timedelta(minutes=1)
    sick_every: timedelta = timedelta(minutes=5)
    prune_every: timedelta = timedelta(hours=1)
    keep: timedelta = timedelta(days=180)  # history, and keys of entries long out of the document
    sick_failures: int = 5  # in a row; then the log says so, once


@dataclass(frozen=True, slots=True, kw_only=True)
class UpkeepReport:
    """What one round did."""

    returned: int = 0  # cut off while sending and sent again
    in_doubt: int = 0  # cut off while sending, for an admin or a proof to decide
    pruned: int = 0
    sick: int = 0  # feeds newly told of


class UpkeepStore(Protocol):
    """What upkeep needs of the store; each raises StoreUnavailable."""

    async def expire_leases(
        self,
        *,
        now: datetime,
        repeatable_kinds: Collection[str],
        everything: bool = False,
        spare: Collection[int] = (),
    ) -> Expired:
        """Take over what was cut off while sending."""
        ...

    async def heed_clock(self, *, now: datetime) -> int:
        """Set right what was written under a clock that was ahead of `now`."""
        ...

    async def prune(self, *, now: datetime, keep: timedelta) -> int:
        """Forget what is over for longer than `keep`."""
        ...

    async def checkpoint(self) -> None:
        """Fold the write-ahead log back into the file."""
        ...

    async def list_feeds(self) -> Sequence[FeedRow]:
        """List all feeds."""
        ...


class UpkeepBeat:
    """Keeps the store in order; what fails is told and done at the next round, the rest goes on."""

    def __init__(
        self,
        *,
        store: UpkeepStore,
        clock: Clock,
        repeatable_kinds: Collection[str],
        in_flight: Callable[[], Collection[int]] = tuple,
        limits: UpkeepLimits | None = None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._repeatable_kinds = tuple(repeatable_kinds)
        self._in_flight = in_flight  # lanes this process serves: their leases are its own to end
        self._limits = limits or UpkeepLimits()
        self._done_at: dict[str, datetime] = {}
        self._sick: frozenset[int] = frozenset()  # told of, and not yet well

    async def take_over(self) -> Expired:
        """End every lease at the start, under the run lock: its holder is dead."""
        expired = await self._store.expire_leases(
            now=self._clock.now(),
            repeatable_kinds=self._repeatable_kinds,
            everything=True,
        )
        await self._heed_clock()
        return expired

    async def round(self) -> UpkeepReport:
        """Do what is due; raises StoreUnavailable only after everything was tried."""
        limits = self._limits
        refusals: list[StoreUnavailable] = []
        expired = await _tried(self._expire, refusals) or Expired()
        await _tried(self._heed_clock, refusals)
        pruned = sick = 0
        if self._is_due("prune", limits.prune_every):
            pruned = await _tried(self._prune, refusals) or 0
        if self._is_due("checkpoint", limits.checkpoint_every):
            await _tried(self._checkpoint, refusals)
        if self._is_due("sick", limits.sick_every):
            sick = await _tried(self._tell_sick, refusals) or 0
        if refusals:
            raise refusals[0]
        return UpkeepReport(
            returned=expired.returned, in_doubt=expired.in_doubt, pruned=pruned, sick=sick
        )

    async def _expire(self) -> Expired:
        expired = await self._store.expire_leases(
            now=self._clock.now(),
            repeatable_kinds=self._repeatable_kinds,
            spare=self._in_flight(),
        )
        if expired.returned or expired.in_doubt:
            log.warning("sends cut off", again=expired.returned, in_doubt=expired.in_doubt)
        return expired

    async def _heed_clock(self) -> int:
        right = await self._store.heed_clock(now=self._clock.now())
        if right:
            log.warning("clock set back", set_right=right)
        return right

    async def _prune(self) -> int:
        pruned = await self._store.prune(now=self._clock.now(), keep=self._limits.keep)
        self._mark_done("prune")
        if pruned:
            log.info("history pruned", rows=pruned)
        return pruned

    async def _checkpoint(self) -> None:
        await self._store.checkpoint()
        self._mark_done("checkpoint")

    async def _tell_sick(self) -> int:
        """Log each feed that fails for long once, until it is well again."""
        rows = await self._store.list_feeds()
        self._mark_done("sick")
        sick = {row.id: row for row in rows if self._is_sick(row)}
        fresh = sick.keys() - self._sick
        self._sick = frozenset(sick)
        for feed in sorted(fresh):
            memory = sick[feed].feed.memory
            log.warning(
                "feed sick",
                feed=feed,
                name=sick[feed].name,
                failures=memory.failures,
                why=memory.last_error,
                last_success_at=memory.last_success_at and memory.last_success_at.isoformat(),
            )
        return len(fresh)

    def _is_sick(self, row: FeedRow) -> bool:
        active = row.state is FeedState.ACTIVE
        return active and row.feed.memory.failures >= self._limits.sick_failures

    def _is_due(self, what: str, every: timedelta) -> bool:
        done_at = self._done_at.get(what)
        return done_at is None or self._clock.now() - done_at >= every

    def _mark_done(self, what: str) -> None:
        self._done_at[what] = self._clock.now()


async def _tried(
    work: Callable[[], Awaitable[Done]], refusals: list[StoreUnavailable]
) -> Done | None:
    try:
        return await work()
    except StoreUnavailable as error:
        refusals.append(error)
        return None
