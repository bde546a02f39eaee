"""What is at a link that somebody gives: a feed to describe, or a page that names some."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from feeds.catalog.feeds import HEADLINES_MAX, FeedDeeds, check_start, newest_first
from feeds.catalog.probe import checked_url, found_at
from feeds.catalog.routes import RouteDeeds
from feeds.errors import Conflict
from feeds.model import Destination, Document, Feed, RouteOptions
from feeds.parse.page import NamedFeed

WEEK = timedelta(days=7)
SPAN_MIN = timedelta(hours=1)  # stories of one moment tell of no pace


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenFeed:
    """A feed as one look showed it; nothing is stored of it."""

    url: str
    title: str
    entries: int
    headlines: tuple[str, ...]  # of the newest, the newest first
    newest_at: datetime | None = None
    per_week: float | None = None  # stories, by the dates in the document


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenPage:
    """A page that is no feed and names at least one."""

    url: str
    feeds: tuple[NamedFeed, ...]


class DiscoveryDeeds(FeedDeeds, RouteDeeds):
    """Looks at links, and adds what was seen there."""

    __slots__ = ()

    async def discover(self, typed: str) -> SeenFeed | SeenPage:
        """Look at a link once, storing nothing; raises BadRequest, FeedRefused."""
        url, outside = checked_url(typed), self.reach()
        found = await found_at(
            url,
            web=outside.web,
            parser=outside.parser,
            limits=outside.limits,
            now=self.clock.now(),
        )
        if isinstance(found, Document):
            return _seen(found, url, self.clock.now())
        return SeenPage(url=url, feeds=found)

    async def take_in(
        self, url: str, title: str, *, start: int | None, to: Destination
    ) -> tuple[Feed, bool]:
        """Publish a feed that was just seen at a destination, without another look at it.

        Gives it and whether it was here before; then only its way to `to` is new, if that is.
        `start`: as in `add_feed`. Raises BadRequest, Conflict.
        """
        url = checked_url(url)
        check_start(start)
        known = await self.store.find_feed_by_url(url)
        if known is not None:
            with suppress(Conflict):  # it goes there already
                await self.add_route(known.name, to.name)
            return known, True
        feed = await self.store_feed(
            url,
            await self.free_name(title, url),
            every=None,
            start=start,
            destinations=(to,),
            options=RouteOptions(),
        )
        return feed, False


def _seen(document: Document, url: str, now: datetime) -> SeenFeed:
    newest = newest_first(document)
    dates = sorted(
        entry.published_at
        for entry in document.entries
        if entry.published_at is not None and entry.published_at <= now
    )
    return SeenFeed(
        url=url,
        title=document.title,
        entries=len(document.entries),
        headlines=tuple(entry.title for entry in newest[:HEADLINES_MAX]),
        newest_at=dates[-1] if dates else None,
        per_week=_per_week(dates),
    )


def _per_week(dates: list[datetime]) -> float | None:
    """Tell how many stories come in a week: so many gaps in the time from the first to the last."""
    if len(dates) < 2 or dates[-1] - dates[0] < SPAN_MIN:  # noqa: PLR2004  # one gap has two ends
        return None
    return (len(dates) - 1) * (WEEK / (dates[-1] - dates[0]))
