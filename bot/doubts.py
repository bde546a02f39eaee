"""The doubts beat: looks after posts whose answer was not heard, and lets the policy decide."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.adapter import Seeker
from bot.passage import Passage
from bot.verdict import LOOKS, judge_doubt, may_tell_absence
from feeds.model import Doubt, Evidence, Finding, InDoubtPolicy, Verdict
from feeds.ports import Clock
from feeds.store import Store

DOUBTS_MAX = 20  # looked into in one round
FORWARD_MIN = timedelta(seconds=2)  # a clock that gains more between two rounds was set
LOOK_MAX = timedelta(seconds=20)  # one look by one way; then the others have their turn

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class DoubtReport:
    """What one round did."""

    looked: int = 0
    settled: int = 0  # found, or sent again


class DoubtBeat:
    """Looks into doubts, one after another, while the way to look is open."""

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        seekers: Mapping[str, Sequence[Seeker]],  # by kind; the surest way first
        passages: Mapping[str, Passage],
        policy: InDoubtPolicy,  # of destinations without one of their own
        settled: Callable[[], None] = lambda: None,  # lanes may go on
    ) -> None:
        self._store = store
        self._clock = clock
        self._seekers = seekers
        self._passages = passages
        self._policy = policy
        self._settled = settled
        self._zero: datetime | None = None  # what the clock showed at second 0 of the loop
        self._unsure_until = 0.0  # by the loop, since the clock was set forward

    async def round(self) -> DoubtReport:
        """Look into what is due; raises StoreError."""
        now, away = self._clock.now(), self._away()
        self._heed_clock(now)
        if away:  # their lanes rest with them; then the look comes first
            await self._store.hold_doubts(away, now=now)
        doubts = await self._store.doubts_due(now=now, limit=DOUBTS_MAX, away=away)
        looked = settled = 0
        for doubt in doubts:
            if doubt.destination.kind in self._away():
                continue
            verdict = await self._verdict(doubt)
            settled += await self._store.conclude_doubts((verdict,), now=self._clock.now())
            looked += 1
            _tell(doubt, verdict)
            self._settled()
        return DoubtReport(looked=looked, settled=settled)

    def _heed_clock(self, now: datetime) -> None:
        """Tell of no absence for a while once the clock was set forward: a doubt may be young."""
        zero = now - timedelta(seconds=_seconds())
        if self._zero is not None and zero - self._zero > FORWARD_MIN:
            self._unsure_until = _seconds() + LOOKS[-1].total_seconds()
        self._zero = zero

    def _away(self) -> list[str]:
        """List the kinds of which nothing can be said now: who is away answers no question."""
        return [kind for kind, passage in self._passages.items() if not passage.is_open]

    async def _verdict(self, doubt: Doubt) -> Verdict:
        now = self._clock.now()
        thorough = may_tell_absence(doubt, now) and _seconds() >= self._unsure_until
        looks: list[Evidence] = []
        for seeker in self._seekers.get(doubt.destination.kind, ()):
            if (found := await self._look(seeker, doubt, thorough=thorough)) is not None:
                looks.append(found)
            if found is not None and found.message_id is not None:
                break
        policy = doubt.destination.options.in_doubt or self._policy
        return judge_doubt(doubt, looks, policy=policy, now=now)

    async def _look(self, seeker: Seeker, doubt: Doubt, *, thorough: bool) -> Evidence | None:
        """Look by one way; one that takes too long has told nothing."""
        try:
            async with asyncio.timeout(LOOK_MAX.total_seconds()):
                return await seeker.look(doubt, thorough=thorough)
        except TimeoutError:
            return Evidence(
                way=seeker.way,
                finding=Finding.UNKNOWN,
                at=self._clock.now(),
                detail=f"no answer within {LOOK_MAX.total_seconds():.0f} s",
                cut=True,
            )


def _seconds() -> float:
    """Tell the running loop's own time, which nobody sets."""
    return asyncio.get_running_loop().time()


def _tell(doubt: Doubt, verdict: Verdict) -> None:
    named = {
        "delivery": doubt.parcel.delivery.id,
        "destination": doubt.destination.id,
    }
    if verdict.found is not None:
        log.info("doubt settled: it is there", **named, message_id=verdict.found)
    elif verdict.resend_at is not None:
        log.warning("sent again after a doubt", **named, why=verdict.reason)
    elif verdict.tell:
        log.warning("a doubt waits for an admin", **named)
