"""Serving one claimed lane: its deliveries in order, one at a time, until it must wait or ends."""

import asyncio
import random
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from bot.adapter import Adapter, InDoubt, Outcome, Rejected, RetryLater, Sent
from bot.ledger import Ledger
from bot.pacer import Pacer
from bot.passage import Passage
from bot.retry import Try, judge
from bot.templates import TemplateWatch
from bot.turn import CROWDED_PATIENCE, PATIENCE, Halt, Turn, Turns
from feeds.model import ENDPOINTS, DeliveryState, Intent, Lane, Pace, Parcel, Settlement
from feeds.ports import Clock
from feeds.store import Store

HEADS = 20  # parcels read at once for a lane, and sent in a row while others wait for a turn
MORE_HEADS = 60  # read at once for one that goes on: nobody waits for a turn then
TURN_MAX = timedelta(seconds=2)  # an endpoint's lane is given back, and hears what was changed
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A delivery that may leave now: its intent is committed, or about to be."""

    parcel: Parcel
    body: bytes
    turn: Turn


class LaneService:
    """One claim of one lane, from its first parcel to its release."""

    def __init__(self, lane: Lane, adapter: Adapter, desk: Desk) -> None:
        self._lane = lane
        self.templates = TemplateWatch(lane.destination)
        self._adapter = adapter
        self._desk = desk
        self._lease_until = lane.lease_until
        self._parcels = deque(lane.parcels)
        self._served = 0
        self._began_at = desk.clock.now()
        self._failing = lane.destination.failing
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
        step = await self._begin()
        while isinstance(step, Begun):
            step = await self._deliver(step)
        return step.not_before

    async def _begin(self) -> Begun | Halt:
        """Commit the next intent, once there is something to send and pace allows it."""
        if self._must_part() or not await self._has_parcels():
            return Halt()
        await self._desk.ledger.clear()
        turn = await self._turns.take(self._patience())
        if isinstance(turn, Halt):
            return turn
        try:
            return await self._intend(self._parcels.popleft(), turn)
        except BaseException:
            self._turns.end(turn)
            raise

    async def _intend(self, parcel: Parcel, turn: Turn) -> Begun | Halt:
        """Commit the intent; a Halt: the lane is lost."""
        if not await self._hold_lease():
            self._turns.end(turn)
            return Halt()
        body = self._body(parcel)
        if not await self._desk.ledger.begin(self._intent(parcel, body, turn.paces)):
            self._turns.end(turn)
            return Halt()
        return Begun(parcel=parcel, body=body, turn=turn)

    async def _deliver(self, begun: Begun) -> Begun | Halt:
        """Send what is begun and settle it; where it goes on at once, with the next intent."""
        try:
            settlement = await self._exchange(begun)
        finally:
            self._turns.end(begun.turn)
        following = self._following(settlement)
        settled, may_follow = await self._desk.ledger.settle(
            settlement, self._intent_of(following) if following else None
        )
        if not settled:
            log.warning("late outcome refused", delivery=settlement.delivery)
            return Halt()
        self._served += 1
        self._desk.reached("outcome committed")
        self._desk.settled(settlement)
        _tell(settlement)
        if (halt := _halt_of(settlement)) is not None:
            return halt
        if following is not None:
            if may_follow:
                return following
            self._parcels.appendleft(following.parcel)
        if settlement.state is DeliveryState.WAITING:
            self._parcels.clear()  # the same in plain form, or those that may pass it
        return await self._begin()

    async def _exchange(self, begun: Begun) -> Settlement:
        """Send what is begun, and judge the answer."""
        self._desk.reached("intent committed")
        withdrawn = await self._turns.leave(begun.turn)
        started_at = self._desk.clock.now()
        outcome = withdrawn or await self._send(begun.parcel, begun.body)
        self._desk.reached("answer heard")
        return self._judge(outcome, begun.parcel, started_at)

    def _following(self, settlement: Settlement) -> Begun | None:
        """Prepare what may be begun in the transaction that settles this; None: not without a wait.

        One at a time stays: it leaves after that transaction, as any other.
        """
        if settlement.state is not DeliveryState.SENT or not self._parcels or self._must_part():
            return None
        if not self._desk.ledger.is_clear or self._lease_is_short():
            return None
        turn = self._turns.take_at_once()
        if turn is None:
            return None
        parcel = self._parcels.popleft()
        return Begun(parcel=parcel, body=self._body(parcel), turn=turn)

    def _patience(self) -> timedelta:
        """Tell how long to wait for the lane's own pace: not in a slot that others need."""
        crowded = self._served and self._desk.crowded(self._adapter.kind)
        return CROWDED_PATIENCE if crowded else PATIENCE

    def _must_part(self) -> bool:
        """Tell whether the lane is to be given back: we stop, or others wait for a turn.

        This lane comes last, then, among those due. An endpoint's has had its turn after a while,
        too, however few it took: its secret, headers and rate are read when it is claimed.
        """
        if self._desk.stopping():
            return True
        if self._served and self._adapter.kind in ENDPOINTS and self._had_its_turn():
            return True
        return self._served >= HEADS and self._desk.crowded(self._adapter.kind)

    def _had_its_turn(self) -> bool:
        return self._desk.clock.now() - self._began_at >= TURN_MAX

    async def _has_parcels(self) -> bool:
        if not self._parcels and self._served:
            self._parcels.extend(await self._more())
        return bool(self._parcels)

    async def _more(self) -> tuple[Parcel, ...]:
        return await self._desk.store.more_parcels(
            destination=self._lane.destination.id,
            epoch=self._lane.epoch,
            now=self._desk.clock.now(),
            heads=MORE_HEADS,
        )

    async def _hold_lease(self) -> bool:
        """Renew the lease when it might not outlive the next send."""
        if not self._lease_is_short():
            return True
        now = self._desk.clock.now()
        lease = self._adapter.timeout + LEASE_MARGIN
        ours = (self._lane.destination.id, self._lane.epoch)
        self._lease_until = now + lease
        return bool(await self._desk.store.renew_lanes((ours,), now=now, lease=lease))

    def _lease_is_short(self) -> bool:
        return self._lease_until - self._desk.clock.now() <= self._adapter.timeout + OVERTIME

    def _body(self, parcel: Parcel) -> bytes:
        body = parcel.delivery.body or self._render(parcel)
        self._desk.reached("before the intent")
        return body

    def _render(self, parcel: Parcel) -> bytes:
        try:
            self.templates.note(parcel)
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

    def _intent_of(self, begun: Begun) -> Intent:
        return self._intent(begun.parcel, begun.body, begun.turn.paces)

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
            failing=self._failing,
        )
        if isinstance(outcome, Sent):
            self._failing = None
        settlement = judge(outcome, tried, self._desk.dice)
        paces = self._turns.heed(outcome, settlement.due_at)
        return replace(settlement, paces=paces) if paces else settlement


def _halt_of(settlement: Settlement) -> Halt | None:
    """Tell whether the lane stops after this outcome, and until when."""
    if settlement.park or settlement.address:
        return Halt()
    if settlement.not_before is not None:
        return Halt(settlement.not_before)
    if settlement.state is DeliveryState.IN_DOUBT:
        return Halt()  # it is looked into first, for a minute at most
    return None


def _tell(settlement: Settlement) -> None:
    say = log.debug if settlement.state is DeliveryState.SENT else log.warning
    say(
        EVENTS.get(settlement.state, "delivery waits"),
        delivery=settlement.delivery,
        destination=settlement.destination,
        why=settlement.reason,
        again_at=settlement.due_at.isoformat() if settlement.due_at else None,
    )
