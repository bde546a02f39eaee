"""The Store: each method is one transaction, for one event or a batch of one kind."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from feeds.model import (
    Admin,
    Feed,
    Intent,
    Key,
    KnownKey,
    Lane,
    LaneRelease,
    Pace,
    Parcel,
    PollRecord,
    Settlement,
    Shares,
)
from feeds.store import (
    claims,
    clocks,
    decisions,
    dropping,
    expiry,
    health,
    keys,
    lanes,
    paces,
    polls,
    pruning,
    schema,
    sends,
)
from feeds.store.catalog import CatalogMethods
from feeds.store.decisions import Deed
from feeds.store.incidents import IncidentMethods
from feeds.store.lists import ListMethods
from feeds.store.rows import Ailing, Decided, Expired, Parked, RecordedPoll
from feeds.store.showing import CardMethods
from feeds.store.staff import PeopleMethods
from feeds.store.tracing import TracingMethods
from feeds.store.troubles import TroubleMethods


class Store(
    CatalogMethods,
    ListMethods,
    IncidentMethods,
    PeopleMethods,
    TracingMethods,
    TroubleMethods,
    CardMethods,
):
    """Feeds, stories and the outbox, on SQLite or PostgreSQL.

    Every method raises StoreUnavailable when the database cannot take it now (the same call may
    work later, and nothing was half-written) and StoreUnusable when it never will.
    """

    async def schema_version(self) -> str | None:
        """Tell the number of the schema."""
        return await self._runner.read(schema.version_of)

    def hurry(self) -> None:
        """Stop soon: from now on a write lock not free within 0.2 s raises StoreUnavailable.

        May be called from any thread, while other calls are under way.
        """
        self._runner.hurry()

    async def close(self) -> None:
        """End all connections; the store is of no use afterwards. Raises nothing."""
        await self._runner.close()

    # ── polling ──────────────────────────────────────────────────────────────────────────────────

    async def claim_feeds(
        self, *, now: datetime, limit: int, per_host: int, lease: timedelta
    ) -> list[Feed]:
        """Claim due feeds until `now + lease`, the longest due first, fair between hosts."""
        return await self._runner.write(
            lambda c: claims.claim(c, now=now, limit=limit, per_host=per_host, lease=lease)
        )

    async def release_feeds(self, ids: Collection[int]) -> None:
        """Give up polls that were claimed: the claim goes, nothing else changes."""
        await self._runner.write(lambda c: claims.release(c, ids))

    async def retry_feeds_soon(self, *, now: datetime) -> int:
        """Let feeds that failed and merely back off be due now, for a start; tells how many.

        Neither those asked within the last minute, nor those whose publisher asked to wait.
        """
        return await self._runner.write(lambda c: claims.retry_soon(c, now=now))

    async def next_due_feed_at(self) -> datetime | None:
        """Tell when the next feed can be claimed."""
        return await self._runner.read(claims.next_due_at)

    async def known_keys(self, feed: int, asked: Collection[Key]) -> dict[Key, KnownKey]:
        """Look up keys of a feed; unknown ones are left out."""
        return await self._runner.read(lambda c: keys.known(c, feed, asked))

    async def record_polls(
        self, records: Sequence[PollRecord], *, now: datetime
    ) -> list[RecordedPoll]:
        """Record polls in one transaction, each wholly or not at all, and end their claims."""
        return await self._runner.write(
            lambda c: polls.record(c, records, now=now, dice=self._dice)
        )

    # ── publishing ───────────────────────────────────────────────────────────────────────────────

    async def claim_lanes(
        self,
        *,
        now: datetime,
        owner: str,
        limit: int,
        heads: int,
        lease: timedelta,
        kinds: Collection[str],
        shares: Shares | None = None,
    ) -> list[Lane]:
        """Lease open lanes whose head is due, each with its first `heads` parcels that may go.

        At most `limit` of them, and of endpoints as many of each sort as their `shares` say. What
        is too old for its destination, or surplus after an outage, is first worked off.
        """
        return await self._runner.write(
            lambda c: lanes.claim(
                c,
                now=now,
                owner=owner,
                limit=limit,
                heads=heads,
                lease=lease,
                kinds=kinds,
                shares=shares,
                dice=self._dice,
            )
        )

    async def more_parcels(
        self, *, destination: int, epoch: int, now: datetime, heads: int
    ) -> tuple[Parcel, ...]:
        """Read on in a lane under lease."""
        return await self._runner.read(
            lambda c: lanes.more_parcels(
                c, destination=destination, epoch=epoch, now=now, heads=heads
            )
        )

    async def write_sends(
        self, *, outcomes: Sequence[Settlement], intents: Sequence[Intent], now: datetime
    ) -> tuple[frozenset[int], frozenset[int]]:
        """Settle and begin in one transaction, which costs as much as eight of its rows."""
        return await self._runner.write(
            lambda c: sends.write(c, outcomes, intents, now=now, dice=self._dice)
        )

    async def begin_sends(self, intents: Sequence[Intent], *, now: datetime) -> frozenset[int]:
        """Commit intents; gives the deliveries that may go out now, the others lost their lease."""
        return await self._runner.write(lambda c: sends.begin(c, intents, now=now))

    async def settle(self, settlements: Sequence[Settlement], *, now: datetime) -> frozenset[int]:
        """Write outcomes; gives the deliveries settled, the others were taken over meanwhile."""
        return await self._runner.write(
            lambda c: sends.settle(c, settlements, now=now, dice=self._dice)
        )

    async def renew_lanes(
        self, pairs: Sequence[tuple[int, int]], *, now: datetime, lease: timedelta
    ) -> frozenset[int]:
        """Hold on to lanes (destination, epoch); gives the destinations still ours."""
        return await self._runner.write(lambda c: lanes.renew(c, pairs, now=now, lease=lease))

    async def release_lanes(self, releases: Sequence[LaneRelease], *, now: datetime) -> None:  # noqa: ARG002  # for the day the database tells the time
        """Give lanes back."""
        await self._runner.write(lambda c: lanes.release(c, releases))

    async def expire_leases(
        self,
        *,
        now: datetime,
        repeatable_kinds: Collection[str],
        everything: bool = False,
        spare: Collection[int] = (),
    ) -> Expired:
        """Take over what was cut off while sending; `everything`: at a start under the run lock.

        `spare` are destinations whose lanes are still being served.
        """
        return await self._runner.write(
            lambda c: expiry.expire(
                c,
                now=now,
                repeatable_kinds=repeatable_kinds,
                everything=everything,
                spare=spare,
            )
        )

    async def next_due_lane_at(self, kinds: Collection[str]) -> datetime | None:
        """Tell when the next lane of these kinds has something to send."""
        return await self._runner.read(lambda c: lanes.next_due_at(c, kinds))

    async def load_paces(self) -> list[Pace]:
        """Read what every scope has used up."""
        return await self._runner.read(paces.load)

    async def save_paces(self, changed: Iterable[Pace], *, now: datetime) -> None:
        """Keep what scopes have used up; one closed for longer stays closed."""
        kept = tuple(changed)
        await self._runner.write(lambda c: paces.save(c, kept, now=now))

    # ── an admin's decisions ─────────────────────────────────────────────────────────────────────

    async def decide(
        self,
        ids: Collection[int],
        *,
        deed: Deed,
        now: datetime,
        message_id: str | None = None,
        reason: str | None = None,
        by: Admin | None = None,
    ) -> Decided:
        """Retry, confirm or drop deliveries; tells for each refused one why."""
        return await self._runner.write(
            lambda c: decisions.decide(
                c, ids, deed=deed, now=now, message_id=message_id, reason=reason, by=by
            )
        )

    async def retry_since(
        self, since: datetime, *, destination: int | None = None, now: datetime
    ) -> int:
        """Let all that failed since then wait again, due at once; tells how many.

        `destination`: what failed there alone.
        """
        return await self._runner.write(
            lambda c: decisions.retry_since(c, since, destination=destination, now=now)
        )

    async def count_failed(self, destination: int, moments: Sequence[datetime]) -> tuple[int, ...]:
        """Count what failed for a destination since each moment."""
        return await self._runner.read(lambda c: decisions.count_failed(c, destination, moments))

    # ── upkeep ───────────────────────────────────────────────────────────────────────────────────

    async def prune(self, *, now: datetime, keep: timedelta) -> int:
        """Forget what is over for longer than `keep`, in small transactions; tells how much."""
        return await pruning.prune(self._runner, now=now, keep=keep)

    async def drop_stale(self, *, now: datetime) -> int:
        """Drop what waits for longer than its destination allows; tells how many."""
        return await self._runner.write(lambda c: dropping.drop_stale(c, now=now))

    async def tell_failing(self, *, now: datetime) -> list[Ailing]:
        """Tell admins of endpoints that have failed for days; gives those at a new stage."""
        return await self._runner.write(lambda c: health.tell_failing(c, now=now))

    async def parked_since(self, since: datetime) -> list[Parked]:
        """List what was parked since then and still is."""
        return await self._runner.read(lambda c: health.parked_since(c, since))

    async def heed_clock(self, *, now: datetime) -> int:
        """Set right what was written under a clock that was ahead of `now`; tells how many rows."""
        return await self._runner.write(lambda c: clocks.heed(c, now=now))

    async def checkpoint(self) -> None:
        """Fold SQLite's write-ahead log back into the file."""
        await self._runner.checkpoint()

    async def backup(self, target: Path) -> None:
        """Copy the database into a file, whole or not at all; raises BadRequest."""
        await self._runner.backup(target)
