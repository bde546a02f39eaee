"""What every deed of the catalog needs: the store, the outside, and things found by name."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Self

from feeds.catalog.names import unknown
from feeds.catalog.reserved import NOTHING, Reserved
from feeds.errors import Conflict
from feeds.fetch import FetchLimits
from feeds.model import Destination, Feed, Origin, Route
from feeds.model.people import Change
from feeds.ports import Addresses, Clock, Parser, Web
from feeds.store import Store

DECLARED = "is declared in berita.toml: change it there."


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """What deeds that look at feeds or addresses need besides the store."""

    web: Web
    parser: Parser
    addresses: Addresses
    limits: FetchLimits
    new_secret: Callable[[str], str | None]  # by kind; None: nothing is signed for that kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The tools at hand, and finding by name or id; raises UnknownName with near matches.

    Without `outside` the deeds that need it must not be called: a programmer's fault.
    """

    store: Store
    clock: Clock
    every_min: timedelta  # the shortest interval allowed
    outside: Outside | None = None
    reserved: Reserved = NOTHING  # what the file declares, taken up yet or not
    by: int | None = None  # the person whose deeds these are; None: the command line

    def on_behalf_of(self, person: int) -> Self:
        """Give a desk whose deeds the log knows as this person's."""
        return replace(self, by=person)

    def noting(self, what: str, **change: Any) -> Store:
        """Give the store for one deed; the log tells of it. `change` are fields of Change."""
        noted = Change(what=what, person=self.by, **change)
        return self.store.noting(noted, now=self.clock.now())

    def reach(self) -> Outside:
        """Give what is outside to a deed that needs it."""
        assert self.outside is not None, "this deed needs the outside, and none was opened"
        return self.outside

    async def feed(self, name: str) -> Feed:
        """Find a feed by its name or id."""
        found = await self.store.feed_by(name)
        if found is None:
            raise unknown("feed", name, (row.name for row in await self.store.list_feeds()))
        return found

    async def destination(self, name: str) -> Destination:
        """Find a destination by its name or id."""
        found = await self.store.destination_by(name)
        if found is None:
            rows = await self.store.list_destinations()
            raise unknown("destination", name, (row.name for row in rows))
        return found

    async def destinations(self, names: Iterable[str]) -> tuple[Destination, ...]:
        """Find several, each once."""
        found = [await self.destination(name) for name in names]
        return tuple({place.id: place for place in found}.values())


def ours_to_change(thing: Feed | Destination | Route, called: str) -> None:
    """Refuse to change what the file owns; raises Conflict."""
    if thing.origin is Origin.FILE:
        raise Conflict(f"“{called}” {DECLARED}", "error.declared", name=called)
