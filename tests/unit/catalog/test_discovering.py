"""What is at a link: a feed to describe, a page that names some, or why there is none."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from feeds.catalog import Catalog, SeenFeed, SeenPage
from feeds.errors import BadRequest, FeedRefused
from feeds.parse.page import NamedFeed
from feeds.ports import WebResponse
from tests.unit.catalog.situations import FEED_URL
from tests.world.web import SimWeb

PAGE = '<html><head><link rel="alternate" type="application/rss+xml" href="/feed/" title="Semua">'


def serve(web: SimWeb, host: str, body: str) -> None:
    answer = WebResponse(status=200, url=f"https://{host}/", headers={}, body=body.encode())
    web.serve(host, lambda *_: answer, latency=timedelta(0))


async def test_a_feed_is_described_and_nothing_is_stored(catalog: Catalog) -> None:
    seen = await catalog.discover(FEED_URL)

    assert seen == SeenFeed(
        url=FEED_URL, title="Daily Berita", entries=4, headlines=("Satu", "Dua", "Tiga")
    )
    assert await catalog.store.list_feeds() == ()


async def test_how_often_it_posts_is_told_by_its_dates(catalog: Catalog, web: SimWeb) -> None:
    items = "".join(
        f"<item><title>{day}</title><pubDate>Mon, {day:02} Sep 2023 07:00:00 GMT</pubDate></item>"
        for day in (4, 5, 6, 7)
    )
    serve(web, "often.example", f'<rss version="2.0"><channel>{items}</channel></rss>')

    seen = await catalog.discover("often.example")

    assert isinstance(seen, SeenFeed)
    assert (seen.per_week, seen.newest_at) == (7.0, datetime(2023, 9, 7, 7, tzinfo=UTC))


async def test_a_page_offers_the_feeds_that_it_names(catalog: Catalog, web: SimWeb) -> None:
    serve(web, "page.example", PAGE)

    seen = await catalog.discover("page.example")

    named = NamedFeed(url="https://page.example/feed/", title="Semua")
    assert seen == SeenPage(url="https://page.example", feeds=(named,))


@pytest.mark.parametrize(
    ("feeds", "said"),
    [
        (1, "it names this feed: https://page.example/feed/0?a=b"),
        (6, ", https://page.example/feed/3?a=b and 2 more"),
    ],
)
async def test_who_adds_a_page_as_a_feed_is_told_of_the_feeds_that_it_names(
    catalog: Catalog, web: SimWeb, feeds: int, said: str
) -> None:
    links = (PAGE.replace("/feed/", f"/feed/{n}?a=b") for n in range(feeds))
    serve(web, "page.example", "".join(links))

    with pytest.raises(FeedRefused, match=f"HTML page, not a feed; .*{re.escape(said)}$") as told:
        await catalog.add_feed("page.example")

    assert "\n" not in str(told.value)


@pytest.mark.parametrize("path", ["html", "empty", "none", "huge"])
async def test_where_there_is_no_feed_the_reason_is_told(path: str, catalog: Catalog) -> None:
    with pytest.raises(FeedRefused, match=f"https://berita.example/{path}: "):
        await catalog.discover(f"https://berita.example/{path}")


async def test_a_file_is_not_looked_at(catalog: Catalog) -> None:
    with pytest.raises(BadRequest, match="file:"):
        await catalog.discover("file:///etc/passwd")


async def test_what_was_seen_is_added_without_another_look(catalog: Catalog, web: SimWeb) -> None:
    place = (await catalog.add_destination("console", "", name="here")).destination

    feed, known = await catalog.take_in(FEED_URL, "Daily Berita", start=3, to=place)
    again, known_again = await catalog.take_in(FEED_URL, "Daily Berita", start=0, to=place)

    assert (feed.name, feed.start, known) == ("daily-berita", 3, False)
    assert (again.id, known_again) == (feed.id, True)
    assert [(row.feed, row.destination) for row in await catalog.list_routes()] == [
        ("daily-berita", "here")
    ]
    assert not web.requests
