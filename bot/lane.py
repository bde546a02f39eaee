"""Serving one claimed lane: its deliveries in order, one at a time, until it must wait or ends."""

import asyncio
import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from bot.adapter import Adapter, InDoubt, Outcome, Rejected, RetryLater
from bot.ledger import Ledger
from bot.pacer import Pacer
from bot.retry import Try, judge
from feeds.model import DeliveryState, Intent, Lane, Pace, Parcel, Settlement
from feeds.ports import Clock
from feeds.store import Store

HEADS = 20  # parcels read at once for a lane
LEASE_MARGIN = timedelta(seconds=15)  # a lease outlives the longest send by this much
PATIENCE = timedelta(seconds=2)  # a lane that must wait longer is given back
OVERTIME = timedelta(seconds=5)  # an adapter that overruns its own timeout is cut off after this
TOO_MANY_REQUESTS = 429

EVENTS = {
    DeliveryState.SENT: "delivery sent",
    DeliveryState.FAILED: "delivery failed",
    DeliveryState.IN_DOUBT: "delivery in doubt",
}

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What serving lanes needs, shared by all of them."""

    store: Store
    ledger: Ledger
    pacer: Pacer
    clock: Clock
    dice: random.Random
    reached: Callable[[str], None]
    stopping: Callable[[], bool]
    streaks: dict[int, int]  # destination → waits in a row that burnt no attempt
    crowded: Callable[[str], bool]  # does every slot of this kind serve a lane?
    settled: Callable[[Settlement], None]


@dataclass(frozen=True, slots=True)
class Halt:
    """The lane is to be given back; `not_before` says when to look at it again."""

    not_before: datetime | None = None


class LaneService:
    """One claim of one lane, from its first parcel to its release."""

    def __init__(self, lane: Lane, adapter: Adapter, desk: Desk) -> None:
        self._lane = lane
        self._adapter = adapter
        self._desk = desk
        self._lease_until = lane.lease_until
        self._scopes = adapter.scopes(lane.destination)

    async def empty(self) -> datetime | None:
        """Send until nothing is due, the lane must wait or is lost; tell when to come again."""
        parcels, served = deque(self._lane.parcels), 0
        while parcels and not self._desk.stopping():
            if served >= HEADS and self._desk.crowded(self._adapter.kind):
                return None  # others wait for a turn; this lane comes last among those due
            settlement = await self._deliver(parcels.popleft())
            if isinstance(settlement, Halt):
                return settlement.not_before
            served += 1
            if settlement.state is DeliveryState.WAITING:
                parcels.clear()  # the same in plain form, or those that may pass it
            if not parcels:
                parcels.extend(await self._more())
        return None

    async def _more(self) -> tuple[Parcel, ...]:
        return await self._desk.store.more_parcels(
            destination=self._lane.destination.id,
            epoch=self._lane.epoch,
            now=self._desk.clock.now(),
            heads=HEADS,
        )

    async def _deliver(self, parcel: Parcel) -> Settlement | Halt:
        await self._desk.ledger.clear()
        paces = await self._await_pace()
        if isinstance(paces, Halt):
            return paces
        if not await self._hold_lease():
            return Halt()
        body = parcel.delivery.body or self._render(parcel)
        self._desk.reached("before the intent")
        if not await self._desk.ledger.begin(self._intent(parcel, body, paces)):
            return Halt()
        self._desk.reached("intent committed")
        started_at = self._desk.clock.now()
        outcome = await self._send(parcel, body)
        self._desk.reached("answer heard")
        settlement = self._judge(outcome, parcel, started_at)
        if not await self._desk.ledger.settle(settlement):
            log.warning("late outcome refused", delivery=parcel.delivery.id)
            return Halt()
        self._desk.reached("outcome committed")
        self._desk.settled(settlement)
        _tell(settlement, parcel)
        return self._next(settlement)

    async def _await_pace(self) -> tuple[Pace, ...] | Halt:
        pacer = self._desk.pacer
        while isinstance(taken := pacer.try_take(self._scopes), timedelta):
            if taken > PATIENCE or self._desk.stopping():
                return Halt(pacer.free_at(self._scopes))
            await asyncio.sleep(taken.total_seconds())
        return taken

    async def _hold_lease(self) -> bool:
        """Renew the lease when it might not outlive the next send."""
        now = self._desk.clock.now()
        if self._lease_until - now > self._adapter.timeout + OVERTIME:
            return True
        lease = self._adapter.timeout + LEASE_MARGIN
        ours = (self._lane.destination.id, self._lane.epoch)
        self._lease_until = now + lease
        return bool(await self._desk.store.renew_lanes((ours,), now=now, lease=lease))

    def _render(self, parcel: Parcel) -> bytes:
        try:
            return self._adapter.render(self._lane.destination, parcel)
        except Exception:
            # A story that our own code cannot render must not stop those behind it.
            log.exception("not rendered", delivery=parcel.delivery.id)
            return b""

    def _intent(self, parcel: Parcel, body: bytes, paces: tuple[Pace, ...]) -> Intent:
        return Intent(
            delivery=parcel.delivery.id,
            destination=self._lane.destination.id,
            epoch=self._lane.epoch,
            body=body,
            at=self._desk.clock.now(),
            paces=paces,
        )

    async def _send(self, parcel: Parcel, body: bytes) -> Outcome:
        if not body:
            return Rejected(reason="could not be rendered; the log says why", malformed=True)
        try:
            async with asyncio.timeout((self._adapter.timeout + OVERTIME).total_seconds()):
                return await self._adapter.send(self._lane.destination, parcel, body)
        except TimeoutError:
            return InDoubt(reason="no answer in time")
        except Exception:
            # Adapters answer with outcomes; if one does raise, bytes may have left.
            log.exception("adapter failed", delivery=parcel.delivery.id)
            return InDoubt(reason="internal error while sending; the log says which")

    def _judge(self, outcome: Outcome, parcel: Parcel, started_at: datetime) -> Settlement:
        destination = self._lane.destination
        burnt_none = isinstance(outcome, RetryLater) and not outcome.counts
        streak = self._desk.streaks.pop(destination.id, 0)
        if burnt_none:
            self._desk.streaks[destination.id] = streak + 1
        tried = Try(
            parcel=parcel,
            epoch=self._lane.epoch,
            started_at=started_at,
            ended_at=self._desk.clock.now(),
            repeatable=self._adapter.repeatable,
            streak=streak,
        )
        settlement = judge(outcome, tried, self._desk.dice)
        return replace(settlement, paces=self._frozen(outcome, settlement))

    def _frozen(self, outcome: Outcome, settlement: Settlement) -> tuple[Pace, ...]:
        """Close what the other side asked to be left alone: the chat at a 429, a named scope."""
        if not isinstance(outcome, RetryLater) or settlement.due_at is None:
            return ()
        scopes = [outcome.scope] if outcome.scope else []
        if outcome.status == TOO_MANY_REQUESTS and self._scopes:
            scopes.append(self._scopes[-1].name)
        freeze = self._desk.pacer.freeze
        return tuple(freeze(scope, settlement.due_at, outcome.reason) for scope in scopes)

    def _next(self, settlement: Settlement) -> Settlement | Halt:
        if settlement.park or settlement.address:
            return Halt()
        if settlement.not_before is not None:
            return Halt(settlement.not_before)
        return settlement


def _tell(settlement: Settlement, parcel: Parcel) -> None:
    say = log.debug if settlement.state is DeliveryState.SENT else log.warning
    say(
        EVENTS.get(settlement.state, "delivery waits"),
        delivery=parcel.delivery.id,
        destination=settlement.destination,
        why=settlement.reason,
        again_at=settlement.due_at.isoformat() if settlement.due_at else None,
    )
