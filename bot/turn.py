"""A lane's right to send once: the pace of all its scopes, and its place in the passage."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.adapter import InDoubt, Outcome, RetryLater, Scope, Sent
from bot.pacer import Pacer
from bot.passage import Passage, Ticket
from feeds.model import Pace
from feeds.ports import Clock

LEAVE_MAX = timedelta(seconds=4)  # waited for once the intent is written; the lease runs on
PATIENCE = timedelta(seconds=2)  # a lane that must wait longer is given back …
CROWDED_PATIENCE = timedelta(milliseconds=500)  # … or this long, where others wait for its slot
HELD_MAX = timedelta(milliseconds=250)  # a place in the passage is kept for so long a wait
TOO_MANY_REQUESTS = 429
WAY_SHUT = "not sent: a doubt or a failure shut the way while this was being written down"
PACE_FULL = "not sent: too many others left while this was being written down"
PACE_CLOSED = "not sent: a 429 closed the way while this was being written down"


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """The right to send once, now: the paces it uses up, and its place among those under way."""

    paces: tuple[Pace, ...]
    ticket: Ticket | None


@dataclass(frozen=True, slots=True)
class Halt:
    """The lane is to be given back; `not_before` says when to look at it again."""

    not_before: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Turns:
    """Takes turns for one lane, and heeds what the answers say of the way itself."""

    pacer: Pacer
    scopes: Sequence[Scope]  # from wide to narrow
    passage: Passage | None  # None: sending is repeatable, a doubt shuts nothing
    lanes: Callable[[], int]  # how many lanes want to send through the passage
    clock: Clock
    stopping: Callable[[], bool]

    async def take(self, patience: timedelta = PATIENCE) -> Turn | Halt:
        """Wait until pace and passage allow a send, within `patience` for the pace."""
        while True:
            free_at = self.pacer.free_at(self.scopes)
            wait = free_at - self.clock.now()
            if self.stopping() or wait > patience:
                return Halt(free_at)
            if wait > timedelta(0):
                await asyncio.sleep(wait.total_seconds())
                continue
            ticket = None
            if self.passage is not None:
                ticket = await self.passage.enter(self.lanes)
                if ticket is None:
                    return Halt()  # shut; it says itself when it is open again
            while isinstance(paces := self.pacer.try_take(self.scopes), timedelta):
                if paces > HELD_MAX:
                    break
                await self._sleep(paces, ticket)  # in its place: else those that came later pass it
            else:
                self._begin(ticket)
                return Turn(paces=paces, ticket=ticket)
            self._give_back(ticket)

    async def _sleep(self, wait: timedelta, ticket: Ticket | None) -> None:
        try:
            await asyncio.sleep(wait.total_seconds())
        except BaseException:
            self._give_back(ticket)
            raise

    def _begin(self, ticket: Ticket | None) -> None:
        if self.passage is not None and ticket is not None:
            self.passage.begin(ticket)

    def _give_back(self, ticket: Ticket | None) -> None:
        if self.passage is not None and ticket is not None:
            self.passage.give_back(ticket)

    def take_at_once(self) -> Turn | None:
        """Take a turn if that needs no waiting; never where there is a passage to enter."""
        if self.passage is not None:
            return None
        paces = self.pacer.try_take(self.scopes)
        return None if isinstance(paces, timedelta) else Turn(paces=paces, ticket=None)

    def withdrawn(self) -> RetryLater | None:
        """Tell whether a turn that was taken holds no longer: what may leave now was shut since.

        To be asked just before the first byte: with a slow disk, writing the intent takes a while.
        What has no passage shares its pace with no other lane, so nothing closes it meanwhile.
        """
        if self.passage is None:
            return None
        if not self.passage.is_open:
            return RetryLater(reason=WAY_SHUT, after=timedelta(0), counts=False)
        left = self.pacer.closed_until(self.scopes) - self.clock.now()
        if left > timedelta(0):
            return RetryLater(reason=PACE_CLOSED, after=left, counts=False)
        return None

    async def leave(self, turn: Turn) -> RetryLater | None:
        """Count the send from this moment on, unless it may leave no longer: then tell why.

        A place given up so teaches nothing of how long sends take.
        """
        held_back = await self._wait_again(turn)
        if held_back is None:
            self.pacer.leaves(turn.paces)
        else:
            self._give_back(turn.ticket)
        return held_back

    async def _wait_again(self, turn: Turn) -> RetryLater | None:
        """Wait for the pace once more, LEAVE_MAX at most; tell why it may not leave, if so.

        Writing it down may have taken a while. What was counted one after another leaves together
        when a slow disk lets them all go.
        """
        waited = timedelta(0)
        while self.passage is not None:
            if (withdrawn := self.withdrawn()) is not None:
                return withdrawn
            wait = self.pacer.held_up(self.scopes, turn.paces)
            if wait <= timedelta(0):
                break
            if self.stopping() or waited + wait > LEAVE_MAX:
                return RetryLater(reason=PACE_FULL, after=wait, counts=False)
            await asyncio.sleep(wait.total_seconds())
            waited += wait
        return None

    def end(self, turn: Turn) -> None:
        """Make room for the next; may be called again."""
        self._leave(turn.ticket)

    def heed(self, outcome: Outcome, due_at: datetime | None) -> tuple[Pace, ...]:
        """Close what an outcome asks to be left alone; gives the paces to store with it."""
        self._tell_passage(outcome)
        if not isinstance(outcome, RetryLater) or due_at is None:
            return ()
        if outcome.status == TOO_MANY_REQUESTS and self.scopes and outcome.scope is None:
            return self.pacer.flood(self.scopes, due_at, outcome.reason)
        if outcome.scope is None or (outcome.status is None and self.passage is not None):
            return ()  # a passage that is shut opens by a proof, not by time
        return (self.pacer.freeze(outcome.scope, due_at, outcome.reason),)

    def _tell_passage(self, outcome: Outcome) -> None:
        if self.passage is None:
            return
        match outcome:
            case Sent():
                self.passage.sent()
            case InDoubt():
                self.passage.doubt(outcome.reason)
            case RetryLater(status=None, scope=str()):
                self.passage.unreached(outcome.reason)
            case _:
                return

    def _leave(self, ticket: Ticket | None) -> None:
        if self.passage is not None and ticket is not None:
            self.passage.leave(ticket)
