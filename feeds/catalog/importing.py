"""Files in: an import adds what is missing, and goes on over what is wrong or known."""

from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Literal

from feeds.catalog.bundle import (
    Bundle,
    BundledDestination,
    BundledFeed,
    BundledRoute,
    BundleFault,
)
from feeds.catalog.destinations import DestinationDeeds
from feeds.catalog.feeds import FeedDeeds, check_start
from feeds.catalog.names import checked, name_for
from feeds.catalog.probe import checked_url, shown
from feeds.catalog.route_changes import RouteChanges
from feeds.catalog.routes import RouteDeeds
from feeds.errors import AddressError, BadRequest, BeritaError, Conflict, StoreError
from feeds.model import Destination, Feed, Origin, RouteOptions

NAMED_MAX = 4  # of what is declared, too
WITH_SECRETS = "where it is a key, it is exported with secrets alone"
What = Literal["feed", "destination", "route"]
Outcome = Literal["added", "known", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What became of one item of an imported file."""

    what: What
    called: str
    outcome: Outcome
    why: str = ""
    error: BeritaError | None = None  # what `why` says, for who speaks another language
    routed: int = 0  # routes that a feed known before has got
    number: int = 0  # its place in its list, from 1, where it could not be read
    instead_of: str = ""  # what the file calls it, where something else here has that name


class ImportDeeds(FeedDeeds, DestinationDeeds, RouteDeeds):
    """Deeds that add many things at once."""

    __slots__ = ()

    async def import_bundle(
        self, bundle: Bundle, *, to: tuple[str, ...] = ()
    ) -> AsyncIterator[Imported]:
        """Add what is not there yet, item by item; feeds also get routes to `to`.

        No feed is fetched: it is stored due, and its first poll judges. What is known stays as it
        is. Raises UnknownName for `to`, Conflict where the configuration declares what no run has
        taken up yet, and StoreError; any other fault is told and passed over.
        """
        everywhere = await self.destinations(to)
        await self._refuse_declared(bundle)
        names = _Names()
        for fault in bundle.faults:
            names.note(fault)
            item = _failed(fault.what, f"number {fault.number}", fault.error)
            yield replace(item, number=fault.number)
        for place in bundle.destinations:
            yield await self._import_destination(place, names)
        for feed in bundle.feeds:
            yield await self._import_feed(feed, everywhere, names)
        for route in bundle.routes:
            yield await self._import_route(route, names)

    async def _refuse_declared(self, bundle: Bundle) -> None:
        """Refuse the whole where a part of it would keep the next run from taking up the file."""
        live = await self.store.names()
        feeds = (self.reserved.feed_at(feed.url) for feed in bundle.feeds)
        twice = [f"feed {name}" for name in feeds if name and name not in live.feeds]
        for place in bundle.destinations if self.reserved.destinations else ():
            with suppress(AddressError):
                address = self.reach().addresses.read(place.kind, place.address or "")
                name = self.reserved.place_at(place.kind, address, self.reach().addresses)
                if name and name not in live.destinations | live.merged:
                    twice.append(f"destination {name}")
        if twice:
            raise Conflict(
                f"Nothing is imported: berita.toml declares {', '.join(twice[:NAMED_MAX])}, which"
                " the file holds, too, and no run has taken it up yet. Have `berita run --once` do"
                " that, or take it out of berita.toml; then import again."
            )

    async def _import_feed(
        self, feed: BundledFeed, to: tuple[Destination, ...], names: "_Names"
    ) -> Imported:
        called = shown(feed.url)
        try:
            url = checked_url(feed.url)
            known = await self.store.find_feed_by_url(url)
            added = known or await self._new_feed(feed, url, to, names)
            names.feeds[feed.name or added.name] = added.name
            routed = 0
            for place in to if known else ():
                routed += await self._route_unless_there(added.name, place.name)
        except StoreError:
            raise
        except BeritaError as error:
            names.failed_feeds.add(feed.name or "")
            return _failed("feed", called, error)
        return Imported(
            what="feed",
            called=added.name,
            outcome="known" if known else "added",
            routed=routed,
            instead_of=_other(feed.name, added.name),
        )

    async def _new_feed(
        self, feed: BundledFeed, url: str, to: tuple[Destination, ...], names: "_Names"
    ) -> Feed:
        self.check_every(feed.every)
        check_start(feed.start)
        if names.taken_feeds is None:
            names.taken_feeds = {row.name for row in await self.store.list_feeds()}
            names.taken_feeds |= self.reserved.feeds.keys()
        name = checked(feed.name) if feed.name else ""
        if not name or name in names.taken_feeds:
            name = name_for(
                title=name or feed.title, url=url, fallback="feed", taken=names.taken_feeds
            )
        names.taken_feeds.add(name)
        return await self.store_feed(
            url,
            name,
            every=feed.every,
            start=feed.start,
            destinations=to,
            options=RouteOptions(),
            paused=feed.paused,
        )

    async def _import_destination(self, place: BundledDestination, names: "_Names") -> Imported:
        try:
            added, known = await self._known_or_new(place)
        except StoreError:
            raise
        except BeritaError as error:
            names.failed_destinations[place.name] = place.kind if place.address is None else ""
            return _failed("destination", place.name, error)
        names.destinations[place.name] = added.name
        outcome: Outcome = "known" if known else "added"
        return Imported(
            what="destination",
            called=added.name,
            outcome=outcome,
            instead_of=_other(place.name, added.name),
        )

    async def _known_or_new(self, place: BundledDestination) -> tuple[Destination, bool]:
        self.check_kind(place.kind)
        if place.address is None:
            raise BadRequest(
                f"the address of a {place.kind} is missing: {WITH_SECRETS}",
                "error.bundle.no_address",
                kind=place.kind,
            )
        address = self.reach().addresses.read(place.kind, place.address)
        rows = await self.store.list_destinations()
        for there in (row.destination for row in rows):
            if (there.kind, there.address) == (place.kind, address):
                return there, True
        taken = {row.name for row in rows} | self.reserved.destinations.keys()
        name = checked(place.name)
        options = self.options_for(place.kind, place.address, place.options)
        made = self.reach().new_secret(place.kind)
        added = await self.noting("destination.add").add_destination(
            name_for(title=name, url="", fallback=place.kind, taken=taken)
            if name in taken
            else name,
            place.kind,
            address,
            title=place.title,
            secret=(place.secret or made) if made else None,
            options=options,
            origin=Origin.ADMIN,
            resolved=place.resolved and not address.startswith("@"),  # else one chat may be two
            paused=place.paused,
            now=self.clock.now(),
        )
        return added, False

    async def _import_route(self, route: BundledRoute, names: "_Names") -> Imported:
        feed = names.feeds.get(route.feed, route.feed)
        destination = names.destinations.get(route.destination, route.destination)
        called = f"{feed} → {destination}"
        try:
            await self._refuse_namesakes(route, names)
            changes = RouteChanges.to(route.options)
            new = await self._route_unless_there(feed, destination, changes)
        except StoreError:
            raise
        except BeritaError as error:
            return _failed("route", called, error)
        return Imported(what="route", called=called, outcome="added" if new else "known")

    async def _refuse_namesakes(self, route: BundledRoute, names: "_Names") -> None:
        """Refuse a route of what was not taken in: another thing here may bear its name.

        Where the address of a place is no part of the file, one of the same kind is the one that
        an admin has added by hand.
        """
        if route.feed in names.failed_feeds and route.feed not in names.feeds:
            raise BadRequest(
                f"the feed {route.feed} was not taken in", "error.bundle.route", what=route.feed
            )
        kind = names.failed_destinations.get(route.destination)
        if kind is None or route.destination in names.destinations:
            return
        there = await self.store.destination_by(route.destination)
        if there is None or there.kind != kind:
            raise BadRequest(
                f"the destination {route.destination} was not taken in",
                "error.bundle.route",
                what=route.destination,
            )

    async def _route_unless_there(
        self, feed: str, destination: str, changes: RouteChanges | None = None
    ) -> bool:
        try:
            await self.add_route(feed, destination, changes)
        except Conflict:
            return False
        return True


def _other(asked: str | None, got: str) -> str:
    return asked if asked and asked != got else ""


def _failed(what: What, called: str, error: BeritaError) -> Imported:
    return Imported(what=what, called=called, outcome="failed", why=str(error), error=error)


@dataclass(slots=True, kw_only=True)
class _Names:
    """What the file's names came to here, while an import runs."""

    feeds: dict[str, str] = field(default_factory=dict)
    destinations: dict[str, str] = field(default_factory=dict)
    taken_feeds: set[str] | None = None
    failed_feeds: set[str] = field(default_factory=set)
    failed_destinations: dict[str, str] = field(default_factory=dict)  # name → kind by hand, or ""

    def note(self, fault: BundleFault) -> None:
        """Remember what could not even be read."""
        if fault.what == "feed":
            self.failed_feeds.add(fault.name)
        elif fault.what == "destination":
            self.failed_destinations[fault.name] = ""
