"""Publishers, a store and a poll beat in one room."""

import asyncio
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Any

from feeds.errors import WebError
from feeds.model import Document, Feed
from feeds.parse import InlineParser
from feeds.poll import PollBeat, PollLimits
from feeds.ports import WebResponse
from feeds.store import Store
from feeds.store.rows import DeliveryRow, FeedRow
from tests.world.clock import SimClock
from tests.world.unsteady import UnsteadyStore
from tests.world.web import SimWeb

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
QUARTER = timedelta(minutes=15)


@dataclass(kw_only=True)
class Publisher:
    """A site with one feed, newest first, validators and all; does on request what sites do."""

    clock: SimClock
    host: str
    numbers: list[int] = field(default_factory=list)
    scheme: str = "http"  # of its guids
    status: int | None = None  # instead of the feed
    body: bytes | None = None  # instead of the feed
    headers: dict[str, str] = field(default_factory=dict)
    moved_to: str | None = None
    conditional: int = 0  # requests that carried a validator
    not_modified: int = 0

    def publish(self, *numbers: int) -> None:
        self.numbers += numbers

    def answer(
        self, _method: str, url: str, headers: Mapping[str, str], _body: bytes
    ) -> WebResponse | WebError:
        if self.moved_to is not None:
            return self._say(url, 301, location=self.moved_to)
        if self.status is not None:
            return self._say(url, self.status)
        self.conditional += "if-none-match" in headers
        etag = f'W/"{len(self.numbers)}-{self.scheme}"'
        if headers.get("if-none-match") == etag and self.body is None:
            self.not_modified += 1
            return self._say(url, 304, etag=etag)
        return self._say(url, 200, self.body or self._rss(), etag=etag)

    def _say(self, url: str, status: int, body: bytes = b"", **headers: str) -> WebResponse:
        return WebResponse(status=status, url=url, headers=headers | self.headers, body=body)

    def _rss(self) -> bytes:
        items = "".join(map(self._item, reversed(self.numbers)))
        head = f"<title>{self.host}</title><link>https://{self.host}/</link>"
        return f'<rss version="2.0"><channel>{head}{items}</channel></rss>'.encode()

    def _item(self, number: int) -> str:
        at = self.clock.now() - timedelta(hours=1) + timedelta(seconds=number)
        return (
            f"<item><title>Berita {number}</title><link>https://{self.host}/{number}</link>"
            f"<guid>{self.scheme}://{self.host}/?p={number}</guid>"
            f"<pubDate>{format_datetime(at.replace(hour=0, minute=0))}</pubDate>"
            f"<description>Isi {number}.</description></item>"
        )


class Stuck:
    """A parser that fails inside for marked bodies, and reads the others."""

    def __init__(self) -> None:
        self.parsed = 0
        self.breaks_on: bytes | None = None
        self._inline = InlineParser()

    async def parse(self, body: bytes, *, url: str, content_type: str | None) -> Document:
        self.parsed += 1
        if self.breaks_on is not None and self.breaks_on in body:
            raise ZeroDivisionError("a bug")
        return await self._inline.parse(body, url=url, content_type=content_type)


class Newsroom:
    """Everything polling needs; feeds are polled by rounds that the test rings."""

    def __init__(self, store: Store) -> None:
        self.clock = SimClock()
        self.web = SimWeb()
        self.store = store
        self.unsteady = UnsteadyStore(store)
        self.parser = Stuck()
        self.beat = self.new_beat()

    def new_beat(self, **limits: Any) -> PollBeat:
        """Start anew, as a process does: what was in memory is gone."""
        return PollBeat(
            store=self.unsteady,
            web=self.web,
            parser=self.parser,
            clock=self.clock,
            dice=random.Random(7),
            limits=PollLimits(**limits),
        )

    async def feed(
        self, name: str = "berita", *, numbers: range = range(5), **feed: Any
    ) -> Publisher:
        """A feed at a publisher of its own, routed to the console."""
        publisher = Publisher(clock=self.clock, host=f"{name}.example", numbers=list(numbers))
        self.web.serve(publisher.host, publisher.answer)
        url = f"https://{publisher.host}/feed"
        await self.store.add_feed(name, url, now=self.clock.now(), **feed)
        return publisher

    async def route(self, *feeds: str) -> None:
        """Send the feeds to one console."""
        place = await self.store.add_destination(
            "console", "console", "stdout", now=self.clock.now()
        )
        for name in feeds:
            await self.store.add_route((await self.row(name)).id, place.id, now=self.clock.now())

    async def wait(self, span: timedelta = QUARTER * 1.2) -> None:
        """Let time pass until the next poll is surely due."""
        for _ in range(int(span / HOUR)):  # the loop of virtual time sleeps less than a day
            await asyncio.sleep(HOUR.total_seconds())
        await asyncio.sleep((span % HOUR).total_seconds())

    async def row(self, name: str = "berita") -> FeedRow:
        return next(row for row in await self.store.list_feeds() if row.name == name)

    async def seen(self, name: str = "berita") -> Feed:
        return (await self.row(name)).feed

    async def deliveries(self) -> list[DeliveryRow]:
        """What is in the outbox, in order."""
        rows = await self.store.list_deliveries(limit=1000)
        return sorted(rows, key=lambda row: row.seq)

    async def titles(self) -> list[str | None]:
        return [row.title for row in await self.deliveries()]

    def now(self) -> datetime:
        return self.clock.now()
