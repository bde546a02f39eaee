"""Three pools, one guard, bounds on time and bytes.

Feeds and webhooks have a pool each, so that hanging endpoints never starve the polls. In both every
name is judged by all of its addresses, and every socket by the one it would reach. What the
operator set (the Bot API) has a third pool without the guard.
"""

import asyncio
import ssl
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from types import TracebackType
from typing import Self

import aiohttp
from aiohttp.abc import AbstractResolver

from feeds.errors import WebError, WebErrorKind
from feeds.guard import Guard, check_url
from feeds.ports import Hop, WebResponse, live_on
from feeds.web.answers import (
    as_sent,
    check_hop,
    headers_of,
    read_cut,
    read_whole,
    redirect_of,
    response_of,
)
from feeds.web.errors import OUTSIDE, Exchange, as_web_error, veiled
from feeds.web.names import GuardedNames
from feeds.web.pools import Gate, OpenSocket, open_pool, open_socket

FEED_IDLE_SECONDS = 75  # hosts with many feeds are asked again within a minute or so
WEBHOOK_IDLE_SECONDS = 15  # short: an address is judged anew on every new connection
OPERATOR_CONNECTIONS = 8
# An answer is short. Who floods us with "100 Continue" is read in pieces so small that the loop is
# not held up: with the kernel's own choice ten such endpoints stalled it for 1.8 s.
ANSWER_BUFFER_BYTES = 8_192


class AiohttpWeb:
    """`feeds.ports.Web` over aiohttp; opens its pools on entering and closes them on leaving.

    `connect_timeout` bounds TCP and TLS together, `read_timeout` each silence of a feed's answer;
    the timeout given with a call bounds the whole of it, redirects and all. `tell` hears what an
    error keeps to itself: why something was not reached that may lie within.
    """

    def __init__(
        self,
        guard: Guard,
        *,
        user_agent: str,
        feed_connections: int = 256,
        webhook_connections: int = 100,
        connect_timeout: timedelta = timedelta(seconds=5),
        read_timeout: timedelta = timedelta(seconds=10),
        tls: ssl.SSLContext | None = None,  # None: the one aiohttp made from the system's store
        resolver: AbstractResolver | None = None,  # None: the system's names
        open_socket: OpenSocket = open_socket,
        tell: Callable[[str], None] = lambda _why: None,
        reached: Callable[[str], None] = live_on,  # crash points: a webhook's "first byte"
    ) -> None:
        self._guard = guard
        self._user_agent = user_agent
        self._feed_connections = feed_connections
        self._webhook_connections = webhook_connections
        self._connect_seconds = connect_timeout.total_seconds()
        self._read_seconds = read_timeout.total_seconds()
        self._tls = tls
        self._resolver = resolver
        self._open_socket = open_socket
        self._tell = tell
        self._reached = reached
        self._open = AsyncExitStack()
        self._post_timeouts = self._timeouts()

    async def __aenter__(self) -> Self:
        """Open the three pools; nothing is dialled yet."""
        self._names = GuardedNames(self._guard, self._resolver or aiohttp.DefaultResolver())
        self._open.push_async_callback(self._names.close)
        gate = Gate(guard=self._guard, open_socket=self._open_socket)
        self._feeds = await self._pool(self._feed_connections, FEED_IDLE_SECONDS, gate)
        self._webhooks = await self._pool(
            self._webhook_connections,
            WEBHOOK_IDLE_SECONDS,
            replace(gate, receive_bytes=ANSWER_BUFFER_BYTES),
            reached=self._reached,
        )
        self._operator = await self._pool(OPERATOR_CONNECTIONS, WEBHOOK_IDLE_SECONDS)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close every connection."""
        await self._open.aclose()

    async def get(
        self,
        url: str,
        *,
        headers: Mapping[str, str],
        timeout: timedelta,  # noqa: ASYNC109  # the port's bound on the whole
        body_bytes_max: int,
    ) -> WebResponse:
        """GET, following up to 5 redirects; the body is decoded, and empty unless 2xx."""
        exchange = Exchange(host=check_url(url)).begin()
        try:
            async with asyncio.timeout(timeout.total_seconds()):
                return await self._walk(exchange, url, headers, body_bytes_max)
        except OUTSIDE as error:
            failure = self._failure(error, exchange)
        raise failure  # outside of `except`: no context, so no URL in a traceback

    async def post(
        self,
        url: str,
        *,
        headers: Mapping[str, str],
        body: bytes,
        timeout: timedelta,  # noqa: ASYNC109  # the port's bound on the whole
        answer_bytes_max: int,
    ) -> WebResponse:
        """POST once; once the status was heard that is the answer, however its body ends."""
        exchange = Exchange(host=check_url(url)).begin()
        heard: tuple[int, Mapping[str, str]] | None = None
        received = bytearray()
        failure: WebError | None = None
        try:
            async with (
                asyncio.timeout(timeout.total_seconds()),
                self._webhooks.post(
                    as_sent(url),
                    data=body,
                    headers={"Accept-Encoding": "identity", **headers},
                    allow_redirects=False,
                    auto_decompress=False,
                    timeout=self._post_timeouts,
                ) as answer,
            ):
                heard = (answer.status, headers_of(answer))
                await read_cut(answer, received, answer_bytes_max)
        except OUTSIDE as error:
            failure = self._failure(error, exchange)
        if heard is None:
            raise failure or exchange.failed(WebErrorKind.BROKEN_ANSWER, "no answer")
        return WebResponse(status=heard[0], url=url, headers=heard[1], body=bytes(received))

    async def ask_operator(
        self,
        url: str,
        *,
        timeout: timedelta,  # noqa: ASYNC109  # the port's bound on the whole
        answer_bytes_max: int,
    ) -> WebResponse:
        """GET what the operator set, with no guard and no redirects; TOO_LARGE above the bound."""
        exchange = Exchange(host=check_url(url)).begin()
        try:
            async with (
                asyncio.timeout(timeout.total_seconds()),
                self._operator.get(
                    as_sent(url),
                    allow_redirects=False,
                    timeout=self._timeouts(),
                ) as answer,
            ):
                body = await read_whole(answer, answer_bytes_max, exchange)
                return response_of(answer, url, body)
        except OUTSIDE as error:
            failure = as_web_error(error, exchange)
        raise failure  # outside of `except`: the token stays out of any traceback

    async def _walk(
        self, exchange: Exchange, url: str, headers: Mapping[str, str], body_bytes_max: int
    ) -> WebResponse:
        hops: list[Hop] = []
        while True:
            async with self._feeds.get(
                as_sent(url),
                headers=headers,
                allow_redirects=False,
                timeout=self._timeouts(sock_read=self._read_seconds),
            ) as answer:
                target = redirect_of(answer, url)
                if target is None:
                    wanted = answer.status // 100 == 2  # noqa: PLR2004  # a success, RFC 9110 §15
                    body = await read_whole(answer, body_bytes_max, exchange) if wanted else b""
                    return response_of(answer, url, body, hops)
                hops.append(Hop(status=answer.status, url=target))
            check_hop(exchange, url, hops)
            url = target

    async def _pool(
        self,
        connections: int,
        idle_seconds: int,
        gate: Gate | None = None,
        *,
        reached: Callable[[str], None] = live_on,
    ) -> aiohttp.ClientSession:
        return await self._open.enter_async_context(
            open_pool(
                connections=connections,
                idle_seconds=idle_seconds,
                user_agent=self._user_agent,
                tls=self._tls,
                gate=gate,
                names=self._names if gate else None,
                reached=reached,
            )
        )

    def _timeouts(self, *, sock_read: float | None = None) -> aiohttp.ClientTimeout:
        return aiohttp.ClientTimeout(
            total=None, connect=None, sock_connect=self._connect_seconds, sock_read=sock_read
        )

    def _failure(self, error: Exception, exchange: Exchange) -> WebError:
        """Say what went wrong; where it may lie within, say so and no more, and tell the rest."""
        exact = as_web_error(error, exchange)
        if exact.kind is WebErrorKind.BAD_URL or self._names.is_public(exchange.host):
            return exact
        self._tell(str(exact))
        return veiled(exact, exchange)
