"""The upkeep beat: leases that ran out, retention, checkpoints."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

import structlog

from feeds.errors import StoreUnavailable
from feeds.health import DISABLED_AFTER
from feeds.ports import Clock
from feeds.store.rows import Ailing, Expired, Parked

Done = TypeVar("Done")

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class UpkeepLimits:
    """How often each thing is done, and its bounds."""

    checkpoint_every: timedelta = timedelta(minutes=1)
    failing_every: timedelta = timedelta(minutes=1)  # a look for endpoints that fail for days
    prune_every: timedelta = timedelta(hours=1)
    keep: timedelta = timedelta(days=180)  # history, and keys of entries long out of the document


@dataclass(frozen=True, slots=True, kw_only=True)
class UpkeepReport:
    """What one round did."""

    returned: int = 0  # cut off while sending and sent again
    in_doubt: int = 0  # cut off while sending, for an admin or a proof to decide
    stale: int = 0  # dropped, for they waited longer than their destination allows
    pruned: int = 0


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

    async def drop_stale(self, *, now: datetime) -> int:
        """Drop what waits for longer than its destination allows."""
        ...

    async def tell_failing(self, *, now: datetime) -> Sequence[Ailing]:
        """Tell admins of endpoints that have failed for days; gives those at a new stage."""
        ...

    async def parked_since(self, since: datetime) -> Sequence[Parked]:
        """List what was parked since then and still is."""
        ...

    async def prune(self, *, now: datetime, keep: timedelta) -> int:
        """Forget what is over for longer than `keep`."""
        ...

    async def checkpoint(self) -> None:
        """Fold the write-ahead log back into the file."""
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
        self._parked_after: datetime | None = None  # what was parked before is told already
        self._told: set[int] = set()  # notices of what is parked

    async def take_over(self) -> Expired:
        """End every lease at the start, under the run lock: its holder is dead."""
        self._parked_after = self._clock.now()
        expired = await self._store.expire_leases(
            now=self._parked_after,
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
        stale = await _tried(self._drop_stale, refusals) or 0
        if self._is_due("failing", limits.failing_every):
            await _tried(self._tell_failing, refusals)
        await _tried(self._tell_parked, refusals)
        pruned = 0
        if self._is_due("prune", limits.prune_every):
            pruned = await _tried(self._prune, refusals) or 0
        if self._is_due("checkpoint", limits.checkpoint_every):
            await _tried(self._checkpoint, refusals)
        if refusals:
            raise refusals[0]
        return UpkeepReport(
            returned=expired.returned, in_doubt=expired.in_doubt, stale=stale, pruned=pruned
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

    async def _drop_stale(self) -> int:
        stale = await self._store.drop_stale(now=self._clock.now())
        if stale:
            log.info("too old to send", dropped=stale)
        return stale

    async def _tell_failing(self) -> None:
        """Tell admins, and the log: without a bot nobody else hears of it. Each stage once."""
        for each in await self._store.tell_failing(now=self._clock.now()):
            log.warning(
                "endpoint keeps failing",
                destination=each.destination,
                since=each.since.isoformat(),
                percent_of_the_time=each.percent,
                parked_at=(each.since + DISABLED_AFTER).isoformat(),
                answer=each.answer,
            )
        self._mark_done("failing")

    async def _tell_parked(self) -> None:
        """Tell the log what was parked since this process took over, each once."""
        self._parked_after = self._parked_after or self._clock.now()
        parked = await self._store.parked_since(self._parked_after)
        for each in parked:
            if each.notice not in self._told:
                resume = f"berita destination resume {each.destination}"
                log.warning("parked", destination=each.destination, why=each.why, mended=resume)
        self._told = {each.notice for each in parked}

    async def _prune(self) -> int:
        pruned = await self._store.prune(now=self._clock.now(), keep=self._limits.keep)
        self._mark_done("prune")
        if pruned:
            log.info("history pruned", rows=pruned)
        return pruned

    async def _checkpoint(self) -> None:
        await self._store.checkpoint()
        self._mark_done("checkpoint")

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
