"""What comes back: bodies within their bound, headers as text, and where a redirect leads."""

from collections.abc import Mapping, Sequence
from urllib.parse import urldefrag, urljoin

import aiohttp
from yarl import URL

from feeds.errors import WebError, WebErrorKind
from feeds.guard import check_url, in_ascii
from feeds.ports import Hop, WebResponse
from feeds.web.errors import Exchange

REDIRECTS_MAX = 5
REDIRECT_STATUSES = (301, 302, 303, 307, 308)
CHUNK_BYTES = 65_536


def as_sent(url: str) -> URL:
    """Hand the URL over as it stands: yarl would turn %2C into a comma, and break signed URLs."""
    return URL(url if url.isascii() else in_ascii(url), encoded=True)


def redirect_of(answer: aiohttp.ClientResponse, url: str) -> str | None:
    """Tell the absolute URL this answer sends us to, without a fragment; None: to nowhere."""
    location = answer.headers.get("Location", "").strip().replace(" ", "%20")
    if answer.status not in REDIRECT_STATUSES or not location:
        return None
    return urldefrag(_joined(url, location)).url


def _joined(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError:  # brackets that hold no address
        return location


def check_hop(exchange: Exchange, url: str, hops: Sequence[Hop]) -> None:
    """Judge the last hop, which left `url`; raises WebError for a circle, a crowd, a bad URL."""
    target = hops[-1].url
    if target == url or any(target == hop.url for hop in hops[:-1]):
        raise exchange.failed(
            WebErrorKind.TOO_MANY_REDIRECTS, f"{exchange.host} redirects in a circle"
        )
    if len(hops) > REDIRECTS_MAX:
        raise exchange.failed(
            WebErrorKind.TOO_MANY_REDIRECTS,
            f"{exchange.host} redirects more than {REDIRECTS_MAX} times",
        )
    try:
        exchange.host = check_url(target)
    except WebError as error:
        raise exchange.failed(
            WebErrorKind.BAD_URL,
            f"{exchange.host} redirects to a place that is no use: {error}",
            "error.web.bad_redirect",
        ) from None


async def read_whole(answer: aiohttp.ClientResponse, most: int, exchange: Exchange) -> bytes:
    """Read the decoded body; counting as it comes stops a compression bomb early."""
    received = bytearray()
    if (answer.content_length or 0) <= most:
        async for chunk in answer.content.iter_chunked(CHUNK_BYTES):
            received += chunk
            if len(received) > most:
                break
        else:
            return bytes(received)
    answer.close()
    raise exchange.failed(
        WebErrorKind.TOO_LARGE, f"the answer of {exchange.host} is larger than {most:,} bytes"
    )


async def read_cut(answer: aiohttp.ClientResponse, received: bytearray, most: int) -> None:
    """Read into `received`, as it comes and at most `most` bytes; the rest is not waited for."""
    while len(received) < most:
        chunk = await answer.content.read(most - len(received))
        if not chunk:
            return
        received += chunk
    answer.close()


def response_of(
    answer: aiohttp.ClientResponse, url: str, body: bytes, hops: Sequence[Hop] = ()
) -> WebResponse:
    """Give the answer in the port's words."""
    return WebResponse(
        status=answer.status, url=url, headers=headers_of(answer), body=body, hops=tuple(hops)
    )


def headers_of(answer: aiohttp.ClientResponse) -> Mapping[str, str]:
    """Names in lower case, the first of repeated ones; bytes that are no UTF-8 become U+FFFD."""
    headers: dict[str, str] = {}
    for name, value in answer.headers.items():
        if not value.isascii():
            value = value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")  # noqa: PLW2901  # the same, fit to be kept
        headers.setdefault(name.lower(), value)
    return headers
