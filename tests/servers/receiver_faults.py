"""What a webhook consumer can do wrong, on request, for the next so many requests."""

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

BIG_BYTES = 4_000_000
DRIP = b"it goes on drop by drop\n"


@dataclass(kw_only=True)
class Fault:
    """How the next `times` requests (to `path` alone, if given) go wrong.

    status        answer `status`, with `retry_after` and `body` if given
    garbage       take it, then answer bytes that are no HTTP
    hang          read the request and never answer
    slow          take it, and say so after `seconds`
    twice         take it and say so, then answer `status` to nobody's question
    reset_before  cut the connection before the body is read
    reset_after   read the request, then cut the connection
    drip          200, then a body of one byte a second
    big           200 with a body of 4 MB
    redirect      307 to `location`
    """

    how: str
    times: int = 1
    path: str | None = None
    status: int = 503
    retry_after: str | None = None
    body: str = "not now"
    location: str = "/hook/elsewhere"
    seconds: float = 0.0

    def __post_init__(self) -> None:
        if self.how not in ANSWERS and self.how != "reset_before":
            known = ", ".join((*ANSWERS, "reset_before"))
            raise ValueError(f"no fault “{self.how}”; known: {known}")

    def concerns(self, path: str) -> bool:
        return self.times > 0 and self.path in (None, path)

    @property
    def status_heard(self) -> int | None:
        """What the sender will hear, if anything."""
        heard = {"status": self.status, "redirect": 307, "drip": 200, "big": 200}
        heard |= {"slow": 204, "twice": 204}
        return heard.get(self.how)


def cut(request: web.Request) -> web.StreamResponse:
    """Reset the connection, so that the sender cannot take it for an orderly end."""
    transport = request.transport
    assert transport is not None, "the connection is still there"
    wire: socket.socket = transport.get_extra_info("socket")
    wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
    return web.Response()


async def _status(_request: web.Request, fault: Fault) -> web.StreamResponse:
    headers = {"retry-after": fault.retry_after} if fault.retry_after is not None else {}
    return web.Response(status=fault.status, text=fault.body, headers=headers)


async def _hang(_request: web.Request, _fault: Fault) -> web.StreamResponse:
    return await asyncio.get_running_loop().create_future()


async def _slow(_request: web.Request, fault: Fault) -> web.StreamResponse:
    await asyncio.sleep(fault.seconds)
    return web.Response(status=204)


async def _twice(request: web.Request, fault: Fault) -> web.StreamResponse:
    assert request.transport is not None, "the connection is still there"
    request.transport.write(b"HTTP/1.1 204 No Content\r\n\r\n")
    await asyncio.sleep(fault.seconds)
    return web.Response(status=fault.status, text=fault.body)


async def _garbage(request: web.Request, _fault: Fault) -> web.StreamResponse:
    assert request.transport is not None, "the connection is still there"
    request.transport.write(b"220 mail.example ESMTP\r\n\r\n")
    request.transport.close()
    return web.Response()


async def _reset_after(request: web.Request, _fault: Fault) -> web.StreamResponse:
    return cut(request)


async def _drip(request: web.Request, _fault: Fault) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    for byte in DRIP * 40:
        await response.write(bytes([byte]))
        await asyncio.sleep(1)
    return response


async def _big(_request: web.Request, _fault: Fault) -> web.StreamResponse:
    return web.Response(text="x" * BIG_BYTES)


async def _redirect(_request: web.Request, fault: Fault) -> web.StreamResponse:
    return web.Response(status=307, headers={"location": fault.location})


ANSWERS: dict[str, Callable[[web.Request, Fault], Awaitable[web.StreamResponse]]] = {
    "status": _status,
    "garbage": _garbage,
    "hang": _hang,
    "slow": _slow,
    "twice": _twice,
    "reset_after": _reset_after,
    "drip": _drip,
    "big": _big,
    "redirect": _redirect,
}
