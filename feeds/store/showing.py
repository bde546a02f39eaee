"""The Store's half for cards: one read each, of all that is shown."""

from collections.abc import Collection
from datetime import datetime

from feeds.model import DeliveryState
from feeds.store import cards, delivery_pages
from feeds.store.card_rows import (
    DeliveryPage,
    FeedCard,
    FeedSettings,
    PlaceCard,
    PlaceName,
    PlaceSettings,
    RouteCard,
)
from feeds.store.runner import Runner


class CardMethods:
    """What cards show; each method is one transaction of three queries at most."""

    _runner: Runner

    async def counts(self) -> tuple[int, int]:
        """Count the live feeds and destinations."""
        return await self._runner.read(cards.counts)

    async def place_names(self) -> tuple[PlaceName, ...]:
        """List the live destinations by name."""
        return await self._runner.read(cards.place_names)

    async def place_card(self, place: int) -> PlaceCard | None:
        """Read all that a destination's card shows; None: it is no more."""
        return await self._runner.read(lambda c: cards.place_card(c, place))

    async def place_settings(self, place: int) -> PlaceSettings | None:
        """Read all that the card of its settings shows; None: it is no more."""
        return await self._runner.read(lambda c: cards.place_settings(c, place))

    async def feed_card(self, feed: int, *, since: datetime) -> FeedCard | None:
        """Read all that a feed's card shows, its headlines of `since` on; None: it is no more."""
        return await self._runner.read(lambda c: cards.feed_card(c, feed, since=since))

    async def feed_settings(self, feed: int) -> FeedSettings | None:
        """Read what may be set on a feed, and its last change; None: it is no more."""
        return await self._runner.read(lambda c: cards.feed_settings(c, feed))

    async def route_card(self, route: int) -> RouteCard | None:
        """Read all that a route's card shows; None: it is no more."""
        return await self._runner.read(lambda c: cards.route_card(c, route))

    async def place_of_route(self, route: int) -> int | None:
        """Tell where a live route leads to."""
        return await self._runner.read(lambda c: cards.place_of_route(c, route))

    async def delivery_page(
        self,
        *,
        states: Collection[DeliveryState] = (),
        among: Collection[int] | None = None,
        offset: int = 0,
        limit: int,
    ) -> DeliveryPage:
        """Read a page of deliveries, the newest first; `among`: of these destinations alone."""
        return await self._runner.read(
            lambda c: delivery_pages.page(c, states=states, among=among, offset=offset, limit=limit)
        )
