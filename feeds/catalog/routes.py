"""What admins may do to routes: which feed goes where, and how it looks there."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from feeds.catalog.desk import Desk, ours_to_change
from feeds.catalog.differences import differences, option_values
from feeds.catalog.route_changes import RouteChanges
from feeds.errors import BadRequest, UnknownName
from feeds.model import Origin, Route, RouteOptions
from feeds.store import Store
from feeds.store.rows import RouteRow


class RouteDeeds(Desk):
    """Deeds on routes."""

    __slots__ = ()

    async def add_route(
        self, feed: str, destination: str, changes: RouteChanges | None = None
    ) -> RouteRow:
        """Publish a feed's stories, those to come, at a destination; raises Conflict."""
        source, place = await self.feed(feed), await self.destination(destination)
        noting = self.noting("route.add", feed=source.id, destination=place.id)
        route = await noting.add_route(
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
            raise BadRequest("Nothing to change: name what is to be another one.")
        named = await self.route(feed, destination)
        ours_to_change(named.route, f"{named.feed} → {named.destination}")
        options = changes.options(named.route.options)
        before, after = differences(option_values(named.route.options), option_values(options))
        if not before:
            return named
        noting = self._noting("set", named.route, before=before, after=after)
        route = await noting.set_route(named.route.id, options=options)
        return replace(named, route=route)

    async def remove_route(self, feed: str, destination: str) -> RouteRow:
        """Close a route; what waits on it is dropped with that reason."""
        named = await self.route(feed, destination)
        ours_to_change(named.route, f"{named.feed} → {named.destination}")
        await self._noting("remove", named.route).remove_route(named.route.id, now=self.clock.now())
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

    def _noting(self, deed: str, route: Route, **change: Any) -> Store:
        return self.noting(
            f"route.{deed}",
            route=route.id,
            feed=route.feed,
            destination=route.destination,
            **change,
        )
