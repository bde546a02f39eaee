"""The whole outside as one Web: publishers, consumers, and the Bot API by plain GET."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from types import SimpleNamespace
from urllib.parse import parse_qsl, urlsplit

from aiohttp import ClientError

from feeds.errors import WebError, WebErrorKind
from feeds.ports import WebResponse
from tests.simulation.endpoints import Endpoint
from tests.simulation.publishers import Publisher
from tests.world.clock import SimClock
from tests.world.telegram import SimTelegram


@dataclass(slots=True)
class SimOutside:
    """`feeds.ports.Web` in virtual time."""

    clock: SimClock
    telegram: SimTelegram
    publishers: dict[str, Publisher] = field(default_factory=dict)  # by name
    endpoints: dict[str, Endpoint] = field(default_factory=dict)  # by name

    async def get(
        self, url: str, *, headers: Mapping[str, str], timeout: timedelta, body_bytes_max: int
    ) -> WebResponse:
        """Answer a poll."""
        publisher = next(p for p in self.publishers.values() if url in {p.url, p.moved_to})
        asked = {name.lower(): value for name, value in headers.items()}
        return await publisher.serve(url, asked, timeout.total_seconds(), self.clock.now())

    async def post(
        self,
        url: str,
        *,
        headers: Mapping[str, str],
        body: bytes,
        timeout: timedelta,
        answer_bytes_max: int,
    ) -> WebResponse:
        """Take a webhook, or not."""
        endpoint = next(e for e in self.endpoints.values() if e.url == url)
        return await endpoint.serve(headers, body, timeout.total_seconds(), self.clock.now())

    async def ask_operator(
        self, url: str, *, timeout: timedelta, answer_bytes_max: int
    ) -> WebResponse:
        """Answer a plain question to the Bot API."""
        parts = urlsplit(url)
        departure = SimpleNamespace(bytes_left=False)
        try:
            status, headers, body = await self.telegram.ask(
                parts.path.rpartition("/")[2],
                dict(parse_qsl(parts.query)),
                departure=departure,
                seconds=timeout.total_seconds(),
            )
        except (TimeoutError, ClientError) as error:
            late = isinstance(error, TimeoutError)
            kind = WebErrorKind.TIMED_OUT if late else WebErrorKind.CONNECT_FAILED
            left = departure.bytes_left
            raise WebError(kind, "api.telegram.org: no answer", request_left=left) from None
        return WebResponse(status=status, url=url, headers=headers, body=body.encode())

    async def settle(self) -> None:
        """Let nothing be under way any more."""
        await self.telegram.settle()
        for endpoint in self.endpoints.values():
            await endpoint.settle()
        await asyncio.sleep(0)
