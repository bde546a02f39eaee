"""Serving one claimed lane: its deliveries in order, one at a time, until it must wait or ends."""

import asyncio
import random
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from bot.adapter import Adapter, InDoubt, Outcome, Rejected, RetryLater
from bot.ledger import Ledger
from bot.pacer import Pacer
from bot.passage import Passage
from bot.retry import Try, judge
from bot.turn import Halt, Turn, Turns
from feeds.model import DeliveryState, Intent, Lane, Pace, Parcel, Settlement
from feeds.ports import Clock
from feeds.store import Store

HEADS = 20  # parcels read at once for a lane
LEASE_MARGIN = timedelta(seconds=15)  # a lease outlives the longest send by this much
OVERTIME = timedelta(seconds=5)  # an adapter that overruns its own timeout is cut off after this

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
    passages: Mapping[str, Passage]  # by kind, where a doubt shuts the way for all of it
    lanes: Callable[[str], int]  # how many lanes of a kind are being served
    streaks: dict[int, int]  # destination → waits in a row that burnt no attempt
    crowded: Callable[[str], bool]  # does every slot of this kind serve a lane?
    settled: Callable[[Settlement], None]


class LaneService:
    """One claim of one lane, from its first parcel to its release."""

    def __init__(self, lane: Lane, adapter: Adapter, desk: Desk) -> None:
        self._lane = lane
        self._adapter = adapter
        self._desk = desk
        self._lease_until = lane.lease_until
        self._turns = Turns(
            pacer=desk.pacer,
            scopes=adapter.scopes(lane.destination),
            passage=desk.passages.get(adapter.kind),
            lanes=lambda: desk.lanes(adapter.kind),
            clock=desk.clock,
            stopping=desk.stopping,
        )

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
        turn = await self._turns.take()
        if isinstance(turn, Halt):
            return turn
        try:
            settlement = await self._exchange(parcel, turn)
        finally:
            self._turns.end(turn)
        if settlement is None:
            return Halt()
        if not await self._desk.ledger.settle(settlement):
            log.warning("late outcome refused", delivery=parcel.delivery.id)
            return Halt()
        self._desk.reached("outcome committed")
        self._desk.settled(settlement)
        _tell(settlement, parcel)
        return self._next(settlement)

    async def _exchange(self, parcel: Parcel, turn: Turn) -> Settlement | None:
        """Commit the intent, send, judge the answer; None: the lane is lost."""
        if not await self._hold_lease():
            return None
        body = parcel.delivery.body or self._render(parcel)
        self._desk.reached("before the intent")
        if not await self._desk.ledger.begin(self._intent(parcel, body, turn.paces)):
            return None
        self._desk.reached("intent committed")
        self._turns.leave_now(turn)
        started_at = self._desk.clock.now()
        outcome = await self._send(parcel, body)
        self._desk.reached("answer heard")
        return self._judge(outcome, parcel, started_at)

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
            members=parcel.members_total,
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
        return replace(settlement, paces=self._turns.heed(outcome, settlement.due_at))

    def _next(self, settlement: Settlement) -> Settlement | Halt:
        if settlement.park or settlement.address:
            return Halt()
        if settlement.not_before is not None:
            return Halt(settlement.not_before)
        if settlement.state is DeliveryState.IN_DOUBT:
            return Halt()  # it is looked into first, for a minute at most
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
