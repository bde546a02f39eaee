"""What the configuration file declares."""

from dataclasses import dataclass, field
from datetime import timedelta

from feeds.model.stories import DestinationOptions, RouteOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredFeed:
    """A [[feed]] of the file."""

    name: str
    url: str
    every: timedelta | None = None
    start: int | None = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredDestination:
    """A [[destination]] of the file; `address` is as written, canonical in form where it can be."""

    name: str
    kind: str
    address: str
    secret: str | None = field(default=None, repr=False)
    options: DestinationOptions = field(default_factory=DestinationOptions)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredRoute:
    """One feed → destination pair of a [[route]]."""

    feed: str
    destination: str
    options: RouteOptions = field(default_factory=RouteOptions)


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """All that the configuration file declares."""

    feeds: tuple[DeclaredFeed, ...] = ()
    destinations: tuple[DeclaredDestination, ...] = ()
    routes: tuple[DeclaredRoute, ...] = ()
