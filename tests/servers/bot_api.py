"""A loopback Telegram: the Bot API as berita meets it, with limits, faults and a ledger.

In a test: `async with BotApi() as telegram:` and `telegram.base`, `telegram.control`. As a process:
`python -m tests.servers.bot_api --port 0 --token 42:x --channel=-100123:@dailyberita`, which prints
a line of JSON with its `base`; `POST /control/<deed>` with a JSON object does what `control` does.
"""

import argparse
import asyncio
import inspect
import json
import secrets
import signal
import socket
import struct
from collections.abc import Callable
from pathlib import Path
from time import time  # noqa: TID251  # a server of its own, with the machine's clock
from typing import Any, Self

from aiohttp import web

from tests.servers.bot_api_chats import Chat
from tests.servers.bot_api_control import DEEDS, Control
from tests.servers.bot_api_faults import Fault, How, Refused, say
from tests.servers.bot_api_methods import Backend, integer

TOKEN = "424242:loopback-token-of-a-test-0123456789a"
BODY_BYTES_MAX = 4_000_000
PAGE = "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"


class BotApi:
    """The server: one bot's Telegram behind HTTP on 127.0.0.1."""

    def __init__(
        self,
        *,
        token: str = TOKEN,
        now: Callable[[], float] = time,
        ledger: Path | None = None,
        enforce: bool = False,
    ) -> None:
        self.token = token
        self.backend = Backend(token=token, now=now, ledger=ledger, enforce=enforce)
        self.control = Control(self.backend)
        self.faults = self.backend.faults
        self.base = ""
        self._closing = asyncio.Event()
        self._called = asyncio.Event()
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def start(self, port: int = 0) -> None:
        """Listen on 127.0.0.1; a port of 0 takes a free one, named by `base`."""
        app = web.Application(client_max_size=BODY_BYTES_MAX)
        app.router.add_route("*", "/bot{token}/{method}", self._serve)
        app.router.add_get("/file/bot{token}/{path}", self._file)
        app.router.add_route("*", "/control/{deed}", self._control)
        app.router.add_route("*", "/{rest:.*}", _nothing)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        bound = self._runner.addresses[0][1]
        self.base = f"http://127.0.0.1:{bound}"

    async def close(self) -> None:
        """Stop listening; waiting polls and hung calls end."""
        self._closing.set()
        self.backend.updates.close()
        if self._runner is not None:
            await self._runner.cleanup()

    def posts(self, chat: int | str) -> list[str]:
        """List the texts of a chat's posts, in order."""
        return [post["text"] for post in self.control.posts(chat)]

    async def until_called(self, method: str, times: int = 1) -> None:
        """Wait until a method was called that often since the start or the last reset."""
        while len(self.control.calls(method)) < times:
            await self._called.wait()

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        try:
            method, parameters = await self._understand(request)
        except Refused as refusal:
            return _refusal(refusal)
        chat = self._chat_of(parameters)
        fault = self.faults.pick(method, chat)
        if fault is not None and not fault.apply:
            return await self._spoil(request, fault, {"ok": True, "result": True})
        try:
            result = self.backend.methods[method.lower()](parameters)
            answer = {"ok": True, "result": await result if inspect.isawaitable(result) else result}
        except Refused as refusal:
            return _refusal(refusal)
        if fault is not None:
            return await self._spoil(request, fault, answer)
        return web.json_response(answer)

    async def _understand(self, request: web.Request) -> tuple[str, dict[str, Any]]:
        """Read a call in any of the ways the Bot API takes; raises its 401 and 404."""
        if not secrets.compare_digest(request.match_info["token"].encode(), self.token.encode()):
            well_formed = request.match_info["token"].partition(":")[0].isdecimal()
            raise Refused(
                401 if well_formed else 404, "Unauthorized" if well_formed else "Not Found"
            )
        method = request.match_info["method"]
        parameters: dict[str, Any] = dict(request.query)
        if request.content_type == "application/json":
            parameters |= await request.json()
        else:
            sent = await request.post()
            parameters |= {n: v if isinstance(v, str) else v.file.read() for n, v in sent.items()}
        logged = {"at": self.backend.now(), "method": method, "parameters": parameters}
        self.backend.calls.append(logged)
        self._called.set()
        self._called = asyncio.Event()
        if method.lower() not in self.backend.methods:
            raise Refused(404, "Not Found: method not found")
        return method, parameters

    async def _file(self, request: web.Request) -> web.Response:
        """Serve a file that somebody sent."""
        found = self.backend.files.get(request.match_info["path"])
        if found is None or request.match_info["token"] != self.token:
            raise web.HTTPNotFound
        return web.Response(body=found)

    def _chat_of(self, parameters: dict[str, Any]) -> int | None:
        try:
            return self.backend.chats.find(parameters.get("chat_id")).id
        except Refused:
            return integer(parameters, "chat_id")

    async def _spoil(
        self, request: web.Request, fault: Fault, answer: dict[str, Any]
    ) -> web.StreamResponse:
        match fault.how:
            case How.ANSWER:
                return _refusal(fault.refusal())
            case How.PAGE:
                return web.Response(status=fault.code, text=PAGE, content_type="text/html")
            case How.REDIRECT:
                raise web.HTTPFound("/elsewhere")
            case How.TRUNCATED:
                text = json.dumps(answer)
                return web.Response(text=text[: len(text) // 2], content_type="application/json")
            case How.CUT:
                return await _cut(request, json.dumps(answer))
            case How.GARBAGE:
                _babble(request)
            case How.RESET:
                _reset(request)
            case How.HANG:
                await self._closing.wait()
                _reset(request)
            case How.SLOW | How.TWICE:
                await _late(request, fault, json.dumps(answer))
        return web.json_response(answer)

    async def _control(self, request: web.Request) -> web.Response:
        deed = request.match_info["deed"]
        if deed not in DEEDS:
            return web.json_response(
                {"error": f"no deed {deed}", "deeds": sorted(DEEDS)}, status=404
            )
        arguments = await request.json() if request.can_read_body else {}
        try:
            result = getattr(self.control, deed)(**arguments)
        except (Refused, TypeError, ValueError, KeyError) as error:
            return web.json_response({"error": f"{type(error).__name__}: {error}"}, status=400)
        return web.json_response(result.brief() if isinstance(result, Chat) else result)


async def _nothing(_: web.Request) -> web.Response:
    return _refusal(Refused(404, "Not Found"))


def _refusal(refusal: Refused) -> web.Response:
    after = refusal.parameters.get("retry_after")
    headers = {"Retry-After": str(after)} if after else {}
    return web.json_response(refusal.body(), status=refusal.code, headers=headers)


async def _late(request: web.Request, fault: Fault, text: str) -> None:
    if fault.how is How.TWICE:
        say(request, text)
    await asyncio.sleep(fault.seconds)


async def _cut(request: web.Request, text: str) -> web.StreamResponse:
    """Promise a whole body and break off in its middle."""
    response = web.StreamResponse(headers={"Content-Length": str(len(text))})
    await response.prepare(request)
    await response.write(text[: len(text) // 2].encode())
    await asyncio.sleep(0)
    if request.transport is not None:
        request.transport.close()
    return response


def _babble(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.write(b"220 mail.example ESMTP\r\n\r\n")
        request.transport.close()


def _reset(request: web.Request) -> None:
    """End the connection with a TCP reset."""
    if request.transport is not None:
        linger = struct.pack("ii", 1, 0)
        wire = request.transport.get_extra_info("socket")
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        request.transport.abort()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="a loopback Telegram Bot API")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--token", default=TOKEN)
    parser.add_argument("--channel", action="append", default=[], metavar="ID[:@NAME[:TITLE]]")
    parser.add_argument("--supergroup", action="append", default=[], metavar="ID[:@NAME[:TITLE]]")
    parser.add_argument("--user", action="append", default=[], metavar="ID[:NAME]")
    parser.add_argument("--ledger", type=Path, help="JSON lines of all that took effect")
    parser.add_argument("--enforce", action="store_true", help="answer 429 to what comes too early")
    return parser.parse_args()


async def _run(arguments: argparse.Namespace) -> None:
    server = BotApi(token=arguments.token, ledger=arguments.ledger, enforce=arguments.enforce)
    openers: dict[str, Callable[..., Chat]] = {
        "channel": server.control.channel,
        "supergroup": server.control.supergroup,
        "user": server.control.user,
    }
    for kind, opener in openers.items():
        for given in getattr(arguments, kind):
            number, *names = given.split(":", maxsplit=2)
            opener(int(number), *names)
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    await server.start(arguments.port)
    port = int(server.base.rpartition(":")[2])
    print(json.dumps({"port": port, "base": server.base, "token": server.token}), flush=True)  # noqa: T201  # read by who started us
    await stop.wait()
    await server.close()


if __name__ == "__main__":
    asyncio.run(_run(_arguments()))
