"""The one way out to the Bot API while berita runs: paces, bounds and records every request.

It differs from aiogram's own session in knowing whether bytes left, in having a bound for each
stage, and in that no error it raises leads to the token (URLs hold it, and tracebacks hold URLs).
"""

import asyncio
import re
from collections.abc import AsyncGenerator, Callable
from datetime import timedelta
from http import HTTPStatus
from types import SimpleNamespace
from typing import Any, Protocol, cast

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramNetworkError
from aiogram.methods import GetFile, TelegramMethod
from aiogram.methods.base import TelegramType
from aiohttp import (
    ClientError,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    TraceConfig,
    TraceRequestHeadersSentParams,
)

from bot.adapters.telegram.asking import scrub
from bot.adapters.telegram.outcomes import Exchange, wait_of
from feeds.errors import BadRequest
from feeds.ports import live_on
from feeds.web.kept import KeptConnector

ANSWER_BYTES_MAX = 16_000_000  # getUpdates with 100 of the longest messages stays well under it
CONNECT_SECONDS = 10.0
KEEPALIVE_SECONDS = 3.0  # far below what servers keep idle: a connection dead unseen makes doubt
ANSWER_SECONDS = 30.0  # aiogram adds its polling timeout to it, so it is a number
CONNECTIONS = 100
FAULT_MAX = 300  # characters
LOGIN = re.compile(r"://[^\s/]*@")  # of a URL: a proxy's user and password
SENDING = ("send", "edit", "copy", "forward")  # what Telegram counts, by the method's first word
UNCOUNTED = frozenset({"sendChatAction"})


class Gate(Protocol):
    """Lets a request through when the pace allows it, counts it, and hears of refusals."""

    async def admit(self, chat: int | str | None) -> None:
        """Wait for the turn of a call that sends or edits in `chat`."""
        ...

    async def flooded(self, chat: int | str | None, after: timedelta) -> None:
        """Hear that a call to `chat` was answered 429, and how long to leave it alone."""
        ...


class OpenGate:
    """Lets everything through at once."""

    async def admit(self, chat: int | str | None) -> None:
        """Let it through."""

    async def flooded(self, chat: int | str | None, after: timedelta) -> None:
        """Take no notice."""


class UnansweredError(TelegramNetworkError):
    """No whole answer was heard; `exchange` says how far it came."""

    def __init__(self, method: TelegramMethod[TelegramType], exchange: Exchange) -> None:
        super().__init__(method=method, message=exchange.fault)
        self.exchange = exchange


class BeritaSession(AiohttpSession):
    """An aiogram session whose every call is paced by `gate`, except those of `exchange`.

    `reached` is told of a crash point: the "first byte" of what Telegram counts as sending.
    """

    def __init__(
        self,
        *,
        api_base: str,
        proxy_url: str = "",
        gate: Gate | None = None,
        reached: Callable[[str], None] = live_on,
    ) -> None:
        super().__init__(limit=CONNECTIONS, timeout=ANSWER_SECONDS)
        if proxy_url and not proxy_url.startswith(("http://", "https://")):
            raise BadRequest("telegram.proxy must begin with http:// or https://.")
        self.api = TelegramAPIServer.from_base(api_base)
        self._gate = gate or OpenGate()
        self._reached = reached
        self._proxy_url = proxy_url or None
        self._connector_type = KeptConnector
        self._connector_init["keepalive_timeout"] = KEEPALIVE_SECONDS

    async def create_session(self) -> ClientSession:
        """Open the client at the first request, with the hook that sees the request leave."""
        if self._session is None or self._session.closed:
            trace = TraceConfig()
            trace.on_request_headers_sent.append(_note_departure)
            self._session = ClientSession(
                connector=self._connector_type(**self._connector_init),
                trace_configs=[trace],
                trust_env=False,
            )
        return self._session

    async def close(self) -> None:
        """Close the client; only TLS needs the quarter of a second that aiogram gives it."""
        if self.api.base.startswith("https:"):
            await super().close()
        elif self._session is not None:
            await self._session.close()

    async def stream_content(
        self,
        url: str,
        headers: dict[str, Any] | None = None,
        timeout: int = 30,  # noqa: ASYNC109  # aiogram's signature
        chunk_size: int = 65_536,
        raise_for_status: bool = True,  # noqa: FBT001, FBT002  # as above
    ) -> AsyncGenerator[bytes, None]:
        """Read a file that somebody sent, by the same proxy; errors do not lead to the token."""
        client = await self.create_session()
        try:
            async with client.get(
                url,
                headers=headers,
                timeout=ClientTimeout(total=timeout),
                proxy=self._proxy_url,
                raise_for_status=raise_for_status,
                trace_request_ctx=SimpleNamespace(bytes_left=False, reached=live_on),
            ) as response:
                async for chunk in response.content.iter_chunked(chunk_size):
                    yield chunk
        except (ClientError, TimeoutError) as error:
            why = type(error).__name__
            raise TelegramNetworkError(method=GetFile(file_id=""), message=why) from None

    async def make_request(
        self,
        bot: Bot,
        method: TelegramMethod[TelegramType],
        timeout: int | None = None,  # noqa: ASYNC109  # aiogram's signature
    ) -> TelegramType:
        """Ask as aiogram means it: paced, answered with its models and its errors."""
        name, chat = method.__api_method__, getattr(method, "chat_id", None)
        counted = _counted(name)
        if counted:
            await self._gate.admit(chat)
        seconds = self.timeout if timeout is None else timeout
        exchange = await self.exchange(bot, method, timeout_seconds=seconds)
        if exchange.status == HTTPStatus.TOO_MANY_REQUESTS and (counted or chat is not None):
            # Whatever a chat refuses for the flood, it wants to be left alone with all the rest.
            await self._gate.flooded(chat, wait_of(exchange))
        if exchange.status is None or exchange.body is None:
            raise UnansweredError(method, exchange)
        response = self.check_response(
            bot=bot, method=method, status_code=exchange.status, content=exchange.body
        )
        return cast("TelegramType", response.result)

    async def exchange(
        self, bot: Bot, method: TelegramMethod[TelegramType], *, timeout_seconds: float
    ) -> Exchange:
        """POST once, unpaced, and tell what it came to; raises nothing that the world does."""
        reached = self._reached if _counted(method.__api_method__) else live_on
        departure = SimpleNamespace(bytes_left=False, reached=reached)
        heard: list[ClientResponse] = []
        try:
            body = await self._post(bot, method, timeout_seconds, departure, heard)
            fault = "" if body is not None else "the answer is too large"
        except (TimeoutError, ClientError, OSError, ValueError) as error:
            body, fault = None, _fault(error, bot.token)
        head = heard[0] if heard else None
        return Exchange(
            bytes_left=departure.bytes_left,
            status=head.status if head is not None else None,
            body=body if body is None else scrub(body, bot.token),
            retry_after=head.headers.get("Retry-After") if head is not None else None,
            fault=fault,
        )

    async def _post(
        self,
        bot: Bot,
        method: TelegramMethod[TelegramType],
        timeout_seconds: float,
        departure: SimpleNamespace,
        heard: list[ClientResponse],
    ) -> str | None:
        """Give the answer's text, or None when it is too large; `heard` gets its head."""
        client = await self.create_session()
        async with client.post(
            self.api.api_url(token=bot.token, method=method.__api_method__),
            data=self.build_form_data(bot=bot, method=method),
            timeout=ClientTimeout(total=timeout_seconds, sock_connect=CONNECT_SECONDS),
            allow_redirects=False,  # a followed 302 turns the POST into a GET of something else
            proxy=self._proxy_url,
            trace_request_ctx=departure,
        ) as response:
            heard.append(response)
            body = bytearray()
            async for chunk in response.content.iter_any():
                body += chunk
                if len(body) > ANSWER_BYTES_MAX:
                    return None
            return body.decode("utf-8", errors="replace")


async def _note_departure(
    session: ClientSession,  # noqa: ARG001  # aiohttp's signature
    context: SimpleNamespace,
    parameters: TraceRequestHeadersSentParams,  # noqa: ARG001  # as above
) -> None:
    """Note that the request is about to leave: aiohttp calls this before the first byte does."""
    context.trace_request_ctx.bytes_left = True
    context.trace_request_ctx.reached("first byte")


def _counted(name: str) -> bool:
    return name.startswith(SENDING) and name not in UNCOUNTED


def _fault(error: Exception, token: str) -> str:
    if isinstance(error, asyncio.TimeoutError):
        return "timed out"
    told = " ".join(str(error).split()) or type(error).__name__
    return LOGIN.sub("://", scrub(told, token))[:FAULT_MAX]
