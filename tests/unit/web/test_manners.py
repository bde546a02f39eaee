"""Fetches through the real client, judged by the publisher as the public reader-score does."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from feeds.fetch import (
    Failed,
    Fetched,
    FetchFailure,
    FetchLimits,
    FetchResult,
    NotModified,
    Unchanged,
    fetch,
    permanent_move,
)
from feeds.model import Feed, PollMemory
from feeds.web import AiohttpWeb
from tests.builders import NOON, a_feed
from tests.servers.abroad import abroad
from tests.servers.publisher import Publisher
from tests.servers.reader_score import complaints

LIMITS = FetchLimits(timeout=timedelta(seconds=10), body_bytes_max=200_000)
Poll = Callable[[], Awaitable[FetchResult]]


def a_poller(web: AiohttpWeb, url: str, limits: FetchLimits = LIMITS) -> Poll:
    """Poll one feed again and again, remembering what a poll remembers."""
    feed: Feed = a_feed(url=url)

    async def poll() -> FetchResult:
        nonlocal feed
        result = await fetch(feed, web=web, limits=limits, now=NOON)
        if not isinstance(result, Failed):
            digest = feed.memory.body_digest if isinstance(result, NotModified) else result.digest
            memory = PollMemory(validators=result.validators, body_digest=digest)
            feed = replace(feed, memory=memory)
        return result

    return poll


@pytest.mark.parametrize("kind", ["rss", "atom", "json"])
async def test_a_publisher_has_nothing_to_complain_of(web: AiohttpWeb, kind: str) -> None:
    async with Publisher(kind=kind) as publisher:
        poll = a_poller(web, publisher.url())

        results = [await poll(), await poll()]
        publisher.add()
        results += [await poll(), await poll()]
        publisher.edit_all()
        publisher.rekey()
        publisher.remove(count=2)
        results += [await poll(), await poll()]

        assert [type(result) for result in results] == [Fetched, NotModified] * 3
        assert complaints(list(publisher.requests)) == []


async def test_validators_survive_a_failure_and_a_body_seen_before(
    web: AiohttpWeb, publisher: Publisher
) -> None:
    poll = a_poller(web, publisher.url())
    results = [await poll()]
    publisher.set_fault(0, "status", 503, times=1)

    results += [await poll(), await poll()]
    publisher.set_fault(0, "unvalidated", times=1)
    results += [await poll(), await poll(), await poll()]

    assert [type(result) for result in results] == [
        *(Fetched, Failed, NotModified),
        *(Unchanged, Unchanged, NotModified),
    ]
    assert complaints(list(publisher.requests)) == []


async def test_the_publishers_max_age_is_heard_each_time(web: AiohttpWeb) -> None:
    async with Publisher(max_age=43_200) as publisher:
        poll = a_poller(web, publisher.url())

        results = [await poll(), await poll()]

    for result in results:
        assert not isinstance(result, Failed)
        assert result.max_age == timedelta(hours=12)


async def test_a_feed_that_moved_for_good_is_followed_and_said_so(web: AiohttpWeb) -> None:
    async with Publisher(feeds=2) as publisher:
        publisher.set_fault(0, "moved", publisher.url(1))
        poll = a_poller(web, publisher.url(0))

        first, second = await poll(), await poll()

        assert isinstance(first, Fetched)
        assert isinstance(second, NotModified)
        assert first.url == publisher.url(1)
        assert permanent_move(second.hops) == publisher.url(1)


@pytest.mark.parametrize(
    ("fault", "value", "kind"),
    [
        ("status", 404, FetchFailure.NOT_FOUND),
        ("status", 410, FetchFailure.GONE),
        ("status", 500, FetchFailure.SERVER_ERROR),
        ("too_many", 90, FetchFailure.TOO_MANY_REQUESTS),
        ("empty", None, FetchFailure.EMPTY),
        ("huge", None, FetchFailure.TOO_LARGE),
        ("gzip_bomb", None, FetchFailure.TOO_LARGE),
        ("loop", None, FetchFailure.TOO_MANY_REDIRECTS),
        ("redirect", "http://10.0.0.1/", FetchFailure.REFUSED_ADDRESS),
        ("redirect", "ftp://a.example/", FetchFailure.BAD_URL),
        ("cut", None, FetchFailure.BROKEN_ANSWER),
        ("garbage", None, FetchFailure.BROKEN_ANSWER),
    ],
)
async def test_each_fault_of_a_publisher_is_one_line_for_people(
    web: AiohttpWeb, publisher: Publisher, fault: str, value: str | int, kind: FetchFailure
) -> None:
    publisher.set_fault(0, fault, value)

    result = await a_poller(web, abroad(publisher.url()))()

    assert isinstance(result, Failed)
    assert result.kind is kind
    assert result.message
    assert "\n" not in result.message
    assert len(result.message) < 160


@pytest.mark.parametrize("fault", ["drip", "silent"])
async def test_a_publisher_without_an_end_is_left_waiting(
    web: AiohttpWeb, publisher: Publisher, fault: str
) -> None:
    publisher.set_fault(0, fault)
    url = abroad(publisher.url())
    poll = a_poller(web, url, replace(LIMITS, timeout=timedelta(seconds=0.6)))

    result = await poll()

    assert isinstance(result, Failed)
    assert result.kind is FetchFailure.TIMED_OUT
    assert result.message == "partner.example was too slow to answer"


async def test_a_parked_domain_is_the_parsers_to_tell(
    web: AiohttpWeb, publisher: Publisher
) -> None:
    publisher.set_fault(0, "html")

    result = await a_poller(web, publisher.url())()

    assert isinstance(result, Fetched)
    assert result.content_type is not None
    assert result.content_type.startswith("text/html")


async def test_the_publisher_complains_of_bad_manners(publisher: Publisher) -> None:
    """The judge itself: each fault of a careless poller is found."""
    import aiohttp

    async with aiohttp.ClientSession() as careless:
        for headers in ({}, {"Cookie": "a=b", "If-None-Match": '"x"', "Referer": "http://a/"}):
            async with careless.get(publisher.url() + "?t=1", headers=headers) as answer:
                await answer.read()

    told = "\n".join(complaints(list(publisher.requests), spacing_min=timedelta(hours=1)))

    for words in ("sent cookie", "sent referer", "added a query", "calls itself", "asked again",
                  "sent ETag", "without the Last-Modified"):  # fmt: skip
        assert words in told
