"""The publish beat: claims lanes and empties them, one delivery at a time each, in order.

Claim → pace → intent committed → request → outcome committed. A death anywhere between leaves a row
`sending` under a lease that expires; what then happens to it is the store's and the policy's word.
"""

import asyncio
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

import structlog

from bot.adapter import Adapter
from bot.heard import Heard
from bot.lane import HEADS, LEASE_MARGIN, Desk, LaneService
from bot.ledger import Ledger
from bot.pacer import Pacer
from bot.passage import Passage
from feeds.errors import StoreError
from feeds.model import DeliveryState, Lane, LaneRelease, Settlement
from feeds.ports import Clock
from feeds.store import Store

log = structlog.get_logger()


@dataclass(slots=True)
class Tally:
    """What one round of publishing did, by the state its deliveries came to."""

    sent: int = 0
    retried: int = 0
    failed: int = 0
    in_doubt: int = 0

    def add(self, other: "Tally") -> None:
        """Count another round in."""
        self.sent += other.sent
        self.retried += other.retried
        self.failed += other.failed
        self.in_doubt += other.in_doubt

    def count(self, settlement: Settlement) -> None:
        """Count one settled delivery; one that parked its destination as failed."""
        match DeliveryState.FAILED if settlement.park else settlement.state:
            case DeliveryState.SENT:
                self.sent += 1
            case DeliveryState.IN_DOUBT:
                self.in_doubt += 1
            case DeliveryState.FAILED:
                self.failed += 1
            case _:
                self.retried += 1


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishLimits:
    """Bounds of publishing; `lanes` bounds the lanes in flight, per kind."""

    lanes: Mapping[str, int]


class PublishBeat:
    """Empties the outbox; rung by the scheduler, or run round by round."""

    def __init__(
        self,
        *,
        store: Store,
        adapters: Mapping[str, Adapter],
        pacer: Pacer,
        clock: Clock,
        dice: random.Random,
        reached: Callable[[str], None],
        owner: str,
        limits: PublishLimits,
        passages: Mapping[str, Passage] = MappingProxyType({}),
    ) -> None:
        self._store = store
        self._adapters = adapters
        self._clock = clock
        self._owner = owner
        self._passages = passages
        self._reached = reached
        self._heard = Heard(limits.lanes)
        self._bell = asyncio.Event()
        self._stopping = False
        self._tally = Tally()
        self._refusal: Exception | None = None
        self.alive_at: datetime | None = None  # when it last looked for lanes
        self.ledger = Ledger(store, clock, reached=reached)
        self._desk = Desk(
            store=store,
            ledger=self.ledger,
            pacer=pacer,
            clock=clock,
            dice=dice,
            reached=reached,
            stopping=lambda: self._stopping,
            passages=passages,
            lanes=self._serving,
            streaks={},
            crowded=self._crowded,
            settled=self._count,
        )

    @property
    def in_flight(self) -> tuple[int, ...]:
        """The destinations being served; their leases are nobody else's to end."""
        return tuple(self._heard.busy)

    def ring(self) -> None:
        """Ask for another look at what is due."""
        self._bell.set()

    def stop(self) -> None:
        """Begin no further send; what is in flight may still be answered and settled."""
        self._stopping = True
        self._bell.set()

    async def round(self) -> Tally:
        """Serve what is due, and what falls due while lanes are busy; raises StoreError."""
        self._tally = Tally()
        self._refusal = None
        async with asyncio.TaskGroup() as lanes:
            while not self._stopping:
                for lane in await self._claim():
                    self._heard.claimed(lane, self._clock.now())
                    lanes.create_task(self._serve(lane))
                if not self._heard.busy:
                    break
                await self._bell.wait()
                self._bell.clear()
        if self._refusal:
            raise self._refusal
        return self._tally

    def _count(self, settlement: Settlement) -> None:
        self._tally.count(settlement)
        self._heard.answered(settlement, self._clock.now())

    def _crowded(self, kind: str) -> bool:
        return not self._heard.free(kind)

    def _serving(self, kind: str) -> int:
        return len(self._heard.of_kind(kind))

    def _is_shut(self, kind: str) -> bool:
        passage = self._passages.get(kind)
        return passage is not None and not passage.is_open

    async def _claim(self) -> list[Lane]:
        """Claim what is due; a refusal is kept for the round's end, lanes in flight go on."""
        claimed: list[Lane] = []
        try:
            for kind, adapter in self._adapters.items():
                claimed += await self._claim_kind(kind, adapter)
        except StoreError as error:
            self._refusal = error
            log.error("no lanes claimed", why=str(error))
        except Exception as error:
            # A fault of ours in claiming must not cut off what is in flight; it is told at the end.
            self._refusal = error
            log.exception("no lanes claimed")
        else:
            self._refusal = None
            self.alive_at = self._clock.now()
        if claimed:
            self._reached("lanes claimed")
        return claimed

    async def _claim_kind(self, kind: str, adapter: Adapter) -> list[Lane]:
        now, free = self._clock.now(), self._heard.free(kind)
        if not free or self._is_shut(kind):
            return []
        return await self._store.claim_lanes(
            now=now,
            owner=self._owner,
            limit=free,
            shares=self._heard.shares(kind, now),
            heads=HEADS,
            lease=adapter.timeout + LEASE_MARGIN,
            kinds=(kind,),
        )

    async def _serve(self, lane: Lane) -> None:
        """Empty one lane as far as its pace and its outcomes allow, then give it back."""
        destination = lane.destination.id
        adapter = self._adapters[lane.destination.kind]
        try:
            service = LaneService(lane, adapter, self._desk)
            not_before = await service.empty()
            await service.templates.tell(self._store, now=self._clock.now())
            release = LaneRelease(destination=destination, epoch=lane.epoch, not_before=not_before)
            await self._store.release_lanes((release,), now=self._clock.now())
        except StoreError as error:
            log.error("lane left to its lease", destination=destination, why=str(error))
        except Exception:
            # One lane's surprise must not end the others; when its lease is over it is tried again.
            log.exception("lane failed", destination=destination)
        finally:
            self._heard.busy.pop(destination, None)
            self._bell.set()
