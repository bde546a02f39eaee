"""Claims on feeds: taken before they are polled, gone with the record, given back otherwise."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Protocol

from feeds.model import Feed
from feeds.ports import Clock


class ClaimStore(Protocol):
    """What claims need of the store; each raises StoreUnavailable."""

    async def claim_feeds(
        self, *, now: datetime, limit: int, per_host: int, lease: timedelta
    ) -> list[Feed]:
        """Take feeds that are due, the longest due first."""
        ...

    async def release_feeds(self, ids: Collection[int]) -> None:
        """Give claims back with nothing else changed."""
        ...


class Claims:
    """The claims this process holds and has not recorded yet."""

    def __init__(self, store: ClaimStore, clock: Clock, *, per_host: int, lease: timedelta) -> None:
        self._store = store
        self._clock = clock
        self._per_host = per_host
        self._lease = lease
        self._until: dict[int, datetime] = {}

    async def take(self, limit: int) -> list[Feed]:
        """Claim up to `limit` due feeds that we do not hold already; raises StoreUnavailable."""
        now = self._clock.now()
        taken = await self._store.claim_feeds(
            now=now, limit=limit, per_host=self._per_host, lease=self._lease
        )
        fresh = [feed for feed in taken if feed.id not in self._until]
        self._until.update(dict.fromkeys((feed.id for feed in fresh), now + self._lease))
        return fresh

    def holds(self, feed: int) -> bool:
        """Tell whether the claim is still ours alone."""
        until = self._until.get(feed)
        return until is not None and self._clock.now() < until

    def forget(self, feed: int) -> None:
        """Drop a claim that the record released, or that is left to run out."""
        self._until.pop(feed, None)

    async def give_back(self) -> None:
        """Release what was claimed and not recorded; raises StoreUnavailable."""
        if ids := tuple(self._until):
            await self._store.release_feeds(ids)
            self._until.clear()
