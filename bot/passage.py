"""The way out through one token: open while it is proven to work, few at a time, shut by a doubt.

A send whose answer is not heard may have arrived, and cannot simply be repeated. So few are under
way at once, and after a doubt none begins until a harmless call was answered: an hour of 502 pages
makes one doubt, not a hundred. Spans are those of the event loop: no clock that is set disturbs it.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from bot.rest import rest_after

LANE_RATE = 1 / 1.1  # posts a second of a lane that has enough of them: Telegram's pace of a chat
TOKEN_RATE = 23.0  # … and of all lanes together
TOOK_FIRST = timedelta(milliseconds=100)  # a send, as long as none was answered
TOOK_SHARE = 0.2  # of the newest send in what sends are taken to last
SLOW_AFTER = timedelta(seconds=2)  # an answer that takes longer asks for a proof
EXCUSED_MAX = 3  # slow sends passed by, on the word of a proof, until one of them is answered
PAUSE_FIRST = timedelta(seconds=1)  # between proofs that fail: 1, 2, 4 … 60 s
PAUSE_MAX = timedelta(seconds=60)
DOUBLINGS_MAX = 16

Lanes = Callable[[], int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unproven:
    """Why a harmless call failed, and how long the service asks not to be called again."""

    why: str
    after: timedelta = timedelta(0)


def in_flight_max(lanes: int, took: timedelta) -> int:
    """Tell how many sends may be under way for so many lanes that want to send.

    As few as keep up Telegram's own rate where a send lasts for `took`: each of them may become a
    doubt when the service falls silent.
    """
    wanted = min(lanes * LANE_RATE, TOKEN_RATE)  # a second
    return max(1, round(wanted * took.total_seconds()))


@dataclass(slots=True, eq=False)
class Ticket:
    """One send under way."""

    began: float
    excused: bool = False


@dataclass(slots=True, eq=False)
class _Waiter:
    """A lane that waits for its turn; `woken` hears whether the passage is open."""

    lanes: Lanes
    woken: asyncio.Future[Ticket | None] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )


class Passage:
    """One token's way out; shut until it is proven for the first time."""

    def __init__(self) -> None:
        self.shut_why: str | None = "not proven yet"
        self.trouble: str | None = None  # why, once it is more than the moment after the start
        self._hearers: list[Callable[[], None]] = []
        self._open = asyncio.Event()
        self._under_way: list[Ticket] = []
        self._waiting: deque[_Waiter] = deque()
        self._doubts_in_a_row = 0
        self._failures = 0
        self._proof_at = 0.0  # the next proof is not asked for earlier
        self._shut_since: float | None = None
        self._shut_at = 0.0  # the last time; a proof asked for earlier says nothing of it
        self._took = TOOK_FIRST
        self._is_careful = True  # one at a time, until a send is answered with success

    @property
    def is_open(self) -> bool:
        """Tell whether sends may begin."""
        return self.shut_why is None

    @property
    def shut_for(self) -> timedelta:
        """Tell for how long it has been shut by something that went wrong."""
        since = self._shut_since
        return timedelta(0) if since is None else timedelta(seconds=_time() - since)

    async def enter(self, lanes: Lanes) -> Ticket | None:
        """Wait for a turn, first come first served; None: the passage is shut."""
        if not self.is_open:
            return None
        if not self._waiting and self._has_room(lanes):
            return self._let_in()
        waiter = _Waiter(lanes)
        self._waiting.append(waiter)
        try:
            return await waiter.woken
        except asyncio.CancelledError:
            self._give_up(waiter)
            raise

    def begin(self, ticket: Ticket) -> None:
        """Count the span of a send from now: it had its place, and waited for its pace."""
        ticket.began = _time()

    def leave(self, ticket: Ticket) -> None:
        """End a send, whatever came of it; may be called again."""
        if ticket in self._under_way:
            took = timedelta(seconds=_time() - ticket.began)
            self._took += (min(took, SLOW_AFTER) - self._took) * TOOK_SHARE
            self.give_back(ticket)

    def give_back(self, ticket: Ticket) -> None:
        """Give up a place without a send: how long it was held says nothing of how long they last.

        May be called again.
        """
        if ticket in self._under_way:
            self._under_way.remove(ticket)
            self._admit()

    def sent(self) -> None:
        """Note that a send was answered with success."""
        self._doubts_in_a_row = 0
        self._is_careful = False

    def doubt(self, why: str) -> None:
        """Shut it: a send may or may not have arrived."""
        self._doubts_in_a_row += 1
        self._shut(f"in doubt: {why}", rest_after(self._doubts_in_a_row))

    def unreached(self, why: str) -> None:
        """Shut it: the other side could not be reached at all."""
        self._shut(why, timedelta(0))

    def wants_proof(self) -> bool:
        """Tell whether a harmless call should be made now."""
        if _time() < self._proof_at:
            return False
        if not self.is_open:
            return True
        slow = any(not t.excused and self._is_slow(t) for t in self._under_way)
        return bool(self._waiting) and slow and self._excused() < EXCUSED_MAX

    def proven(self, asked_at: float) -> None:
        """Open it: a harmless call begun at `asked_at` (loop time) was answered.

        Where it was open, the sends that are slow since before that call hold up nobody else.
        A call that was begun before the passage shut says nothing of what shut it.
        """
        if not self.is_open and asked_at < self._shut_at:
            return
        self._failures = 0
        if self.is_open:
            for ticket in self._under_way:
                if ticket.began <= asked_at - SLOW_AFTER.total_seconds():
                    ticket.excused = self._excused() < EXCUSED_MAX or ticket.excused
            self._proof_at = _time() + SLOW_AFTER.total_seconds()
            self._admit()
            return
        self.shut_why = self.trouble = self._shut_since = None
        self._open.set()
        self._admit()
        for hear in self._hearers:
            hear()

    def not_proven(self, found: Unproven) -> None:
        """Note that the harmless call failed; the next one waits longer, and as long as asked."""
        self._failures += 1
        doublings = min(self._failures - 1, DOUBLINGS_MAX)
        pause = max(found.after, min(PAUSE_FIRST * float(2**doublings), PAUSE_MAX))
        if not self.is_open:
            self._shut(found.why, timedelta(0))
        self._proof_at = max(self._proof_at, _time() + pause.total_seconds())

    def tell_when_open(self, hear: Callable[[], None]) -> None:
        """Call `hear` each time it opens."""
        self._hearers.append(hear)

    async def opened(self) -> None:
        """Wait until it is open."""
        await self._open.wait()

    def _shut(self, why: str, rest: timedelta) -> None:
        if self._shut_since is None:
            self._shut_since = _time()
        self._shut_at = _time()
        self._is_careful = True
        self.shut_why = self.trouble = why
        self._open.clear()
        self._proof_at = max(self._proof_at, _time() + max(rest, PAUSE_FIRST).total_seconds())
        while self._waiting:
            self._wake(self._waiting.popleft(), None)

    def _has_room(self, lanes: Lanes) -> bool:
        room = 1 if self._is_careful else in_flight_max(lanes(), self._took)
        return len(self._under_way) - self._excused() < room

    def _excused(self) -> int:
        return sum(ticket.excused for ticket in self._under_way)

    def _is_slow(self, ticket: Ticket) -> bool:
        return _time() - ticket.began >= SLOW_AFTER.total_seconds()

    def _let_in(self) -> Ticket:
        ticket = Ticket(_time())
        self._under_way.append(ticket)
        return ticket

    def _admit(self) -> None:
        while self.is_open and self._waiting and self._has_room(self._waiting[0].lanes):
            self._wake(self._waiting.popleft(), self._let_in())

    def _wake(self, waiter: _Waiter, ticket: Ticket | None) -> None:
        if waiter.woken.done():  # cancelled in this very moment
            if ticket is not None:
                self._under_way.remove(ticket)
        else:
            waiter.woken.set_result(ticket)

    def _give_up(self, waiter: _Waiter) -> None:
        if waiter in self._waiting:
            self._waiting.remove(waiter)
        elif waiter.woken.done() and not waiter.woken.cancelled():
            ticket = waiter.woken.result()
            if ticket is not None:
                self.give_back(ticket)


def _time() -> float:
    return asyncio.get_running_loop().time()
