"""PURE: everything that can be set, as the nouns of one JSON file, and how that is written.

`every_seconds` null is the default interval, `start` null is "all". Secrets are left out unless
asked for.
"""

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from feeds.errors import BadRequest
from feeds.model import WEBHOOK, DestinationOptions, RouteOptions

FORMAT = 1
KEY = "berita"

Part = Literal["feed", "destination", "route"]


@dataclass(frozen=True, slots=True, kw_only=True)
class BundledFeed:
    """A feed and its settings."""

    url: str
    name: str | None = None  # None: made from the title
    title: str = ""
    every: timedelta | None = None
    start: int | None = 0
    paused: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BundledDestination:
    """A destination and its settings."""

    name: str
    kind: str
    address: str | None  # None: it is a secret, and secrets were not asked for
    title: str = ""
    resolved: bool = False
    paused: bool = False
    secret: str | None = field(default=None, repr=False)
    options: DestinationOptions = field(default_factory=DestinationOptions)


@dataclass(frozen=True, slots=True, kw_only=True)
class BundledRoute:
    """A route, its ends by name."""

    feed: str
    destination: str
    options: RouteOptions = field(default_factory=RouteOptions)


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleFault:
    """An item that could not be read; where it says its name, nothing else here is meant by it."""

    what: Part
    number: int  # its place in its list, from 1
    name: str  # empty: none could be read
    error: BadRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """All of it, and what could not be read."""

    feeds: tuple[BundledFeed, ...] = ()
    destinations: tuple[BundledDestination, ...] = ()
    routes: tuple[BundledRoute, ...] = ()
    faults: tuple[BundleFault, ...] = ()

    def __len__(self) -> int:
        return len(self.feeds) + len(self.destinations) + len(self.routes) + len(self.faults)


def write_bundle(bundle: Bundle, *, now: datetime) -> bytes:
    """Write the file; secrets are in it where the bundle holds them."""
    document = {
        KEY: FORMAT,
        "exported_at": now.isoformat(timespec="seconds"),
        "feeds": [_feed_out(feed) for feed in bundle.feeds],
        "destinations": [_destination_out(place) for place in bundle.destinations],
        "routes": [_route_out(route) for route in bundle.routes],
    }
    return json.dumps(document, ensure_ascii=False, indent=2).encode() + b"\n"


def _feed_out(feed: BundledFeed) -> dict[str, Any]:
    return {
        "name": feed.name,
        "url": feed.url,
        "title": feed.title,
        "every_seconds": None if feed.every is None else int(feed.every.total_seconds()),
        "start": feed.start,
        "paused": feed.paused,
    }


def _destination_out(place: BundledDestination) -> dict[str, Any]:
    age = place.options.max_age
    written: dict[str, Any] = {
        "name": place.name,
        "kind": place.kind,
        "address": place.address,
        "title": place.title,
        "resolved": place.resolved,
        "paused": place.paused,
        "language": place.options.language,
        "in_doubt": place.options.in_doubt,
        "max_age_seconds": None if age is None else int(age.total_seconds()),
        "backlog": None if place.options.backlog is None else str(place.options.backlog),
    }
    if place.secret is not None:
        written["secret"] = place.secret
    if place.kind == WEBHOOK:
        written |= {
            "events": list(place.options.events),
            "format": place.options.format,
            "max_per_second": place.options.max_per_second,
        }
    if place.options.headers:
        written["headers"] = dict(place.options.headers)
    return written


def _route_out(route: BundledRoute) -> dict[str, Any]:
    return {"feed": route.feed, "destination": route.destination, **asdict(route.options)}
