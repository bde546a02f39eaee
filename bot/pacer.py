"""The one memory of what this process has used up of each scope's pace; stored by its users.

Everything that sends goes through it: lanes by `try_take`, the admin's answers by `wait_and_take`.
"""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from bot.adapter import Scope
from bot.pace import free_at, freeze, set_back, take
from feeds.model import Pace
from feeds.ports import Clock

LOOK_EVERY = timedelta(seconds=30)  # while waiting: the clock may have been put back
SCOPES_MAX = 50_000  # remembered at once; the longest unused go first


class Pacer:
    """Knows the paces of all scopes; single-threaded, so reading and taking are one step."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._paces: dict[str, Pace] = {}
        self._unsaved: set[str] = set()

    def load(self, paces: Iterable[Pace]) -> None:
        """Take over what an earlier run left."""
        self._paces = {pace.scope: pace for pace in paces}

    def free_at(self, scopes: Sequence[Scope]) -> datetime:
        """Tell the earliest instant at which one more send breaks no limit of any scope."""
        return self._free_at(scopes, self._clock.now())

    def try_take(self, scopes: Sequence[Scope]) -> tuple[Pace, ...] | timedelta:
        """Count a send against all scopes and give their new paces, or tell how long to wait."""
        now = self._clock.now()
        wait = self._free_at(scopes, now) - now
        if wait > timedelta(0):
            return wait
        taken = tuple(take(self._pace(scope.name, now), scope.limit, now) for scope in scopes)
        for pace in taken:
            self._keep(pace)
        return taken

    async def wait_and_take(self, scopes: Sequence[Scope]) -> None:
        """Wait until a send is allowed and count it; to be stored with `unsaved`."""
        while isinstance(wait := self.try_take(scopes), timedelta):  # noqa: ASYNC110  # waits for time
            await asyncio.sleep(min(wait, LOOK_EVERY).total_seconds())
        self._unsaved.update(scope.name for scope in scopes)

    def freeze(self, scope: str, until: datetime, reason: str) -> Pace:
        """Close a scope until an instant and give its pace, to be stored with the outcome."""
        pace = freeze(self._pace(scope, self._clock.now()), until, reason)
        self._keep(pace)
        return pace

    def closed(self) -> tuple[Pace, ...]:
        """List the scopes that are closed now, and why."""
        now = self._clock.now()
        return tuple(p for p in self._paces.values() if p.not_before and p.not_before > now)

    def unsaved(self) -> tuple[Pace, ...]:
        """Hand over the paces that no intent has stored, once."""
        names, self._unsaved = self._unsaved, set()
        return tuple(self._pace(name, self._clock.now()) for name in names)

    def _free_at(self, scopes: Sequence[Scope], now: datetime) -> datetime:
        return max((free_at(self._pace(s.name, now), s.limit, now) for s in scopes), default=now)

    def _pace(self, scope: str, now: datetime) -> Pace:
        pace = self._paces.get(scope)
        return set_back(pace, now) if pace else Pace(scope=scope)

    def _keep(self, pace: Pace) -> None:
        self._paces.pop(pace.scope, None)
        self._paces[pace.scope] = pace
        while len(self._paces) > SCOPES_MAX:
            del self._paces[next(iter(self._paces))]
