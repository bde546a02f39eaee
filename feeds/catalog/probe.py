"""One look at a URL, storing nothing: whether it is a feed, and what is in it."""

from dataclasses import replace
from datetime import datetime
from urllib.parse import urlsplit

from feeds.errors import BadRequest, FeedRefused, ParseError, WebError
from feeds.fetch import Failed, Fetched, FetchLimits, fetch
from feeds.guard import check_url
from feeds.model import Document, Feed, NewStory, Origin, PollMemory, Story
from feeds.novelty import decide, keys_of
from feeds.parse.page import NamedFeed, feeds_named_in
from feeds.ports import Parser, Web

NAMED_MAX = 4  # feeds that a page names
SHOWN_MAX = 200  # characters of what is no address


def checked_url(typed: str) -> str:
    """Give back a URL an admin may have polled, a missing scheme supplied; raises BadRequest."""
    url = typed.strip()
    if url.lower().startswith("file:"):
        raise BadRequest(
            "A file: URL is read only from the configuration file: declare it there.",
            "error.url.file",
        )
    if "://" not in url and "." in url.partition("/")[0]:
        url = f"https://{url}"
    try:
        check_url(url)
    except WebError as error:
        raise BadRequest(str(error), error.key) from error
    return url


async def look_at(
    url: str,
    *,
    web: Web,
    parser: Parser,
    limits: FetchLimits,
    now: datetime,
    origin: Origin = Origin.ADMIN,
) -> Document:
    """Fetch and parse once, as a poll would; raises FeedRefused with the reason in one line.

    Of a page that names feeds, the reason names them, too: one of them is meant.
    `origin` FILE is for a URL that the configuration file declares: it alone may be a file: URL.
    """
    result = await _fetched(url, web=web, limits=limits, now=now, origin=origin)
    try:
        return await parser.parse(result.body, url=result.url, content_type=result.content_type)
    except ParseError as error:
        named = feeds_named_in(result.body, result.url)
        raise FeedRefused(f"{error}{_naming(named)}", error.key, url=shown(url)) from error


def _naming(feeds: tuple[NamedFeed, ...]) -> str:
    """Name what a page offers, without what could break the line."""
    if not feeds:
        return ""
    urls = [" ".join(feed.url.split()) for feed in feeds[:NAMED_MAX]]
    more = f" and {len(feeds) - NAMED_MAX} more" if len(feeds) > NAMED_MAX else ""
    return (
        f"; it names {'this feed' if len(feeds) == 1 else 'these feeds'}: {', '.join(urls)}{more}"
    )


def stories_in(document: Document, feed: Feed, *, last: int, now: datetime) -> list[Story]:
    """Make the newest `last` stories of a document, oldest first, as its first poll would.

    Their ids count from 1: they are stored nowhere.
    """
    stranger = replace(feed, start=last, memory=PollMemory())
    found = decide(document, keys_of(document), {}, feed=stranger, now=now).stories
    return [_story(new, number, feed.id, now) for number, new in enumerate(found, 1)]


def _story(new: NewStory, number: int, feed: int, now: datetime) -> Story:
    entry = new.entry
    return Story(
        id=number,
        story_id="",
        feed=feed,
        title=entry.title,
        link=entry.link,
        summary=entry.summary or entry.content,
        author=entry.author,
        published_at=entry.published_at,
        updated_at=entry.updated_at,
        image=entry.image,
        tags=entry.tags,
        language=new.language,
        accepted_at=now,
    )


async def found_at(
    url: str, *, web: Web, parser: Parser, limits: FetchLimits, now: datetime
) -> Document | tuple[NamedFeed, ...]:
    """Fetch once and give the feed, or the feeds that a page there names; raises FeedRefused."""
    result = await _fetched(url, web=web, limits=limits, now=now, origin=Origin.ADMIN)
    try:
        return await parser.parse(result.body, url=result.url, content_type=result.content_type)
    except ParseError as error:
        named = feeds_named_in(result.body, result.url)
        if not named:
            raise FeedRefused(str(error), error.key, url=shown(url)) from error
        return named


async def _fetched(
    url: str, *, web: Web, limits: FetchLimits, now: datetime, origin: Origin
) -> Fetched:
    stranger = Feed(id=0, name="", url=url, origin=origin, next_poll_at=now, created_at=now)
    result = await fetch(stranger, web=web, limits=limits, now=now)
    if isinstance(result, Failed):
        raise FeedRefused(result.message, result.said, url=shown(url), status=result.status or 0)
    if not isinstance(result, Fetched):
        raise FeedRefused(
            "it says “not modified” to a first request",
            "error.fetch.status",
            url=shown(url),
            status=result.status,
        )
    return result


def shown(url: str) -> str:
    """Write a URL for people, without a query: that is where sites put their tokens."""
    try:
        parts = urlsplit(url)
    except ValueError:  # no address at all: "http://[x"
        return url.partition("?")[0][:SHOWN_MAX]
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
