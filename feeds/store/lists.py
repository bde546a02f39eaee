"""The Store's half for lists and answers: what there is, and the notes the program keeps."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime

from feeds.model import DeliveryState, Story
from feeds.store import notes, queries, shelf, standing
from feeds.store.rows import (
    DeliveryRow,
    DeliveryStory,
    DestinationRow,
    FeedRow,
    Names,
    RouteRow,
    Status,
)
from feeds.store.runner import Runner

BEFORE_ALL = datetime.fromtimestamp(0, UTC)


class ListMethods:
    """The queries behind lists and answers, one read each; and small notes, by name."""

    _runner: Runner

    async def newest_stories(self, feed: int, *, limit: int) -> tuple[Story, ...]:
        """List a feed's stories, the one accepted last first."""
        return await self._runner.read(lambda c: shelf.newest(c, feed, limit=limit))

    async def list_feeds(self) -> tuple[FeedRow, ...]:
        """List the feeds by name."""
        return await self._runner.read(queries.list_feeds)

    async def list_destinations(self) -> tuple[DestinationRow, ...]:
        """List the destinations by name."""
        return await self._runner.read(queries.list_destinations)

    async def list_routes(self) -> tuple[RouteRow, ...]:
        """List the routes by feed and destination."""
        return await self._runner.read(queries.list_routes)

    async def names(self) -> Names:
        """Tell what everything goes by."""
        return await self._runner.read(queries.names)

    async def list_deliveries(
        self,
        *,
        state: DeliveryState | None = None,
        feed: int | None = None,
        destination: int | None = None,
        since: datetime | None = None,
        limit: int = 50,
    ) -> tuple[DeliveryRow, ...]:
        """List the newest deliveries that match; `since` is about when they were made."""
        return await self._runner.read(
            lambda c: queries.list_deliveries(
                c, state=state, feed=feed, destination=destination, since=since, limit=limit
            )
        )

    async def delivery_story(
        self, delivery: int, *, now: datetime = BEFORE_ALL
    ) -> DeliveryStory | None:
        """Tell all that is known of one delivery; a pace closed until before `now` is left out."""
        return await self._runner.read(lambda c: queries.delivery_story(c, delivery, now=now))

    async def status(self, *, now: datetime) -> Status:
        """Tell how things stand."""
        return await self._runner.read(lambda c: standing.status(c, now=now))

    async def note(self, name: str) -> str | None:
        """Read a small thing the program keeps for itself."""
        return await self._runner.read(lambda c: notes.read(c, name))

    async def notes(self, names: Collection[str]) -> Mapping[str, str]:
        """Read a few such things at once; what is not there is left out."""
        return await self._runner.read(lambda c: notes.read_all(c, names))

    async def set_note(self, name: str, value: str) -> None:
        """Keep a small thing under a name."""
        await self._runner.write(lambda c: notes.write(c, name, value))
