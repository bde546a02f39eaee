"""A store that refuses on request: a full disk, a killed process, a bug."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from feeds.model import Feed, Key, KnownKey, PollRecord
from feeds.store import Store
from feeds.store.rows import RecordedPoll


class UnsteadyStore:
    """The polling half of a real Store; every method may be told to fail, before or after its work.

    `fail["record_polls"] = error` refuses each call until it is taken out again.
    `lose["record_polls"] = error` does the work and then fails, as a process killed in that moment.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self.fail: dict[str, Exception] = {}
        self.lose: dict[str, Exception] = {}
        self.calls: Counter[str] = Counter()
        self.records: list[PollRecord] = []  # that were written

    async def claim_feeds(
        self, *, now: datetime, limit: int, per_host: int, lease: timedelta
    ) -> list[Feed]:
        self._enter("claim_feeds")
        return await self.store.claim_feeds(now=now, limit=limit, per_host=per_host, lease=lease)

    async def release_feeds(self, ids: Collection[int]) -> None:
        self._enter("release_feeds")
        await self.store.release_feeds(ids)

    async def known_keys(self, feed: int, asked: Collection[Key]) -> Mapping[Key, KnownKey]:
        self._enter("known_keys")
        return await self.store.known_keys(feed, asked)

    async def record_polls(
        self, records: Sequence[PollRecord], *, now: datetime
    ) -> list[RecordedPoll]:
        self._enter("record_polls")
        recorded = await self.store.record_polls(records, now=now)
        self.records += records
        if "record_polls" in self.lose:
            raise self.lose["record_polls"]
        return recorded

    def _enter(self, name: str) -> None:
        self.calls[name] += 1
        if name in self.fail:
            raise self.fail[name]
