"""What Berita itself knows when the day is over, read straight off its tables."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from tests.world.disk import Disk


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One try; instants are milliseconds of Berita's own clock."""

    started_at: int
    ended_at: int | None
    outcome: str | None
    status: int | None
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One look after a post in doubt."""

    at: int
    way: str
    finding: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One row of the outbox, with all that is kept of it."""

    id: int
    webhook_id: str
    place: str  # the destination's name
    kind: str
    title: str
    feed: str
    state: str
    reason: str | None
    seq: int
    counted: int  # attempts that count
    message_id: str | None
    attempts: tuple[Attempt, ...]
    looks: tuple[Look, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """An incident, and how often each half was told."""

    key: str
    kind: str
    delivery: int | None
    begun_at: int
    over_at: int | None
    told: tuple[tuple[str, str | None], ...]  # (which half, as which message)


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """All of it."""

    deliveries: tuple[Delivery, ...]
    stories: tuple[tuple[str, str], ...]  # (feed, title), in order of acceptance
    notices: tuple[Notice, ...]
    feeds: dict[str, tuple[str, str | None]]  # name → state, last error
    places: dict[str, tuple[str, str]]  # name → state, address


_DELIVERIES = """
    SELECT d.id, d.webhook_id, p.name, p.kind, s.title, f.name, d.state, d.reason, d.seq,
           d.attempts, d.message_id
    FROM deliveries d JOIN destinations p ON p.id = d.destination
    JOIN stories s ON s.id = d.story JOIN feeds f ON f.id = s.feed ORDER BY d.id
"""
_ATTEMPTS = """
    SELECT delivery, started_at, ended_at, outcome, status, detail
    FROM attempts ORDER BY delivery, number
"""
_LOOKS = "SELECT delivery, at, way, finding, detail FROM evidence ORDER BY delivery, number"
_STORIES = "SELECT f.name, s.title FROM stories s JOIN feeds f ON f.id = s.feed ORDER BY s.id"
_NOTICES = "SELECT id, key, kind, delivery, begun_at, over_at FROM notices ORDER BY id"
_TELLINGS = "SELECT notice, what, message_id FROM tellings WHERE told_at IS NOT NULL ORDER BY 1, 2"


def read_books(disk: Disk) -> Books:
    """Read everything."""
    attempts = _grouped(disk.look(_ATTEMPTS))
    looks = _grouped(disk.look(_LOOKS))
    told = _grouped(disk.look(_TELLINGS))
    return Books(
        deliveries=tuple(_delivery(row, attempts, looks) for row in disk.look(_DELIVERIES)),
        stories=tuple(disk.look(_STORIES)),
        notices=tuple(
            Notice(
                key=key,
                kind=kind,
                delivery=delivery,
                begun_at=begun_at,
                over_at=over_at,
                told=tuple(told[id_]),
            )
            for id_, key, kind, delivery, begun_at, over_at in disk.look(_NOTICES)
        ),
        feeds={
            name: (state, error)
            for name, state, error in disk.look("SELECT name, state, last_error FROM feeds")
        },
        places={
            name: (state, address)
            for name, state, address in disk.look("SELECT name, state, address FROM destinations")
        },
    )


def _grouped(rows: list[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for first, *rest in rows:
        found[first].append(tuple(rest))
    return found


def _delivery(row: Any, attempts: dict[int, list[Any]], looks: dict[int, list[Any]]) -> Delivery:
    return Delivery(
        id=row[0],
        webhook_id=row[1],
        place=row[2],
        kind=row[3],
        title=row[4],
        feed=row[5],
        state=row[6],
        reason=row[7],
        seq=row[8],
        counted=row[9],
        message_id=row[10],
        attempts=tuple(
            Attempt(started_at=a[0], ended_at=a[1], outcome=a[2], status=a[3], detail=a[4])
            for a in attempts[row[0]]
        ),
        looks=tuple(
            Look(at=look[0], way=look[1], finding=look[2], detail=look[3]) for look in looks[row[0]]
        ),
    )
