"""Stories, and where they go: destinations, routes, deliveries."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from feeds.model.backlog import Backlog
from feeds.model.states import (
    PUBLISHED,
    ROLL_UP,
    DeliveryState,
    DestinationState,
    Event,
    EventFormat,
    InDoubtPolicy,
    KeyKind,
    Layout,
    Origin,
)

Headers = tuple[tuple[str, str], ...]  # name as it was written, value


SUSPECT_AFTER = 2  # failures in a row: one happens to the best


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """An entry accepted as new, stored."""

    id: int
    story_id: str  # public: "sty_" + 22 base62 characters
    feed: int
    title: str
    link: str | None
    summary: str
    author: str | None = None
    published_at: datetime | None = None
    updated_at: datetime | None = None
    image: str | None = None
    tags: tuple[str, ...] = ()
    language: str | None = None
    found_by: KeyKind = KeyKind.GUID
    accepted_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DestinationOptions:
    """What may be set for one destination; None means the configuration's default.

    Nothing grows too old without `max_age` (1 minute to 365 days). Without `backlog` all goes out
    after an outage, and after a closure the newest few: an admin decides on the rest.
    """

    language: str | None = None
    in_doubt: InDoubtPolicy | None = None
    headers: Headers = field(default=(), repr=False)  # sent along; secrets
    events: tuple[Event, ...] = (Event.STORY_PUBLISHED,)  # what a webhook is told of
    format: EventFormat = EventFormat.STANDARD
    max_age: timedelta | None = None  # what waited longer is dropped
    backlog: Backlog | None = None
    max_per_second: int | None = None  # calls to a webhook, 1 to 1,000


@dataclass(frozen=True, slots=True, kw_only=True)
class Failing:
    """An unbroken row of failures: since the first of them the endpoint has taken nothing."""

    since: datetime
    last_at: datetime | None = None  # when it failed last; None: it was not written down then
    failures: int  # 1 and more
    answer: str  # the last one, or what there was in its place


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """A place to publish: kind + canonical address, unique per kind."""

    id: int
    name: str
    kind: str
    address: str  # canonical once `resolved`; as typed before
    title: str = ""  # what the other side calls itself: the chat's title
    resolved: bool = True
    origin: Origin = Origin.ADMIN
    state: DestinationState = DestinationState.OPEN
    state_reason: str | None = None
    secret: str | None = field(default=None, repr=False)
    old_secret: str | None = field(default=None, repr=False)  # the one before, for a while
    old_secret_until: datetime | None = None
    options: DestinationOptions = DestinationOptions()
    not_before: datetime | None = None  # nothing may be sent earlier: a 429, a failing endpoint
    created_at: datetime
    proven: bool = False  # an endpoint that took something once
    failing: Failing | None = None  # its health; of endpoints alone

    @property
    def is_suspect(self) -> bool:
        """Tell that it may well not answer: it never did, or not for some times by now."""
        failures = self.failing.failures if self.failing else 0
        return not self.proven or failures >= SUSPECT_AFTER

    def secrets_at(self, now: datetime) -> tuple[str, ...]:
        """List the secrets that sign at `now`, the newest first."""
        overlaps = self.old_secret_until is not None and now < self.old_secret_until
        signing = (self.secret, self.old_secret if overlaps else None)
        return tuple(secret for secret in signing if secret)


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteOptions:
    """How a feed's stories look at one destination."""

    silent: bool = False
    preview: bool = True
    summary_max: int = 400  # UTF-16 units, 0 to 3000; 0: no lead
    layout: Layout = Layout.CARD
    source: bool = True  # the line under the lead says who published it
    time: bool = True  # … and when
    hashtags: tuple[str, ...] = ()  # its own, without "#"; feeds.hashtags says what one may be
    hashtags_from_tags: bool = False  # and those that the story's tags make
    language: str | None = None  # of labels and dates; None: the destination's
    filter: tuple[str, ...] = ()  # rules that must all hold, as feeds.filters writes them
    template: str = ""  # tells a story in its own words, see feeds.templates; empty: the card


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """feed → destination; one live route per pair."""

    id: int
    feed: int
    destination: int
    origin: Origin = Origin.ADMIN
    options: RouteOptions = RouteOptions()
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One story, on one occasion, for one destination: a row of the outbox."""

    id: int
    webhook_id: str  # public, stable over every attempt: "msg_" + 22 base62 characters
    destination: int
    story: int | None  # None: a test, a roll-up, or an event that is no story's
    occasion: str = PUBLISHED
    state: DeliveryState = DeliveryState.WAITING
    reason: str | None = None
    seq: int
    attempts: int = 0  # those that count: a 429 does not
    plain: bool = False  # refused as malformed once: title and link only from now on
    body: bytes | None = None  # frozen at the first attempt; the same bytes ever after
    message_id: str | None = None
    details: Mapping[str, Any] | None = None  # what an event that is no story's tells
    due_at: datetime
    created_at: datetime
    sent_at: datetime | None = None

    @property
    def is_roll_up(self) -> bool:
        """Whether other deliveries, its members, go out in this one."""
        return self.story is None and self.occasion.startswith(f"{ROLL_UP}:")
