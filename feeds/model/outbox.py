"""The outbox at work: lanes claimed, intents, attempts and what became of them."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from feeds.model.states import DeliveryState
from feeds.model.stories import Delivery, Destination, RouteOptions, Story


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What a reader is told of a feed."""

    id: int
    name: str
    title: str
    url: str
    link: str | None


def public_url(url: str, link: str | None) -> str | None:
    """Tell anybody where a feed is: without user, query and fragment, where private ones have keys.

    No path of this machine is told: a `file:` feed is known by its site, `link`.
    """
    told = url if url.startswith(("http://", "https://")) else link
    if told is None:
        return None
    scheme, separator, rest = re.split(r"[?#]", told, maxsplit=1)[0].partition("://")
    place, slash, path = rest.partition("/")
    return f"{scheme}{separator}{place.rpartition('@')[2]}{slash}{path}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """A delivery with all it takes to render it; without a story `story` and `source` are None.

    A roll-up has no story, but `members`, the newest first and not more than are shown, of
    `members_total`, and their `sources`.
    """

    delivery: Delivery
    story: Story | None
    source: Source | None
    options: RouteOptions
    members: tuple[Story, ...] = ()
    members_total: int = 0
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """A destination claimed under a lease, with the head of its queue in `seq` order."""

    destination: Destination
    epoch: int  # the fencing token: every write of this claim names it
    lease_until: datetime
    parcels: tuple[Parcel, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """How the lanes claimed for endpoints are shared out; `late` and `alive` are destinations."""

    suspects: int  # at most, of those that may well not answer
    strangers: int | None = None  # at most, of all that are not known to be alive; None: any
    late: tuple[int, ...] = ()  # suspects, too: their last answer did not come in time
    alive: tuple[int, ...] = ()  # they answered while many others did not


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """What a scope (a chat, a bot token, an endpoint) has used up, as stored.

    `recent` are the instants of the last sends, oldest first, at most 64.
    """

    scope: str  # "telegram:bot:123", "telegram:chat:-100…", "webhook:7"
    recent: tuple[datetime, ...] = ()
    not_before: datetime | None = None
    reason: str | None = None  # why `not_before`: "429", "401 Unauthorized"


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """The wish to send one delivery now; committed before the first byte may leave."""

    delivery: int
    destination: int
    epoch: int
    body: bytes
    at: datetime
    paces: tuple[Pace, ...] = ()  # as they are once this send is counted
    members: int = 0  # stories that the body of a roll-up tells; if some left it since, it is stale


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One try at a delivery and its outcome; kept, so that "why?" can be answered."""

    delivery: int
    number: int
    started_at: datetime
    ended_at: datetime | None = None  # None: begun, and no outcome was ever written
    outcome: str | None = None  # "sent", "retry_later", "rejected", "gone", "moved", "in_doubt"
    status: int | None = None  # HTTP or Bot API status
    detail: str = ""  # at most 2,000 characters, no secret
    wait: timedelta | None = None  # until the next try


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """What became of an attempt, and what it means for the delivery and its destination."""

    delivery: int
    destination: int
    epoch: int
    attempt: Attempt  # its `number` is filled in by the store
    state: DeliveryState
    reason: str | None = None
    due_at: datetime | None = None  # for WAITING
    counts: bool = True  # False: this attempt burns none (a 429, a 401)
    plain: bool = False  # from now on in plain form; the frozen body is dropped
    overtakable: bool = False  # WAITING for a reason of this story alone: those behind may pass
    message_id: str | None = None
    park: str | None = None  # the reason to park the destination
    address: str | None = None  # the destination's new canonical address (Moved)
    not_before: datetime | None = None  # for the destination's whole lane
    paces: tuple[Pace, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneRelease:
    """A lane given back; `not_before` says when a look at it is worth while again."""

    destination: int
    epoch: int
    not_before: datetime | None = None
