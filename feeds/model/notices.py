"""What admins must hear of: an incident, told once when it begins and once when it is over."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from feeds.model.states import Ended, NoticeKind, Told


def template_key(feed: int, destination: int) -> str:
    """Name the incident of a route whose template cannot tell a story."""
    return f"template:{feed}:{destination}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Admin:
    """Who decided something in the chat."""

    person: int  # a Telegram user id
    name: str  # as he calls himself


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How an incident came to its end; kept with it for those who heard of its begin."""

    how: Ended
    by: Admin | None = None  # None: nobody in the chat


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """Something that admins are to be told of; while it lasts, its `key` is told once."""

    key: str  # "parked:7", "in_doubt:123"
    kind: NoticeKind
    destination: int | None = None
    feed: int | None = None
    delivery: int | None = None
    details: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """An incident as stored."""

    id: int
    incident: Incident
    begun_at: datetime
    over_at: datetime | None = None
    ending: Ending | None = None  # of one that is over, where it is known


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """One notice for one person, not told yet."""

    notice: Notice
    person: int  # a Telegram user id
    what: Told
    again: bool = False  # begun before, and whether it was heard is not known
