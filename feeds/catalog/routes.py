"""What admins may do to routes: which feed goes where, and how it looks there."""

from collections.abc import Sequence
from dataclasses import replace

from feeds.catalog.changes import RouteChanges
from feeds.catalog.desk import Desk, ours_to_change
from feeds.errors import BadRequest, UnknownName
from feeds.model import Origin, RouteOptions
from feeds.store.rows import RouteRow


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
            raise BadRequest("Nothing to change: give sound, preview or the summary's length.")
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
        raise UnknownName(f"There is no route {source.name} → {place.name}.")
