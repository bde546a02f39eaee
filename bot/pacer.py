"""The one memory of what this process has used up of each scope's pace; stored by its users.

Everything that sends goes through it: lanes by `try_take`, the admin's answers by `wait_and_take`.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from bot.adapter import Scope
from bot.pace import RECENT_MAX, free_at, freeze, move, set_back, take, taken_over
from feeds.model import Pace
from feeds.ports import Clock

LOOK_EVERY = timedelta(seconds=30)  # while waiting: the clock may have been put back
MOVED_MIN = timedelta(milliseconds=100)  # less is the time between two looks, or a slow drift
FLOOD_SPAN = timedelta(seconds=1)
FLOODED_CHATS = 3  # within FLOOD_SPAN: it is the whole token that goes too fast
FLOODS_MAX = 64  # remembered
SCOPES_MAX = 50_000  # remembered at once; the longest unused go first


class SavePaces(Protocol):
    """Stores paces; raises StoreError."""

    def __call__(self, changed: Iterable[Pace], *, now: datetime) -> Awaitable[None]: ...


def loop_seconds() -> float:
    """Tell the running loop's own time, which nobody sets."""
    return asyncio.get_running_loop().time()


class Pacer:
    """Knows the paces of all scopes; single-threaded, so reading and taking are one step.

    `steady` tells seconds that run on however the clock is set: a clock set forward frees nothing
    early, one put back holds nothing up. Without it the clock is taken to be steady itself.
    """

    def __init__(self, clock: Clock, *, steady: Callable[[], float] | None = None) -> None:
        self._clock = clock
        self._steady = steady
        self._zero: datetime | None = None  # what the clock showed at second 0 of `steady`
        self._paces: dict[str, Pace] = {}
        self._unsaved: set[str] = set()
        self._floods: list[tuple[datetime, str, str]] = []  # the last 429s: when, whose, and who

    def load(self, paces: Iterable[Pace]) -> None:
        """Take over what an earlier run left."""
        now = self._now()  # from here on a clock that is set takes them along
        self._paces = {pace.scope: taken_over(pace, now) for pace in paces}

    def free_at(self, scopes: Sequence[Scope]) -> datetime:
        """Tell the earliest instant at which one more send breaks no limit of any scope."""
        return self._free_at(scopes, self._now())

    def try_take(self, scopes: Sequence[Scope]) -> tuple[Pace, ...] | timedelta:
        """Count a send against all scopes and give their new paces, or tell how long to wait."""
        now = self._now()
        wait = self._free_at(scopes, now) - now
        if wait > timedelta(0):
            return wait
        taken = tuple(take(self._pace(scope.name, now), scope.limit, now) for scope in scopes)
        for pace in taken:
            self._keep(pace)
        return taken

    async def wait_and_take(self, scopes: Sequence[Scope]) -> None:
        """Wait until a send is allowed and count it; to be stored by `save`."""
        while isinstance(wait := self.try_take(scopes), timedelta):  # noqa: ASYNC110  # waits for time
            await asyncio.sleep(min(wait, LOOK_EVERY).total_seconds())
        self._unsaved.update(scope.name for scope in scopes)

    def held_up(self, scopes: Sequence[Scope], taken: Iterable[Pace]) -> timedelta:
        """Tell how long a counted send must wait before it leaves: others left meanwhile.

        `taken` are the paces that `try_take` gave for it. Whether a scope is closed is not looked
        at.
        """
        now = self._now()
        free = now
        for scope, counted in zip(scopes, taken, strict=True):
            others = replace(self._without(counted, now), not_before=None)
            free = max(free, free_at(others, scope.limit, now))
        return free - now

    def leaves(self, taken: Iterable[Pace]) -> None:
        """Count a send as of now: between its being counted and its leaving, time may have passed.

        `taken` are the paces that `try_take` gave for it. What is stored still has the earlier
        instant; it is set right by the scope's next send.
        """
        for counted in taken:
            now = self._now()
            if counted.recent[-1] < now:
                pace = self._without(counted, now)
                self._keep(replace(pace, recent=(*pace.recent, now)[-RECENT_MAX:]))

    def _without(self, counted: Pace, now: datetime) -> Pace:
        """Give a scope's pace without one send, which may be so long ago that it is forgotten."""
        pace, at = self._pace(counted.scope, now), counted.recent[-1]
        if at not in pace.recent:
            return pace
        recent = list(pace.recent)
        recent.remove(at)
        return replace(pace, recent=tuple(recent))

    def freeze(self, scope: str, until: datetime, reason: str) -> Pace:
        """Close a scope until an instant and give its pace, to be stored with the outcome."""
        pace = freeze(self._pace(scope, self._now()), until, reason)
        self._keep(pace)
        return pace

    def flood(self, scopes: Sequence[Scope], until: datetime, reason: str) -> tuple[Pace, ...]:
        """Close what answered 429: the narrowest scope; the widest, too, if it is the third so.

        `scopes` go from wide to narrow. Three chats of one bot that refuse within a second speak
        for the bot; what an endpoint refuses says nothing of it.
        """
        now, wide, narrow = self._now(), scopes[0].name, scopes[-1].name
        self._floods = [
            each for each in self._floods if timedelta(0) <= now - each[0] <= FLOOD_SPAN
        ]
        self._floods.append((now, wide, narrow))
        del self._floods[:-FLOODS_MAX]
        closed = [self.freeze(narrow, until, reason)]
        refused = {name for _, whose, name in self._floods if whose == wide}
        if len(scopes) > 1 and len(refused) >= FLOODED_CHATS:
            closed.append(self.freeze(wide, until, reason))
        return tuple(closed)

    def answer_flooded(self, scopes: Sequence[Scope], until: datetime) -> tuple[Pace, ...]:
        """Close what answered 429 to an admin's answer; gives the paces, kept for `save` too."""
        closed = self.flood(scopes, until, "429 Too Many Requests")
        self._unsaved.update(pace.scope for pace in closed)
        return closed

    def closed(self) -> tuple[Pace, ...]:
        """List the scopes that are closed now, and why."""
        now = self._now()
        return tuple(p for p in self._paces.values() if p.not_before and p.not_before > now)

    def closed_until(self, scopes: Sequence[Scope]) -> datetime:
        """Tell until when the last of these scopes is closed; now, or earlier, if none is."""
        now = self._now()
        ends = (self._pace(scope.name, now).not_before for scope in scopes)
        return max((end for end in ends if end is not None), default=now)

    async def save(self, write: SavePaces) -> None:
        """Store the paces that no intent has stored, once; what is refused is kept and raised."""
        names, self._unsaved = self._unsaved, set()
        if not names:
            return
        now = self._now()
        try:
            await write([self._pace(name, now) for name in names], now=now)
        except BaseException:
            self._unsaved |= names
            raise

    def _now(self) -> datetime:
        """Tell the time; if the clock was set since the last look, the paces move along."""
        now = self._clock.now()
        if self._steady is None:
            return now
        zero = now - timedelta(seconds=self._steady())
        moved = zero - (self._zero or zero)
        if self._zero is None or abs(moved) > MOVED_MIN:
            self._zero = zero
            self._paces = {name: move(pace, moved) for name, pace in self._paces.items()}
        return now

    def _free_at(self, scopes: Sequence[Scope], now: datetime) -> datetime:
        return max((free_at(self._pace(s.name, now), s.limit, now) for s in scopes), default=now)

    def _pace(self, scope: str, now: datetime) -> Pace:
        if (pace := self._paces.get(scope)) is None:
            return Pace(scope=scope)
        # Kept as it was moved: moved anew at every look, it would never be free again.
        self._paces[scope] = set_back(pace, now)
        return self._paces[scope]

    def _keep(self, pace: Pace) -> None:
        self._paces.pop(pace.scope, None)
        self._paces[pace.scope] = pace
        while len(self._paces) > SCOPES_MAX:
            del self._paces[next(iter(self._paces))]
