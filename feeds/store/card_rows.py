"""What cards in the chat show of one thing: rows made for people, each read at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from feeds.model import DeliveryState, Destination, DestinationState, Feed, FeedState, Route
from feeds.model.people import LoggedChange


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedOfPlace:
    """A feed that goes to a destination, as that one's card lists it."""

    route: int
    feed: int
    name: str
    title: str
    state: FeedState
    failing: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceCard:
    """All that a destination's card shows."""

    destination: Destination
    waiting: int  # waiting or just being sent
    last_sent_at: datetime | None
    undecided: Mapping[DeliveryState, int]  # in doubt, held, failed
    feeds: tuple[FeedOfPlace, ...]  # by name


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceSettings:
    """All that the card of a destination's settings shows."""

    destination: Destination
    change: LoggedChange | None  # the last one of its settings


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceOfFeed:
    """A destination that a feed goes to, as the feed's card lists it."""

    route: int
    destination: int
    name: str
    title: str
    kind: str
    state: DestinationState


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteCard:
    """All that a route's card shows."""

    route: Route
    feed: Feed
    destination: Destination
    change: LoggedChange | None  # the last one of this route


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedSettings:
    """What may be set on a feed."""

    feed: Feed
    change: LoggedChange | None  # the last one of this feed; those of its routes are none


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedCard(FeedSettings):
    """All that a feed's card shows."""

    places: tuple[PlaceOfFeed, ...]  # by name
    headlines: tuple[str, ...]  # of its newest stories, the newest first


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedDelivery:
    """A delivery on a page of them; a test, an incident's message or a roll-up has no title."""

    id: int
    state: DeliveryState
    title: str
    occasion: str
    place_name: str
    place_title: str
    changed_at: datetime
    members: int  # stories that go out in this one: it is a roll-up


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryPage:
    """A page of deliveries, the newest first, and how many there are by state."""

    rows: tuple[ListedDelivery, ...]
    counts: Mapping[DeliveryState, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceName:
    """A destination as one is chosen from."""

    id: int
    name: str
    title: str
    kind: str
    state: DestinationState
