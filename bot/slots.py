"""PURE: how many lanes of a kind may be claimed now, and of which endpoints.

One that is unproven, fails again and again or was late the last time is suspect: it may hold its
slot for as long as a send may take. All of those, and whatever hangs now, get half of the slots at
most: a thousand dead ones leave the other half to the living. And endpoints that worked until now
may fall silent together, which can be told by waiting alone: in such a hush a quarter of the slots
is left to those that were heard in it, but for a few of the others at a time.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from feeds.model import Attempt, Settlement

SENT = "sent"  # the outcome of an attempt that proves an endpoint
LATE = timedelta(seconds=2)  # an answer that took as long came late
HANGS = timedelta(seconds=3)  # a lane of which nothing was heard; two of them may be its own pace
CALM = timedelta(minutes=1)  # a hush ends so long after it was last seen


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A lane in flight."""

    kind: str
    is_suspect: bool
    heard_at: datetime  # its last answer, or when it was claimed
    is_alive: bool = False  # heard in this hush


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """How many lanes of a kind may be claimed: of suspects, and of those not known to be alive."""

    free: int
    suspects: int
    strangers: int


def is_late(attempt: Attempt) -> bool:
    """Tell whether its answer took long, or did not come in time."""
    return attempt.ended_at is None or attempt.ended_at - attempt.started_at >= LATE


def is_well(attempt: Attempt) -> bool:
    """Tell whether it was taken, and soon."""
    return attempt.outcome == SENT and not is_late(attempt)


def after(was: Served, settlement: Settlement, now: datetime) -> Served:
    """Note what an answer, or its lack, says of a lane in flight."""
    well = is_well(settlement.attempt)
    suspect = is_late(settlement.attempt) or (was.is_suspect and not well)
    return Served(kind=was.kind, is_suspect=suspect, heard_at=now, is_alive=well)


def hangs(lane: Served, now: datetime) -> bool:
    """Tell whether nothing was heard of a lane in flight for some seconds."""
    return now - lane.heard_at >= HANGS


def hush(
    seen_at: datetime | None, slots: int, busy: Collection[Served], now: datetime
) -> datetime | None:
    """Tell when a hush was last seen, more than half of the slots hanging; None: there is none."""
    if 2 * sum(hangs(lane, now) for lane in busy) > slots:
        return now
    return seen_at if seen_at is not None and abs(now - seen_at) < CALM else None


def room_for(slots: int, busy: Collection[Served], now: datetime, *, hushed: bool = False) -> Room:
    """Tell what room a kind of endpoints has; of a single slot, half is all of it."""
    free = max(slots - len(busy), 0)
    doubtful = sum(lane.is_suspect or hangs(lane, now) for lane in busy)
    return Room(
        free=free,
        suspects=min(free, max(max(slots // 2, 1) - doubtful, 0)),
        strangers=_strangers(slots, busy, now) if hushed else free,
    )


def _strangers(slots: int, busy: Collection[Served], now: datetime) -> int:
    """Tell how many may be tried in a hush: of the last quarter half, a few at a time."""
    free = max(slots - len(busy), 0)
    unheard = [lane for lane in busy if not lane.is_alive]
    room = slots - slots // 4 - len(unheard)
    if room <= 0:
        fresh = sum(not hangs(lane, now) for lane in unheard)
        room = min(slots - slots // 8 - len(unheard), max(slots // 50, 1) - fresh)
    return min(free, max(room, 0))
