"""What admins may do to routes: which feed goes where, and how it looks there."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from feeds.catalog.desk import Desk, ours_to_change
from feeds.errors import BadRequest, UnknownName
from feeds.model import Origin, RouteOptions
from feeds.store.rows import RouteRow

SUMMARY_MAX = 3_000  # UTF-16 units


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteChanges:
    """What to change; None leaves as it is."""

    silent: bool | None = None
    preview: bool | None = None
    summary_max: int | None = None  # UTF-16 units; 0: headline and link only

    def options(self, old: RouteOptions) -> RouteOptions:
        """Work the changes into the options there are; raises BadRequest out of bounds."""
        if self.summary_max is not None and not 0 <= self.summary_max <= SUMMARY_MAX:
            raise BadRequest(f"the length of a summary lies between 0 and {SUMMARY_MAX:,}")
        return replace(
            old,
            silent=old.silent if self.silent is None else self.silent,
            preview=old.preview if self.preview is None else self.preview,
            summary_max=old.summary_max if self.summary_max is None else self.summary_max,
        )


class RouteDeeds(Desk):
    """Deeds on routes."""

    __slots__ = ()

    async def add_route(
        self, feed: str, destination: str, changes: RouteChanges | None = None
    ) -> RouteRow:
        """Publish a feed's stories, those to come, at a destination; raises Conflict."""
        source, place = await self.feed(feed), await self.destination(destination)
        route = await self.store.add_route(
            source.id,
            place.id,
            options=(changes or RouteChanges()).options(RouteOptions()),
            origin=Origin.ADMIN,
            now=self.clock.now(),
        )
        return RouteRow(route=route, feed=source.name, destination=place.name)

    async def set_route(self, feed: str, destination: str, changes: RouteChanges) -> RouteRow:
        """Change how a feed looks at a destination, from its next story on."""
        if changes == RouteChanges():
            raise BadRequest(
                "nothing to change: give --silent/--sound, --preview/--no-preview or --summary-max"
            )
        named = await self.route(feed, destination)
        ours_to_change(named.route, f"{named.feed} → {named.destination}")
        options = changes.options(named.route.options)
        route = await self.store.set_route(named.route.id, options=options)
        return replace(named, route=route)

    async def remove_route(self, feed: str, destination: str) -> RouteRow:
        """Close a route; what waits on it is dropped with that reason."""
        named = await self.route(feed, destination)
        ours_to_change(named.route, f"{named.feed} → {named.destination}")
        await self.store.remove_route(named.route.id, now=self.clock.now())
        return named

    async def list_routes(self) -> Sequence[RouteRow]:
        """List the live routes, by feed and destination."""
        return await self.store.list_routes()

    async def route(self, feed: str, destination: str) -> RouteRow:
        """Find the live route of a pair; raises UnknownName."""
        source, place = await self.feed(feed), await self.destination(destination)
        for named in await self.list_routes():
            if (named.route.feed, named.route.destination) == (source.id, place.id):
                return named
        raise UnknownName(f"there is no route {source.name} → {place.name}; see: berita route list")
