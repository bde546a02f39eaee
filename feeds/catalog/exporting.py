"""Files out, and what files hold: a list of feeds as OPML, or all that can be set as JSON."""

from collections.abc import Callable
from dataclasses import replace
from typing import Literal

from feeds.catalog.bundle import (
    Bundle,
    BundledDestination,
    BundledFeed,
    BundledRoute,
    write_bundle,
)
from feeds.catalog.bundle_reading import read_bundle
from feeds.catalog.routes import RouteDeeds
from feeds.errors import BadRequest
from feeds.model import Destination, DestinationState, FeedState
from feeds.opml import ListedFeed, read_opml, write_opml

IsKey = Callable[[str, str], bool]
FileKind = Literal["opml", "json"]
KINDS: dict[str, FileKind] = {".opml": "opml", ".xml": "opml", ".json": "json"}
TITLE = "Berita"


def no_key(_kind: str, _address: str) -> bool:
    """Take every address for one that may be told."""
    return False


def kind_of_file(name: str) -> FileKind:
    """Tell by its ending what a file holds; raises BadRequest."""
    ending = f".{name.rpartition('.')[2].lower()}" if "." in name else ""
    if ending not in KINDS:
        raise BadRequest(
            f"“{name}” ends in none of {', '.join(KINDS)}: its ending tells what it holds."
        )
    return KINDS[ending]


def read_file(data: bytes, kind: FileKind) -> Bundle:
    """Read an OPML list or our own JSON; raises BadRequest for a file that is neither."""
    if kind == "json":
        return read_bundle(data)
    listed = read_opml(data)
    return Bundle(feeds=tuple(BundledFeed(url=each.url, title=each.title) for each in listed))


class ExportDeeds(RouteDeeds):
    """Deeds that write everything down."""

    __slots__ = ()

    async def export_file(
        self, kind: FileKind, *, with_secrets: bool = False, is_key: IsKey = no_key
    ) -> bytes:
        """Write all feeds as OPML, or everything that can be set as JSON.

        `is_key` tells by kind and address which destinations' addresses are secrets.
        """
        if kind == "opml":
            rows = await self.store.list_feeds()
            feeds = [
                ListedFeed(
                    url=row.feed.url, title=row.feed.title or row.feed.name, link=row.feed.link
                )
                for row in rows
            ]
            return write_opml(feeds, title=TITLE, now=self.clock.now())
        bundle = await self._everything()
        if not with_secrets:
            places = tuple(_without_secrets(each, is_key) for each in bundle.destinations)
            bundle = replace(bundle, destinations=places)
        return write_bundle(bundle, now=self.clock.now())

    async def _everything(self) -> Bundle:
        places = [row.destination for row in await self.store.list_destinations()]
        return Bundle(
            feeds=tuple(
                BundledFeed(
                    url=row.feed.url,
                    name=row.feed.name,
                    title=row.feed.title,
                    every=row.feed.every,
                    start=row.feed.start,
                    paused=row.feed.state is FeedState.PAUSED,
                )
                for row in await self.store.list_feeds()
            ),
            destinations=tuple(_bundled(place) for place in places),
            routes=tuple(
                BundledRoute(
                    feed=named.feed, destination=named.destination, options=named.route.options
                )
                for named in await self.list_routes()
            ),
        )


def _without_secrets(place: BundledDestination, is_key: IsKey) -> BundledDestination:
    return replace(
        place,
        address=None if is_key(place.kind, place.address or "") else place.address,
        secret=None,
        options=replace(place.options, headers=()),
    )


def _bundled(place: Destination) -> BundledDestination:
    return BundledDestination(
        name=place.name,
        kind=place.kind,
        address=place.address,
        title=place.title,
        resolved=place.resolved,
        paused=place.state is DestinationState.PAUSED,
        secret=place.secret,
        options=place.options,
    )
