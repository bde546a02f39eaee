"""PURE: how many lanes of a kind may be claimed now, and how many of these may be suspects.

An endpoint that is unproven (it never took anything) or silent (the last time it did not) may hold
its slot for as long as a send may take. All of those together get half of the slots at most: a
thousand dead ones leave the other half to the living.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from feeds.model import ENDPOINTS, Lane, Settlement

SENT = "sent"  # the outcome of an attempt that proves an endpoint


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A lane in flight."""

    kind: str
    is_suspect: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """How many lanes of a kind may be claimed; `suspects` of them at most, None: any."""

    free: int
    suspects: int | None


def served(lane: Lane) -> Served:
    """Note a lane as it is claimed."""
    return Served(kind=lane.destination.kind, is_suspect=lane.destination.is_suspect)


def after(was: Served, settlement: Settlement) -> Served:
    """Note what an answer, or its lack, says of a lane in flight."""
    return Served(kind=was.kind, is_suspect=settlement.attempt.outcome != SENT)


def room_for(kind: str, slots: Mapping[str, int], busy: Collection[Served]) -> Room:
    """Tell what room a kind has; of a single slot, half is all of it."""
    of_kind = [each.is_suspect for each in busy if each.kind == kind]
    free = max(slots[kind] - len(of_kind), 0)
    if kind not in ENDPOINTS:
        return Room(free=free, suspects=None)
    share = max(slots[kind] // 2, 1)
    return Room(free=free, suspects=min(free, max(share - sum(of_kind), 0)))
