"""The web of a dialogue: feeds in memory, and how they are written."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import urlsplit

from feeds.ports import WebResponse
from feeds.web import AiohttpWeb
from tests.world.web import SimWeb


class PhoneWeb(SimWeb):
    """Feeds in memory; the Bot API is asked for real."""

    operator: AiohttpWeb

    def __init__(self) -> None:
        super().__init__()
        self._held: dict[str, asyncio.Event] = {}
        self._asked: dict[str, asyncio.Event] = {}

    def hold(self, host: str) -> asyncio.Event:
        """Let a host answer only once the event is set."""
        return self._held.setdefault(host, asyncio.Event())

    async def until_asked(self, host: str) -> None:
        """Wait until a host that is held is asked."""
        await self._asked.setdefault(host, asyncio.Event()).wait()

    async def get(
        self, url: str, *, headers: Mapping[str, str], timeout: timedelta, body_bytes_max: int
    ) -> WebResponse:
        """Ask for an address by its number with the real guard; all else is in memory."""
        host = urlsplit(url).hostname or ""
        if host in self._held:
            self._asked.setdefault(host, asyncio.Event()).set()
            await self._held[host].wait()
        web = self.operator if host.replace(".", "").isdecimal() else super()
        return await web.get(url, headers=headers, timeout=timeout, body_bytes_max=body_bytes_max)

    async def ask_operator(
        self, url: str, *, timeout: timedelta, answer_bytes_max: int
    ) -> WebResponse:
        return await self.operator.ask_operator(
            url, timeout=timeout, answer_bytes_max=answer_bytes_max
        )


def rss(title: str, *headlines: str) -> str:
    """Write a feed; without headlines, of the day Kim met Putin."""
    told = headlines or ("Kim Jong Un Janji Dukung Penuh Putin", "Harga Beras Naik Lagi")
    items = "".join(
        f"<item><title>{headline}</title><link>https://berita.example/{number}/</link>"
        f"<guid>https://berita.example/?p={number}</guid>"
        "<description>Keduanya bertemu di pusat antariksa di Timur Jauh Rusia.</description>"
        f"<pubDate>Wed, 13 Sep 2023 10:0{number}:00 +0000</pubDate></item>"
        for number, headline in reversed(list(enumerate(reversed(told), 1)))
    )
    return (
        f'<?xml version="1.0"?><rss version="2.0"><channel><title>{title}</title>'
        f"<link>https://berita.example/</link>{items}</channel></rss>"
    )
