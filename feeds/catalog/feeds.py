"""What admins may do to feeds: each deed checks, writes once, and tells what came of it."""

from dataclasses import dataclass, replace
from datetime import timedelta

from feeds.catalog.desk import Desk, ours_to_change
from feeds.catalog.differences import changed_values, differences, feed_values
from feeds.catalog.names import checked, name_for
from feeds.catalog.probe import checked_url, look_at
from feeds.errors import AnotherFeed, BadRequest, Conflict
from feeds.model import (
    Destination,
    Document,
    Entry,
    Feed,
    FeedState,
    Origin,
    RouteOptions,
    Validators,
)
from feeds.novelty import keys_of
from feeds.store import FeedChanges, FeedRow, Store

EVERY_MAX = timedelta(days=30)
START_MAX = 1_000
HEADLINES_MAX = 3  # shown with a feed just added


@dataclass(frozen=True, slots=True, kw_only=True)
class AddedFeed:
    """A feed now stored, due at once, and what its document held when it was looked at."""

    feed: Feed
    to: tuple[Destination, ...]
    entries: int
    headlines: tuple[str, ...]  # the newest of the document, the newest first
    title: str = ""  # what the feed calls itself; its first poll will store it


class FeedDeeds(Desk):
    """Deeds on feeds."""

    __slots__ = ()

    async def add_feed(
        self,
        url: str,
        *,
        name: str | None = None,
        every: timedelta | None = None,
        start: int | None = 0,
        to: tuple[str, ...] = (),
        options: RouteOptions | None = None,
    ) -> AddedFeed:
        """Add a feed after one look at it, with routes to the destinations named in `to`.

        `start`: the newest N of its first poll are published, None: all. Raises BadRequest,
        UnknownName, Conflict, FeedRefused.
        """
        url = checked_url(url)
        name = checked(name) if name is not None else None
        self.check_every(every)
        check_start(start)
        destinations = await self.destinations(to)
        await self._refuse_known(url)
        self.reserved.refuse_feed(name=name, url=url)
        document = await self.look(url)
        feed = await self.store_feed(
            url,
            name or await self.free_name(document.title, url),
            every=every,
            start=start,
            destinations=destinations,
            options=options or RouteOptions(),
        )
        return AddedFeed(
            feed=feed,
            to=destinations,
            entries=len(document.entries),
            headlines=tuple(entry.title for entry in newest_first(document)[:HEADLINES_MAX]),
            title=document.title,
        )

    async def look(self, url: str) -> Document:
        """Fetch and parse a URL once, storing nothing; raises FeedRefused."""
        outside = self.reach()
        return await look_at(
            url,
            web=outside.web,
            parser=outside.parser,
            limits=outside.limits,
            now=self.clock.now(),
        )

    async def set_feed(
        self,
        name: str,
        *,
        url: str | None = None,
        same: bool = False,
        every: timedelta | None = None,
        default_every: bool = False,
        rename: str | None = None,
    ) -> Feed:
        """Change a feed; a new URL is looked at first, and may be the same feed or another.

        One that began anew has no baseline; with `same` AnotherFeed is raised instead, if it had
        one. Raises BadRequest, UnknownName, FeedRefused; Conflict also where somebody else changed
        the same meanwhile.
        """
        feed = await self.feed(name)
        ours_to_change(feed, feed.name)
        changes: FeedChanges = {}
        if rename is not None:
            changes["name"] = checked(rename)
            self.reserved.refuse_feed(name=rename, url=None)
        if every is not None or default_every:
            self.check_every(every)
            changes["every"] = every
            if every is None and feed.every is not None and not feed.memory.failures:
                changes["next_poll_at"] = self.clock.now()  # a long interval of its own is over
        if url is not None and (url := checked_url(url)) != feed.url:
            await self._refuse_known(url)
            self.reserved.refuse_feed(name=None, url=url)
            changes |= await self._moved(feed, url, same=same)
        if not changes:
            raise BadRequest(
                "Nothing to change: give a URL, an interval or a name.", "error.nothing_to_change"
            )
        before, after = differences(feed_values(feed), feed_values(feed) | changed_values(changes))
        if not before:
            return feed
        noting = self.noting("feed.set", feed=feed.id, before=before, after=after)
        return await noting.set_feed(feed.id, expected=feed, **changes)

    async def feed_row(self, name: str) -> FeedRow:
        """Find a feed as lists show it."""
        feed = await self.feed(name)
        rows = await self.store.list_feeds()
        return next(row for row in rows if row.id == feed.id)

    async def pause_feed(self, name: str) -> Feed:
        """Poll it no more until it is resumed."""
        feed = await self.feed(name)
        noting = self._moving_feed("pause", feed, FeedState.PAUSED)
        return await noting.pause_feed(feed.id, now=self.clock.now())

    async def resume_feed(self, name: str, *, newest: int | None = None) -> Feed:
        """Poll it again; what was missed comes under the burst guard.

        `newest`: of all that the feed holds now only so many are published (0: none), and of these
        none a second time. Raises BadRequest, Conflict where it does not rest.
        """
        feed = await self.feed(name)
        if newest is not None:
            check_newest(newest)
            if feed.state is FeedState.ACTIVE:
                raise Conflict(
                    f"“{feed.name}” does not rest: there is nothing to skip.",
                    "error.feed.not_resting",
                    name=feed.name,
                )
        noting = self._moving_feed("resume", feed, FeedState.ACTIVE)
        return await noting.resume_feed(feed.id, newest=newest, now=self.clock.now())

    async def remove_feed(self, name: str) -> Feed:
        """Stop it, close its routes, drop what waits; what it published stays known."""
        feed = await self.feed(name)
        ours_to_change(feed, feed.name)
        noting = self.noting("feed.remove", feed=feed.id)
        await noting.remove_feed(feed.id, now=self.clock.now())
        return feed

    async def store_feed(
        self,
        url: str,
        name: str,
        *,
        every: timedelta | None,
        start: int | None,
        destinations: tuple[Destination, ...],
        options: RouteOptions,
        paused: bool = False,
    ) -> Feed:
        """Write a checked feed, due at once unless it is to rest, and its routes."""
        only = destinations[0].id if len(destinations) == 1 else None
        return await self.noting("feed.add", destination=only).add_feed(
            name,
            url,
            origin=Origin.ADMIN,
            every=every,
            start=start,
            to=[place.id for place in destinations],
            options=options,
            paused=paused,
            now=self.clock.now(),
        )

    async def free_name(self, title: str, url: str) -> str:
        """Make a name from a title, that no feed has yet."""
        taken = {row.name for row in await self.store.list_feeds()} | self.reserved.feeds.keys()
        return name_for(title=title, url=url, fallback="feed", taken=taken)

    def check_every(self, every: timedelta | None) -> None:
        """Hold an interval within its bounds; raises BadRequest."""
        if every is not None and not self.every_min <= every <= EVERY_MAX:
            raise BadRequest(
                f"The interval must lie between {_seconds(self.every_min)} (polling.every_min)"
                f" and {EVERY_MAX.days} days.",
                "error.feed.every",
                least=f"{self.every_min.total_seconds():g}",
                most=EVERY_MAX.days,
            )

    def _moving_feed(self, deed: str, feed: Feed, state: FeedState) -> Store:
        before, after = differences({"state": str(feed.state)}, {"state": str(state)})
        return self.noting(f"feed.{deed}", feed=feed.id, before=before, after=after)

    async def _moved(self, feed: Feed, url: str, *, same: bool) -> FeedChanges:
        """Tell what a new URL changes: the same feed elsewhere goes on, another begins anew.

        It is the same if it shows anything known. Its validators go: a 304 at the new place would
        hide what it has. Another feed's first poll is a baseline that publishes nothing.
        """
        document = await self.look(url)
        feed = await self.feed(str(feed.id))  # it may have been polled while we looked
        shown = {key for entry in keys_of(document) for key in entry.all()}
        changes: FeedChanges = {"url": url, "next_poll_at": self.clock.now()}
        if await self.store.known_keys(feed.id, shown):
            changes["memory"] = replace(feed.memory, validators=Validators(), body_digest=None)
        elif same and feed.memory.baseline_at is not None:
            raise AnotherFeed(f"No story of “{feed.name}” is known there: is it another feed?")
        else:
            changes["start"] = 0
        return changes

    async def _refuse_known(self, url: str) -> None:
        known = await self.store.find_feed_by_url(url)
        if known is not None:
            raise Conflict(
                f"That feed is there already: it is called “{known.name}”.",
                "error.feed.known",
                name=known.name,
            )


def may_have_missed(feed: Feed) -> bool:
    """Tell whether it takes a word about what came meanwhile to resume it."""
    return feed.state is not FeedState.ACTIVE and feed.memory.baseline_at is not None


def newest_first(document: Document) -> list[Entry]:
    """Order entries by their dates; if one has none, the document's own order is believed."""
    dated = [(entry.published_at, entry) for entry in document.entries if entry.published_at]
    if len(dated) < len(document.entries):
        return list(document.entries)
    return [entry for _, entry in sorted(dated, key=lambda pair: pair[0], reverse=True)]


def check_start(start: int | None) -> None:
    """Hold the number of first stories within its bounds; raises BadRequest."""
    if start is not None and not 0 <= start <= START_MAX:
        raise BadRequest(
            f"A feed starts with new, all or a number of stories up to {START_MAX:,}.",
            "error.feed.start",
            most=START_MAX,
        )


def check_newest(newest: int) -> None:
    """Hold how many of the newest go out after a rest within bounds; raises BadRequest."""
    if not 0 <= newest <= START_MAX:
        raise BadRequest(
            f"Of what a feed holds by now the newest 0 to {START_MAX:,} can go out: give a number"
            " from there.",
            "error.feed.newest",
            most=START_MAX,
        )


def _seconds(span: timedelta) -> str:
    return f"{span.total_seconds():g} s"
