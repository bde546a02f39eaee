"""What admins may do to routes: which feed goes where, and how it looks there."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from feeds.catalog.desk import ours_to_change
from feeds.catalog.differences import differences, option_values
from feeds.catalog.route_changes import RouteChanges
from feeds.catalog.trying import TryingDeeds
from feeds.errors import BadRequest, UnknownName
from feeds.model import Origin, Route, RouteOptions, template_key
from feeds.store import Store
from feeds.store.rows import RouteRow


class RouteDeeds(TryingDeeds):
    """Deeds on routes."""

    __slots__ = ()

    async def add_route(
        self, feed: str, destination: str, changes: RouteChanges | None = None
    ) -> RouteRow:
        """Publish a feed's stories, those to come, at a destination; raises Conflict."""
        source, place = await self.feed(feed), await self.destination(destination)
        options = (changes or RouteChanges()).options(RouteOptions())
        await self.check_looks(source, options)
        noting = self.noting("route.add", feed=source.id, destination=place.id)
        route = await noting.add_route(
            source.id,
            place.id,
            options=options,
            origin=Origin.ADMIN,
            now=self.clock.now(),
        )
        return RouteRow(route=route, feed=source.name, destination=place.name)

    async def set_route(self, feed: str, destination: str, changes: RouteChanges) -> RouteRow:
        """Change how a feed looks at a destination, from its next story on."""
        if changes == RouteChanges():
            raise BadRequest(
                "Nothing to change: name what is to be another one.", "error.nothing_to_change"
            )
        return await self.change_route(await self.route(feed, destination), changes)

    async def change_route(self, seen: RouteRow, changes: RouteChanges) -> RouteRow:
        """Change a route that was just seen so; raises Conflict if it is another one by now."""
        ours_to_change(seen.route, f"{seen.feed} → {seen.destination}")
        old, options = seen.route.options, changes.options(seen.route.options)
        before, after = differences(option_values(old), option_values(options))
        if not before:
            return seen
        if "template" in before:
            await self.check_looks(await self.feed(str(seen.route.feed)), options)
        noting = self._noting("set", seen.route, before=before, after=after)
        route = await noting.set_route(seen.route.id, options=options, expected=old)
        await self._forget_fault(route, before)
        return replace(seen, route=route)

    async def remove_route(self, feed: str, destination: str) -> RouteRow:
        """Close a route; what waits on it is dropped with that reason."""
        named = await self.route(feed, destination)
        ours_to_change(named.route, f"{named.feed} → {named.destination}")
        await self._noting("remove", named.route).remove_route(named.route.id, now=self.clock.now())
        await self._forget_fault(named.route, {"template": ""})
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
        raise UnknownName(
            f"There is no route {source.name} → {place.name}.",
            "error.unknown.route",
            feed=source.name,
            place=place.name,
        )

    async def _forget_fault(self, route: Route, before: Mapping[str, Any]) -> None:
        """End what was told of a template that is another one by now; if it fails, it is told."""
        if "template" in before:
            key = template_key(route.feed, route.destination)
            await self.store.end_incidents((key,), now=self.clock.now())

    def _noting(self, deed: str, route: Route, **change: Any) -> Store:
        return self.noting(
            f"route.{deed}",
            route=route.id,
            feed=route.feed,
            destination=route.destination,
            **change,
        )
