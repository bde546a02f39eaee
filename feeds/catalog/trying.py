"""A route's options tried on a feed's newest stories before they are kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from feeds.catalog.desk import Desk
from feeds.catalog.probe import look_at, stories_in
from feeds.catalog.route_changes import RouteChanges
from feeds.filters import Facts, read_filter
from feeds.model import Feed, RouteOptions, Story
from feeds.templates import Fields, fill

TRIED_MAX: Final = 20  # stories


@dataclass(frozen=True, slots=True, kw_only=True)
class TriedStory:
    """A story and what would become of it: `drop` names the rule; None: it would be published."""

    story: Story
    drop: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What options would do, the newest story first; nothing is stored."""

    feed: Feed
    options: RouteOptions
    stories: tuple[TriedStory, ...]
    as_it_is_now: bool  # the feed itself was asked, for none of its stories is stored yet

    @property
    def kept(self) -> tuple[Story, ...]:
        """List those that would be published."""
        return tuple(each.story for each in self.stories if each.drop is None)

    @property
    def dropped(self) -> tuple[TriedStory, ...]:
        """List those that would not."""
        return tuple(each for each in self.stories if each.drop is not None)


class TryingDeeds(Desk):
    """Deeds that only look."""

    __slots__ = ()

    async def try_route(
        self, feed: str, destination: str, changes: RouteChanges | None = None
    ) -> Tried:
        """Tell what a route would do to the newest stories, changed so; there may be none yet.

        Raises BadRequest (BrokenFilter, BrokenTemplate), UnknownName, FeedRefused.
        """
        source, place = await self.feed(feed), await self.destination(destination)
        options = RouteOptions()
        for named in await self.store.list_routes():
            if (named.route.feed, named.route.destination) == (source.id, place.id):
                options = named.route.options
        return await self.try_options(source, (changes or RouteChanges()).options(options))

    async def check_looks(self, feed: Feed, options: RouteOptions) -> None:
        """Hold a template against the newest stories there are; raises BrokenTemplate."""
        if options.template:
            for story in await self.store.newest_stories(feed.id, limit=TRIED_MAX):
                fill(options.template, fields_of(story, feed))

    async def try_options(self, feed: Feed, options: RouteOptions) -> Tried:
        """Tell what options would do to a feed's newest stories; raises as `try_route` does."""
        stories: Sequence[Story] = await self.store.newest_stories(feed.id, limit=TRIED_MAX)
        stored = bool(stories)
        if not stored:
            stories = await self.stories_now(feed)
        if options.template:
            for story in stories:
                fill(options.template, fields_of(story, feed))
        return Tried(
            feed=feed,
            options=options,
            stories=judged(stories, options),
            as_it_is_now=not stored,
        )

    async def stories_now(self, feed: Feed) -> Sequence[Story]:
        """Ask the feed itself for its newest stories, the newest first; raises FeedRefused."""
        outside, now = self.reach(), self.clock.now()
        document = await look_at(
            feed.url,
            web=outside.web,
            parser=outside.parser,
            limits=outside.limits,
            now=now,
            origin=feed.origin,
        )
        return stories_in(document, feed, last=TRIED_MAX, now=now)[::-1]


def judged(stories: Sequence[Story], options: RouteOptions) -> tuple[TriedStory, ...]:
    """Hold stories against a filter; raises BrokenFilter."""
    sieve = read_filter(options.filter)
    return tuple(TriedStory(story=story, drop=sieve.drops(facts_of(story))) for story in stories)


def facts_of(story: Story) -> Facts:
    """Say what of a story filters look at."""
    return Facts(
        title=story.title,
        summary=story.summary,
        author=story.author,
        tags=story.tags,
        link=story.link,
    )


def fields_of(story: Story, feed: Feed) -> Fields:
    """Say what of a story templates see, nearly as it will be published."""
    return Fields(
        title=story.title or story.summary,
        link=story.link or "",
        summary=story.summary,
        author=story.author or "",
        source=feed.title or feed.name,
        feed=feed.name,
        published=str(story.published_at or ""),
        tags=story.tags,
    )
