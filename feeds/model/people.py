"""Who may command the bot, how they came to it, and what they changed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, StrEnum, auto


class Role(StrEnum):
    """How much a person may do."""

    OWNER = "owner"  # everything
    STEWARD = "steward"  # the channels he was invited to, while Telegram calls him their admin
    GUEST = "guest"  # nothing; remembered for his language alone


class Taken(Enum):
    """What taking an update up found."""

    NOW = auto()  # it is new
    CUT_OFF = auto()  # an earlier run took it up and did not end it
    BEFORE = auto()  # it is done, or under way


class TicketKind(StrEnum):
    """What a one-time code is good for."""

    CLAIM = "claim"  # its bearer becomes the owner, as long as there is none
    INVITE = "invite"  # its bearer becomes a steward of one channel


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who speaks to the bot, by his Telegram user id."""

    id: int
    name: str = ""
    language: str | None = None  # what he chose; None: what his Telegram says
    role: Role = Role.GUEST
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """A one-time code as stored: its digest alone."""

    kind: TicketKind
    destination: int | None  # of an invite
    made_by: int | None  # a person; None: the command line
    made_at: datetime
    expires_at: datetime
    used_by: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What somebody changed; `before` and `after` hold what it takes to undo it."""

    what: str  # "route.set", "feed.pause" …
    person: int | None = None  # None: the command line
    feed: int | None = None
    destination: int | None = None
    route: int | None = None
    before: Mapping[str, object] = field(default_factory=dict)
    after: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedChange:
    """A change as stored."""

    id: int
    at: datetime
    change: Change
    undone_at: datetime | None = None
    person_name: str = ""  # as he last called himself
    feed_name: str | None = None  # by now, removed or not
    destination_name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """Where a person's conversation with the bot stands: a wizard's kind and what it knows."""

    person: int
    kind: str
    data: Mapping[str, object]
    changed_at: datetime
