"""How the loopback publisher misbehaves on request: one function per fault, chosen by its name."""

import asyncio
import zlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

from tests.servers.publisher_feeds import Edition

MEGABYTE = 1_000_000
DRIP_SECONDS = 0.02
HTML_PAGE = "<!doctype html><html><head><title>Parkir</title></head><body>Dijual</body></html>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What a feed does instead of answering; `value` is the fault's parameter.

    With `times` it heals by itself after so many requests.
    """

    name: str
    value: str | int | None = None
    times: int | None = None


Act = Callable[[web.Request, Edition, Fault], Awaitable[web.StreamResponse]]


async def status(_request: web.Request, _edition: Edition, fault: Fault) -> web.StreamResponse:
    """Answer a bare status; `value` is it."""
    return web.Response(status=int(fault.value or 500), text="maaf")


async def too_many(_request: web.Request, _edition: Edition, fault: Fault) -> web.StreamResponse:
    """429 with `value` as Retry-After (seconds or a date)."""
    return web.Response(status=429, headers={"Retry-After": str(fault.value or 60)})


async def html(_request: web.Request, _edition: Edition, _fault: Fault) -> web.StreamResponse:
    """200 with a parked domain's page."""
    return web.Response(text=HTML_PAGE, content_type="text/html")


async def empty(_request: web.Request, _edition: Edition, _fault: Fault) -> web.StreamResponse:
    """200 with nothing in it."""
    return web.Response(content_type="application/rss+xml")


async def silent(_request: web.Request, _edition: Edition, _fault: Fault) -> web.StreamResponse:
    """Take the request and never answer."""
    await asyncio.Event().wait()
    return web.Response(status=500)


async def drip(request: web.Request, edition: Edition, _fault: Fault) -> web.StreamResponse:
    """Send a byte now and then, without end: no read ever times out."""
    response = await _begin(request, edition)
    while True:
        await response.write(b" ")
        await asyncio.sleep(DRIP_SECONDS)


async def huge(request: web.Request, edition: Edition, fault: Fault) -> web.StreamResponse:
    """Send `value` megabytes (64) in chunks, with no length said before."""
    response = await _begin(request, edition)
    for _ in range(int(fault.value or 64)):
        await response.write(b"<item/>\n" * (MEGABYTE // 8))
    return response


async def gzip_bomb(request: web.Request, edition: Edition, fault: Fault) -> web.StreamResponse:
    """Send `value` megabytes (32) of spaces, pressed a thousandfold."""
    press = zlib.compressobj(level=9, wbits=31)
    spaces = b" " * MEGABYTE
    pressed = b"".join(press.compress(spaces) for _ in range(int(fault.value or 32)))
    response = await _begin(request, edition, {"Content-Encoding": "gzip"})
    await response.write(pressed + press.flush())
    return response


async def bad_gzip(_request: web.Request, edition: Edition, _fault: Fault) -> web.StreamResponse:
    """Say gzip and send plain text."""
    return web.Response(body=edition.body, headers={"Content-Encoding": "gzip"})


async def cut(request: web.Request, edition: Edition, _fault: Fault) -> web.StreamResponse:
    """Reset the connection in the middle of the body."""
    response = await _begin(request, edition, {"Content-Length": str(len(edition.body))})
    await response.write(edition.body[: len(edition.body) // 2])
    assert request.transport is not None
    request.transport.abort()
    return response


async def hang_up(request: web.Request, _edition: Edition, _fault: Fault) -> web.StreamResponse:
    """Take the request and close the connection without a word."""
    assert request.transport is not None
    request.transport.close()
    return web.Response()


async def garbage(request: web.Request, _edition: Edition, _fault: Fault) -> web.StreamResponse:
    """Answer something that is not HTTP."""
    assert request.transport is not None
    request.transport.write(b"220 mail.example ESMTP\r\n\r\n")  # type: ignore[attr-defined]
    request.transport.close()
    return web.Response()


async def loop(request: web.Request, _edition: Edition, _fault: Fault) -> web.StreamResponse:
    """Redirect to and fro between two addresses."""
    other = "?b" if request.query_string != "b" else "?a"
    return web.Response(status=302, headers={"Location": f"{request.path}{other}"})


async def endless(request: web.Request, _edition: Edition, _fault: Fault) -> web.StreamResponse:
    """Redirect on and on, never twice to one place."""
    step = int(request.query_string or "0") + 1
    return web.Response(status=302, headers={"Location": f"{request.path}?{step}"})


async def redirect(_request: web.Request, _edition: Edition, fault: Fault) -> web.StreamResponse:
    """Redirect for now, to the URL in `value`."""
    return web.Response(status=302, headers={"Location": str(fault.value)})


async def moved(_request: web.Request, _edition: Edition, fault: Fault) -> web.StreamResponse:
    """Redirect for good, to the URL in `value`."""
    return web.Response(status=301, headers={"Location": str(fault.value)})


async def cookies(_request: web.Request, edition: Edition, _fault: Fault) -> web.StreamResponse:
    """Answer well and set two cookies."""
    response = web.Response(body=edition.body, content_type="application/rss+xml")
    response.set_cookie("session", "s3cret")
    response.set_cookie("track", "1", domain="127.0.0.1")
    return response


async def unvalidated(_request: web.Request, edition: Edition, _fault: Fault) -> web.StreamResponse:
    """Answer well, without any validator, whatever was asked."""
    return web.Response(body=edition.body, headers={"Content-Type": edition.content_type})


ACTS: dict[str, Act] = {
    act.__name__: act
    for act in (
        *(status, too_many, html, empty, silent, drip, huge, gzip_bomb, bad_gzip, cut, hang_up),
        *(garbage, loop, endless, redirect, moved, cookies, unvalidated),
    )
}


async def _begin(
    request: web.Request, edition: Edition, headers: dict[str, str] | None = None
) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": edition.content_type, **(headers or {})})
    await response.prepare(request)
    return response
