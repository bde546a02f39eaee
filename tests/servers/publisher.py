"""A whole publisher on loopback: feeds with validators, faults on request, a log of who asked how.

In a test:          async with Publisher(feeds=3) as publisher: publisher.url(0) …
As its own process: python -m tests.servers.publisher --feeds 200   (prints {"port": …, …})

Its control is plain HTTP: POST /control/DEED with a JSON object of arguments, e.g. `add`
{"feed": 3, "count": 2}; GET /control/requests and /control/feeds. Deeds are the public methods
listed in DEEDS.
"""

import argparse
import asyncio
import json
import sys
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from tests.servers.publisher_faults import ACTS, Fault
from tests.servers.publisher_feeds import KINDS, Channel, Edition, Item

REQUESTS_KEPT = 200_000
DEEDS = ("add", "rekey", "edit_all", "remove", "touch", "set_fault", "heal", "forget")


@dataclass(kw_only=True)
class Asked:
    """One request as it came, and the status it got."""

    feed: int
    at: datetime
    path: str  # with the query
    headers: Mapping[str, str]  # names in lower case
    status: int = 0
    validators: tuple[str | None, str | None] = (None, None)  # ETag, Last-Modified as answered


def wall_clock() -> datetime:
    """Tell the time on this other machine."""
    return datetime.now(UTC)  # noqa: TID251  # the publisher is a machine of its own


class Publisher:
    """`feeds` feeds with `items` posts each; `kind` is rss, atom, json or mixed.

    `max_age` (seconds) is said in Cache-Control; `filler_bytes` of text go into every post.
    """

    def __init__(
        self,
        *,
        feeds: int = 1,
        items: int = 3,
        kind: str = "rss",
        port: int = 0,
        max_age: int | None = None,
        filler_bytes: int = 0,
        now: Callable[[], datetime] = wall_clock,
    ) -> None:
        self.port = port
        self.requests: deque[Asked] = deque(maxlen=REQUESTS_KEPT)
        self.max_age = max_age
        self._now = now
        self._faults: dict[int, Fault] = {}
        self._editions: dict[int, Edition] = {}
        self._wanted = (feeds, items, kind, filler_bytes)
        self._channels: list[Channel] = []

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_get("/feeds/{feed}", self._serve)
        app.router.add_get("/control/requests", self._tell_requests)
        app.router.add_get("/control/feeds", self._tell_feeds)
        app.router.add_post("/control/{deed}", self._control)
        self._runner = web.AppRunner(
            app, access_log=None, handler_cancellation=True, shutdown_timeout=0.01
        )
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port, backlog=1024)
        await site.start()
        self.port = self._runner.addresses[0][1]
        self._open_channels()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._runner.cleanup()

    # ── deeds ────────────────────────────────────────────────────────────────────────────────────

    def url(self, feed: int = 0) -> str:
        """Tell a feed's URL."""
        return f"http://127.0.0.1:{self.port}/feeds/{feed}"

    def items(self, feed: int = 0) -> tuple[Item, ...]:
        """List all a feed has now, oldest first."""
        return tuple(self._channels[feed].items)

    def edition(self, feed: int = 0) -> Edition:
        """Give the document as it would be served now."""
        channel = self._channels[feed]
        edition = self._editions.get(feed)
        if edition is None or edition.revision != channel.revision:
            edition = self._editions[feed] = channel.edition()
        return edition

    def add(self, feed: int = 0, count: int = 1) -> tuple[Item, ...]:
        """Publish new posts."""
        return tuple(self._channels[feed].add(count, self._now()))

    def rekey(self, feed: int = 0) -> None:
        """Change every guid from http to https."""
        self._channels[feed].rekey(self._now())

    def edit_all(self, feed: int = 0) -> None:
        """Edit every post in bulk."""
        self._channels[feed].edit_all(self._now())

    def remove(self, feed: int = 0, count: int = 1) -> None:
        """Take the newest posts back."""
        self._channels[feed].remove(count, self._now())

    def touch(self, feed: int = 0) -> None:
        """Change the validators and lastBuildDate, and no post."""
        self._channels[feed].rewrite(lambda item: item, self._now())

    def set_fault(
        self,
        feed: int = 0,
        name: str = "status",
        value: str | int | None = None,
        times: int | None = None,
    ) -> None:
        """Misbehave from now on, or so many `times`: see publisher_faults.ACTS."""
        assert name in ACTS, f"no such fault: {name}"
        self._faults[feed] = Fault(name=name, value=value, times=times)

    def heal(self, feed: int = 0) -> None:
        """Behave again."""
        self._faults.pop(feed, None)

    def forget(self) -> None:
        """Empty the log of requests."""
        self.requests.clear()

    # ── answers ──────────────────────────────────────────────────────────────────────────────────

    def _open_channels(self) -> None:
        feeds, items, kind, filler_bytes = self._wanted
        for number in range(feeds):
            channel = Channel(
                number=number,
                kind=KINDS[number % len(KINDS)] if kind == "mixed" else kind,
                base_url=self.url(number),
                filler_bytes=filler_bytes,
                changed_at=self._now(),
            )
            channel.add(items, self._now())
            self._channels.append(channel)

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        feed = int(request.match_info["feed"])
        if feed >= len(self._channels):
            return web.Response(status=404)
        edition = self.edition(feed)
        asked = Asked(
            feed=feed,
            at=self._now(),
            path=request.path_qs,
            headers={name.lower(): value for name, value in request.headers.items()},
        )
        self.requests.append(asked)
        fault = self._fault_now(feed)
        if fault is None:
            answer: web.StreamResponse = self._answer(request, edition)
        else:
            answer = await ACTS[fault.name](request, edition, fault)
        asked.status = answer.status
        asked.validators = (answer.headers.get("ETag"), answer.headers.get("Last-Modified"))
        return answer

    def _fault_now(self, feed: int) -> Fault | None:
        fault = self._faults.get(feed)
        if fault is not None and fault.times is not None:
            left = fault.times - 1
            if left <= 0:
                self.heal(feed)
            else:
                self._faults[feed] = Fault(name=fault.name, value=fault.value, times=left)
        return fault

    def _answer(self, request: web.Request, edition: Edition) -> web.Response:
        headers = {"ETag": edition.etag, "Last-Modified": edition.last_modified}
        if self.max_age is not None:
            headers["Cache-Control"] = f"max-age={self.max_age}"
        if is_current(request.headers, edition):
            return web.Response(status=304, headers=headers)
        headers |= {"Content-Type": edition.content_type, "Vary": "Accept-Encoding"}
        if "gzip" not in request.headers.get("Accept-Encoding", ""):
            return web.Response(body=edition.body, headers=headers)
        return web.Response(body=edition.gzipped, headers={**headers, "Content-Encoding": "gzip"})

    # ── control ──────────────────────────────────────────────────────────────────────────────────

    async def _control(self, request: web.Request) -> web.Response:
        deed = request.match_info["deed"]
        if deed not in DEEDS:
            return web.json_response({"error": f"no such deed: {deed}"}, status=404)
        arguments = json.loads(await request.text() or "{}")
        given = getattr(self, deed)(**arguments)
        made = [_plain(item) for item in given] if given else []
        return web.json_response({"items": made})

    async def _tell_requests(self, _request: web.Request) -> web.Response:
        return web.json_response([_plain(asked) for asked in self.requests])

    async def _tell_feeds(self, _request: web.Request) -> web.Response:
        told = [
            {
                "feed": channel.number,
                "url": channel.base_url,
                "items": [_plain(item) for item in channel.items],
            }
            for channel in self._channels
        ]
        return web.json_response(told)


def is_current(headers: Mapping[str, str], edition: Edition) -> bool:
    """Judge a conditional request: an ETag decides alone where there is one (RFC 9110 §13.2.2)."""
    if "If-None-Match" in headers:
        return headers["If-None-Match"] == edition.etag
    return headers.get("If-Modified-Since") == edition.last_modified


def _plain(thing: Any) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in asdict(thing).items()
    }


async def _run(options: argparse.Namespace) -> None:
    async with Publisher(**vars(options)) as publisher:
        line = {"port": publisher.port, "feeds": [publisher.url(n) for n in range(options.feeds)]}
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


def main() -> None:
    """Serve until killed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--feeds", type=int, default=1)
    parser.add_argument("--items", type=int, default=3)
    parser.add_argument("--kind", choices=[*KINDS, "mixed"], default="rss")
    parser.add_argument("--max-age", type=int)
    parser.add_argument("--filler-bytes", type=int, default=0)
    asyncio.run(_run(parser.parse_args()))


if __name__ == "__main__":
    main()
