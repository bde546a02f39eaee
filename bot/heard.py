"""What was heard of endpoints, from claim to claim: it decides who gets the slots.

Kept by this process alone: another, or the next, finds out anew.
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime

from bot.slots import Served, after, hush, is_late, is_well, room_for
from feeds.model import ENDPOINTS, Lane, Settlement, Shares

REMEMBERED_MAX = 4_096  # endpoints that were late, or heard in a hush; the oldest go first


class Heard:
    """Knows the lanes in flight, which endpoints were late the last time, and who is alive."""

    def __init__(self, slots: Mapping[str, int]) -> None:
        self._slots = slots
        self.busy: dict[int, Served] = {}  # by destination
        self._late: dict[int, None] = {}
        self._alive: dict[str, dict[int, None]] = defaultdict(dict)  # by kind, in a hush
        self._hush: dict[str, datetime] = {}  # by kind: when it was last seen

    def of_kind(self, kind: str) -> list[Served]:
        """List the lanes in flight of a kind."""
        return [lane for lane in self.busy.values() if lane.kind == kind]

    def free(self, kind: str) -> int:
        """Count the slots of a kind that serve nobody."""
        return max(self._slots[kind] - len(self.of_kind(kind)), 0)

    def shares(self, kind: str, now: datetime) -> Shares | None:
        """Tell how what is free goes to endpoints; None: these are none, any may have it."""
        if kind not in ENDPOINTS:
            return None
        self._look(kind, now)
        hushed = kind in self._hush
        room = room_for(self._slots[kind], self.of_kind(kind), now, hushed=hushed)
        return Shares(
            suspects=room.suspects,
            strangers=room.strangers if hushed else None,
            late=tuple(self._late),
            alive=tuple(self._alive[kind]),
        )

    def claimed(self, lane: Lane, now: datetime) -> None:
        """Note a lane as it is claimed."""
        place = lane.destination
        self.busy[place.id] = Served(
            kind=place.kind,
            is_suspect=place.is_suspect or place.id in self._late,
            heard_at=now,
            is_alive=place.id in self._alive[place.kind],
        )

    def answered(self, settlement: Settlement, now: datetime) -> None:
        """Note an answer, or its lack."""
        lane, attempt = settlement.destination, settlement.attempt
        self.busy[lane] = after(self.busy[lane], settlement, now)
        kind = self.busy[lane].kind
        if kind in ENDPOINTS:
            _mark(self._late, lane, holds=is_late(attempt))
            _mark(self._alive[kind], lane, holds=kind in self._hush and is_well(attempt))

    def _look(self, kind: str, now: datetime) -> None:
        seen_at = hush(self._hush.pop(kind, None), self._slots[kind], self.of_kind(kind), now)
        if seen_at is not None:
            self._hush[kind] = seen_at
        else:
            self._alive[kind].clear()


def _mark(known: dict[int, None], lane: int, *, holds: bool) -> None:
    known.pop(lane, None)
    if holds:
        known[lane] = None
    if len(known) > REMEMBERED_MAX:
        del known[next(iter(known))]
