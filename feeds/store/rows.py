"""What the store answers beside the nouns: results of its deeds, and rows made for people."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from feeds.model import (
    Attempt,
    Delivery,
    DeliveryState,
    Destination,
    DestinationState,
    Evidence,
    Feed,
    FeedState,
    Notice,
    Pace,
    Route,
    Source,
    Story,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedPoll:
    """What one PollRecord came to; with an `error`, nothing of it was written."""

    feed: int
    stories: tuple[int, ...] = ()  # ids of the new ones, in the order given
    deliveries: int = 0
    error: str | None = None
    failing: bool = False  # from now on the feed is said to fail for long


@dataclass(frozen=True, slots=True, kw_only=True)
class Expired:
    """How many deliveries were cut off while sending, by what became of them."""

    returned: int = 0
    in_doubt: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ailing:
    """An endpoint on its way to be disabled, at a stage that it has just reached."""

    destination: str
    percent: int
    since: datetime
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Parked:
    """A destination that was closed, and the incident that tells of it."""

    notice: int
    destination: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What an admin's decision changed, and for each other id why it did not."""

    changed: tuple[int, ...] = ()
    refused: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovedPlace:
    """What the end of a destination took along; no bare number: none is a removal, too."""

    dropped: int  # deliveries that waited or were held


@dataclass(frozen=True, slots=True, kw_only=True)
class Burst:
    """What a guard holds for one destination for one reason, until an admin decides."""

    id: int  # of its first delivery
    destination: str
    kind: str
    reason: str
    count: int
    since: datetime  # when the first of it came
    oldest: str | None  # titles
    newest: str | None
    destination_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BurstDecided(Decided):
    """What a decision on a burst came to; `roll_up` is the delivery that it now goes out in."""

    roll_up: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclareReport:
    """What the configuration file changed, in words such as "feed daily-berita"."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()  # no longer in the file

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.closed)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedRow:
    """A feed in a list."""

    feed: Feed
    next_poll_why: str
    destinations: tuple[str, ...] = ()  # names of where it goes

    @property
    def id(self) -> int:
        return self.feed.id

    @property
    def name(self) -> str:
        return self.feed.name

    @property
    def url(self) -> str:
        return self.feed.url

    @property
    def title(self) -> str:
        return self.feed.title

    @property
    def state(self) -> FeedState:
        return self.feed.state

    @property
    def every(self) -> timedelta | None:
        return self.feed.every

    @property
    def next_poll_at(self) -> datetime:
        return self.feed.next_poll_at

    @property
    def last_error(self) -> str | None:
        return self.feed.memory.last_error


@dataclass(frozen=True, slots=True, kw_only=True)
class DestinationRow:
    """A destination in a list, with what waits for it."""

    destination: Destination
    waiting: int  # waiting or just being sent
    in_doubt: int
    next_at: datetime | None = None  # when the next one may be tried; None: nothing waits

    @property
    def id(self) -> int:
        return self.destination.id

    @property
    def name(self) -> str:
        return self.destination.name

    @property
    def kind(self) -> str:
        return self.destination.kind

    @property
    def address(self) -> str:
        return self.destination.address

    @property
    def state(self) -> DestinationState:
        return self.destination.state

    @property
    def has_secret(self) -> bool:
        return self.destination.secret is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteRow:
    """A route in a list, with the names of both its ends."""

    route: Route
    feed: str
    destination: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What everything goes by; one merged into another place keeps the name it had."""

    feeds: frozenset[str]
    destinations: frozenset[str]
    routes: frozenset[tuple[str, str]]  # feed, destination
    merged: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryRow:
    """A delivery in a list; a test or a roll-up has no `story_id`, `title`, `url` and `feed`."""

    id: int
    story_id: str | None
    title: str | None
    url: str | None  # the story's link
    feed: str | None  # names
    destination: str
    state: DeliveryState
    reason: str | None
    attempts: int
    seq: int
    occasion: str
    message_id: str | None
    due_at: datetime
    created_at: datetime
    changed_at: datetime
    sent_at: datetime | None
    members: int = 0  # deliveries that go out in this one: it is a roll-up


@dataclass(frozen=True, slots=True, kw_only=True)
class Ahead:
    """What stands before a waiting delivery; its instants may be over."""

    head: int | None = None  # the delivery that its lane sends first
    head_state: DeliveryState | None = None
    head_due_at: datetime | None = None
    lane_until: datetime | None = None  # its lane is left alone until then
    closed: Pace | None = None  # of its chat, token or endpoint: what is closed the longest
    doubt: int | None = None  # a post in doubt that the lane waits for, a minute at most
    outage: str | None = None  # why its service cannot be used, where that is an incident


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryStory:
    """All that is known of one delivery."""

    delivery: Delivery
    story: Story | None
    source: Source | None
    destination: Destination
    attempts: tuple[Attempt, ...]  # the first one first
    route: Route | None = None  # whose options it is rendered with
    evidence: tuple[Evidence, ...] = ()  # what was found while it was in doubt, as above
    goes_out_with: int | None = None  # the roll-up that it is a member of
    members: tuple[DeliveryRow, ...] = ()  # of a roll-up, the newest first, 30 at most
    members_total: int = 0
    ahead: Ahead | None = None  # while it waits


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """How things stand; members count with their roll-up, until they are sent or dropped."""

    feeds: int
    feeds_failing: int
    destinations: int
    destinations_closed: int  # parked or paused
    destinations_failing: int = 0  # open, and their last answer was no good one
    deliveries: Mapping[DeliveryState, int] = field(default_factory=dict)
    oldest_waiting_at: datetime | None = None  # created_at of the oldest waiting in an open lane
    last_poll_at: datetime | None = None
    last_sent_at: datetime | None = None
    closed: tuple[Pace, ...] = ()  # scopes that may not be used now, and why
    outages: tuple[Notice, ...] = ()  # services that do not answer, so that nothing goes out there
    resent: int = 0  # sent again while in doubt: each may stand twice
