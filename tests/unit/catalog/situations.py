"""A news site in memory, and the situations that several tests begin with."""

from collections.abc import Mapping
from datetime import timedelta
from zoneinfo import ZoneInfo

from feeds.catalog import Catalog
from feeds.model import (
    Declared,
    DeclaredDestination,
    DeclaredFeed,
    DeclaredRoute,
    Delivery,
    DeliveryState,
    Feed,
    Key,
    KeyKind,
    NewStory,
    PollMemory,
    PollRecord,
)
from feeds.ports import WebResponse
from tests.builders import NOON, an_entry

API = "https://api.telegram.example"
TOKEN = "424242:a-token-made-up-for-tests-0123456789"
JAKARTA = ZoneInfo("Asia/Jakarta")
FEED_URL = "https://berita.example/feed/"


def rss(title: str, *headlines: str) -> bytes:
    items = "".join(
        f"<item><title>{headline}</title><guid>https://berita.example/{headline}</guid></item>"
        for headline in headlines
    )
    return f'<rss version="2.0"><channel><title>{title}</title>{items}</channel></rss>'.encode()


PAGES: dict[str, tuple[int, str, bytes]] = {
    "/feed/": (200, "application/rss+xml", rss("Daily Berita", "Satu", "Dua", "Tiga", "Empat")),
    "/pindah/": (200, "application/rss+xml", rss("Daily Berita", "Empat", "Lima")),
    "/lain/": (200, "application/rss+xml", rss("Daily Berita", "Asing", "Baru")),
    "/html": (200, "text/html", b"<!doctype html><html><body><p>Halo</p></body></html>"),
    "/empty": (200, "application/rss+xml", b""),
    "/huge": (200, "application/rss+xml", b"<rss>" + b" " * 200_000 + b"</rss>"),
    "/loop": (302, "text/plain", b""),
}


def a_site(method: str, url: str, headers: Mapping[str, str], body: bytes) -> WebResponse:  # noqa: ARG001  # SimWeb's Server
    """Serve PAGES by path; 404 elsewhere."""
    path = url.removeprefix("https://berita.example")
    status, kind, page = PAGES.get(path, (404, "text/html", b"not found"))
    said = {"content-type": kind} | ({"location": url} if status == 302 else {})
    return WebResponse(status=status, url=url, headers=said, body=page)


async def a_file_declares(catalog: Catalog) -> None:
    """berita.toml declares a feed, a webhook, and the route between them."""
    declared = Declared(
        feeds=(DeclaredFeed(name="filed", url="https://filed.example/feed"),),
        destinations=(
            DeclaredDestination(name="hook", kind="webhook", address="https://hook.example/in"),
        ),
        routes=(DeclaredRoute(feed="filed", destination="hook"),),
    )
    await catalog.store.declare(declared, now=NOON)


async def a_story_is_published(catalog: Catalog, feed: Feed, title: str = "Satu") -> Delivery:
    """A poll of `feed` finds one story; gives its delivery, waiting."""
    digest = title.encode().ljust(16, b".")[:16]
    story = NewStory(
        entry=an_entry(title=title),
        keys=(Key(kind=KeyKind.GUID, digest=digest),),
        fingerprint=digest,
        found_by=KeyKind.GUID,
    )
    record = PollRecord(
        feed=feed.id,
        polled_url=feed.url,
        next_poll_at=NOON + timedelta(hours=1),
        next_poll_why="interval",
        memory=PollMemory(baseline_at=NOON, last_poll_at=NOON),
        stories=(story,),
    )
    await catalog.store.record_polls([record], now=NOON)
    newest = (await catalog.store.list_deliveries(limit=1))[0]
    assert newest.state is DeliveryState.WAITING
    found = await catalog.store.delivery_story(newest.id)
    assert found is not None
    return found.delivery
