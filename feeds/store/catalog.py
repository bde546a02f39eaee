"""The catalog's half of the Store: what is done to feeds, destinations and routes."""

import random
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Unpack

import sqlalchemy as sa

from feeds.model import (
    Admin,
    Declared,
    Delivery,
    Destination,
    DestinationOptions,
    DestinationState,
    Feed,
    Origin,
    Route,
    RouteOptions,
)
from feeds.ports import ResolvedAddress
from feeds.store import declared, destinations, feeds, routes, signing
from feeds.store.destinations import DestinationChanges
from feeds.store.feeds import FeedChanges
from feeds.store.rows import DeclareReport, RemovedPlace
from feeds.store.runner import Runner


class CatalogMethods:
    """What admins and the configuration file do."""

    def __init__(self, runner: Runner, dice: random.Random) -> None:
        self._runner = runner
        self._dice = dice

    # ── feeds ────────────────────────────────────────────────────────────────────────────────────

    async def add_feed(
        self,
        name: str,
        url: str,
        *,
        origin: Origin = Origin.ADMIN,
        every: timedelta | None = None,
        start: int | None = 0,
        to: Collection[int] = (),
        options: RouteOptions | None = None,
        paused: bool = False,
        now: datetime,
    ) -> Feed:
        """Add a feed, due at once, with routes `to` destinations; a removed one comes back.

        In one transaction: a first poll in between would publish to nobody, and one that is to
        rest (`paused`) would not.
        """
        chosen = options or RouteOptions()

        def add(connection: sa.Connection) -> Feed:
            feed = feeds.add(
                connection, name, url, origin=origin, every=every, start=start, now=now
            )
            if paused:
                feed = feeds.pause(connection, feed.id)
            for place in to:
                routes.add(connection, feed.id, place, options=chosen, origin=origin, now=now)
            return feed

        return await self._runner.write(add)

    async def set_feed(
        self, feed: int, *, expected: Feed | None = None, **changes: Unpack[FeedChanges]
    ) -> Feed:
        """Change a feed; a new URL begins with a baseline. Raises Conflict, UnknownName.

        `expected`: only if what is to change is as it is there.
        """
        return await self._runner.write(lambda c: feeds.change(c, feed, changes, expected=expected))

    async def feed_by(self, name_or_id: str | int) -> Feed | None:
        """Find a feed by its name, else by its id."""
        return await self._runner.read(lambda c: feeds.find(c, name_or_id))

    async def find_feed_by_url(self, url: str) -> Feed | None:
        """Find a feed by its URL."""
        return await self._runner.read(lambda c: feeds.find_by_url(c, url))

    async def pause_feed(self, feed: int, *, now: datetime) -> Feed:  # noqa: ARG002  # for the day the database tells the time
        """Poll it no more until it is resumed."""
        return await self._runner.write(lambda c: feeds.pause(c, feed))

    async def resume_feed(self, feed: int, *, newest: int | None = None, now: datetime) -> Feed:
        """Poll it again, at once; of what came meanwhile only the `newest`, if they are given."""
        return await self._runner.write(lambda c: feeds.resume(c, feed, newest=newest, now=now))

    async def remove_feed(self, feed: int, *, now: datetime) -> None:
        """Stop it softly: routes closed, what waits dropped, what was seen kept."""
        await self._runner.write(lambda c: feeds.remove(c, feed, now=now))

    # ── destinations ─────────────────────────────────────────────────────────────────────────────

    async def add_destination(
        self,
        name: str,
        kind: str,
        address: str,
        *,
        title: str = "",
        secret: str | None = None,
        options: DestinationOptions | None = None,
        origin: Origin = Origin.ADMIN,
        resolved: bool = True,
        paused: bool = False,
        now: datetime,
    ) -> Destination:
        """Add an open or a paused destination; one removed before comes back. Raises Conflict."""

        def add(connection: sa.Connection) -> Destination:
            place = destinations.add(
                connection,
                name,
                kind,
                address,
                title=title,
                secret=secret,
                options=options or DestinationOptions(),
                origin=origin,
                resolved=resolved,
                dice=self._dice,
                now=now,
            )
            return destinations.pause(connection, place.id) if paused else place

        return await self._runner.write(add)

    async def set_destination(
        self,
        destination: int,
        *,
        expected: Destination | None = None,
        **changes: Unpack[DestinationChanges],
    ) -> Destination:
        """Change a destination; raises UnknownName, Conflict unless it is as `expected`."""
        return await self._runner.write(
            lambda c: destinations.change(c, destination, changes, expected=expected)
        )

    async def set_secret(
        self,
        destination: int,
        secret: str,
        *,
        expected: Destination | None = None,
        now: datetime,
    ) -> Destination:
        """Sign with this secret from now on; the one before goes on signing beside it for 24 h.

        Raises UnknownName; Conflict unless the one before is that of `expected`.
        """
        return await self._runner.write(
            lambda c: signing.rotate(c, destination, secret, expected=expected, now=now)
        )

    async def destination_by(self, name_or_id: str | int) -> Destination | None:
        """Find a destination by its name, else by its id."""
        return await self._runner.read(lambda c: destinations.find(c, name_or_id))

    async def park_destination(
        self,
        destination: int,
        *,
        reason: str,
        now: datetime,  # noqa: ARG002  # as above
    ) -> Destination:
        """Close it because it refuses us; what comes for it waits."""
        return await self._runner.write(
            lambda c: destinations.close(
                c, destination, state=DestinationState.PARKED, reason=reason
            )
        )

    async def pause_destination(self, destination: int, *, now: datetime) -> Destination:  # noqa: ARG002  # as above
        """Close it because an admin wants it so; what comes for it waits."""
        return await self._runner.write(lambda c: destinations.pause(c, destination))

    async def resume_destination(
        self, destination: int, *, now: datetime, by: Admin | None = None
    ) -> Destination:
        """Open it again, parked or paused; what waited follows its policy."""
        return await self._runner.write(
            lambda c: destinations.open_again(c, destination, dice=self._dice, now=now, by=by)
        )

    async def remove_destination(self, destination: int, *, now: datetime) -> RemovedPlace:
        """Stop it softly: routes closed, what waits dropped, its history kept."""
        return await self._runner.write(lambda c: destinations.remove(c, destination, now=now))

    async def unresolved_destinations(self) -> list[Destination]:
        """List those whose canonical address is not known yet; they are not served."""
        return await self._runner.read(destinations.unresolved)

    async def resolve_destination(
        self, destination: int, resolved: ResolvedAddress, *, now: datetime
    ) -> Destination:
        """Give it its canonical address; if another has that, it is merged into the other."""
        return await self._runner.write(
            lambda c: destinations.resolve(c, destination, resolved, now=now)
        )

    async def add_test_delivery(self, destination: int, *, now: datetime) -> Delivery:
        """Put a test message into a lane."""
        return await self._runner.write(
            lambda c: destinations.add_test(c, destination, dice=self._dice, now=now)
        )

    # ── routes ───────────────────────────────────────────────────────────────────────────────────

    async def add_route(
        self,
        feed: int,
        destination: int,
        *,
        options: RouteOptions | None = None,
        origin: Origin = Origin.ADMIN,
        now: datetime,
    ) -> Route:
        """Publish a feed's stories, those to come, at a destination; raises Conflict."""
        chosen = options or RouteOptions()
        return await self._runner.write(
            lambda c: routes.add(c, feed, destination, options=chosen, origin=origin, now=now)
        )

    async def set_route(
        self, route: int, *, options: RouteOptions, expected: RouteOptions | None = None
    ) -> Route:
        """Change how a feed's stories look there; raises Conflict unless it is as `expected`."""
        return await self._runner.write(
            lambda c: routes.change(c, route, options=options, expected=expected)
        )

    async def remove_route(self, route: int, *, now: datetime) -> None:
        """Close a route; what waits on it is dropped."""
        await self._runner.write(lambda c: routes.remove(c, route, now=now))

    async def declare(self, wanted: Declared, *, now: datetime) -> DeclareReport:
        """Make the configuration file's word true; raises Conflict, and then nothing is changed."""
        return await self._runner.write(
            lambda c: declared.declare(c, wanted, dice=self._dice, now=now)
        )
