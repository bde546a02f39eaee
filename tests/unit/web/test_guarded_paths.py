"""Every address that must not be dialled, by every path that could lead to it.

Whatever a client lets through reaches a loopback server here, and is noted: none of it may.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta

import pytest

from bot.adapter import RetryLater
from feeds.errors import AddressError, WebError, WebErrorKind
from feeds.fetch import Failed, FetchFailure, FetchLimits, fetch
from feeds.guard import Guard
from feeds.web import AiohttpWeb
from tests.adapters.kinds import SECRET, a_webhook_adapter
from tests.builders import NOON, a_destination, a_feed, a_parcel
from tests.servers.abroad import HOST, PUBLIC, Bridge, Names, Wall, abroad
from tests.servers.raw import RawServer
from tests.unit.web.addresses import NAMES, REFUSED, TARGETS

AMPLE = timedelta(seconds=10)
TAKEN = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
UNHEARD = {FetchFailure.BAD_URL, FetchFailure.REFUSED_ADDRESS, FetchFailure.NAME_NOT_FOUND}
LOOKUPS = {name.lower(): [addresses] for name, addresses in NAMES.items() if name.isascii()}


@dataclass
class Client:
    """The real client as it is by default, with a way to wherever it would go."""

    web: AiohttpWeb
    bridge: Bridge
    names: Names

    async def get(self, url: str) -> Failed:
        limits = FetchLimits(timeout=AMPLE, body_bytes_max=1_000)
        result = await fetch(a_feed(url=url), web=self.web, limits=limits, now=NOON)
        assert isinstance(result, Failed), result
        return result

    async def post(self, url: str) -> WebError:
        with pytest.raises(WebError) as failure:
            await self.web.post(url, headers={}, body=b"{}", timeout=AMPLE, answer_bytes_max=1_000)
        return failure.value


@asynccontextmanager
async def a_client(names: Names | None = None) -> AsyncIterator[Client]:
    bridge, names = Bridge(), names or Names(LOOKUPS)
    async with AiohttpWeb(
        Guard(), user_agent="berita/1", resolver=names, open_socket=bridge
    ) as web:
        yield Client(web, bridge, names)


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    async with a_client() as client:
        yield client


# ── as a webhook, as a feed, behind a redirect ───────────────────────────────────────────────────


@pytest.mark.parametrize("target", TARGETS)
async def test_no_webhook_leads_within(client: Client, target: str) -> None:
    adapter = a_webhook_adapter(client.web, allow_http=True, timeout=AMPLE)
    for url in (target, target.replace("http:", "https:", 1)):
        with suppress(AddressError):
            destination = a_destination(address=adapter.read(url), secret=SECRET)
            assert isinstance(await adapter.send(destination, a_parcel(), b"{}"), RetryLater)
        failure = await client.post(url)  # stored by other means, it is judged all the same
        assert not failure.request_left

    assert client.bridge.dialled == []


@pytest.mark.parametrize("target", TARGETS)
async def test_no_feed_leads_within(client: Client, target: str) -> None:
    if target.lower().startswith("file:"):
        target = target.replace("///", "//localhost/")  # of an admin's feed, not of the file's

    result = await client.get(target)

    assert result.kind in UNHEARD
    assert client.bridge.dialled == []


@pytest.mark.parametrize("target", TARGETS)
async def test_no_redirect_leads_within(client: Client, target: str) -> None:
    location = target.replace("\r\n", "%0D%0A").encode()
    head = b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: " + location + b"\r\n\r\n"
    async with RawServer(head) as raw:
        result = await client.get(abroad(raw.url))

        assert raw.requests <= 6  # what names no host is a path of the redirecting server
    assert result.kind in {*UNHEARD, FetchFailure.TOO_MANY_REDIRECTS, FetchFailure.BROKEN_ANSWER}
    assert {address for address, _ in client.bridge.dialled} == {PUBLIC}


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_every_redirect_of_a_feed_is_judged_and_none_of_a_webhook_is_followed(
    client: Client, status: int
) -> None:
    head = f"HTTP/1.1 {status} X\r\nLocation: http://10.0.0.1/\r\nContent-Length: 0\r\n\r\n"
    async with RawServer(head.encode()) as raw:
        result = await client.get(abroad(raw.url))
        answer = await client.web.post(
            abroad(raw.url), headers={}, body=b"{}", timeout=AMPLE, answer_bytes_max=1_000
        )

    assert result.kind is FetchFailure.REFUSED_ADDRESS
    assert answer.status == status
    assert {address for address, _ in client.bridge.dialled} == {PUBLIC}


@pytest.mark.parametrize(
    "head",
    [
        b"200 OK\r\nRefresh: 0; url=http://10.0.0.1/",
        b"201 Created\r\nLocation: http://10.0.0.1/",
        b"300 Choices\r\nLocation: http://10.0.0.1/",
        b"305 Proxy\r\nLocation: http://10.0.0.1/",
        b"401 Who\r\nLocation: http://10.0.0.1/\r\nWWW-Authenticate: Basic",
        b'200 OK\r\nAlt-Svc: h2=":443"\r\nLink: <http://10.0.0.1/>; rel=preload',
    ],
)
async def test_no_other_header_leads_anywhere(client: Client, head: bytes) -> None:
    page = b'<meta http-equiv="refresh" content="0; url=http://10.0.0.1/">'
    answer = b"HTTP/1.1 %b\r\nContent-Length: %d\r\n\r\n%b" % (head, len(page), page)
    async with RawServer(answer) as raw:
        await client.web.get(abroad(raw.url), headers={}, timeout=AMPLE, body_bytes_max=1_000)

        assert raw.requests == 1
    assert client.bridge.dialled == [(PUBLIC, raw.port)]


async def test_a_folded_location_leads_nowhere(client: Client) -> None:
    head = (
        b"HTTP/1.1 302 X\r\nContent-Length: 0\r\nLocation: http://10.0.0.1/\r\n .a.example/\r\n\r\n"
    )
    async with RawServer(head) as raw:
        result = await client.get(abroad(raw.url))

    assert result.kind in {*UNHEARD, FetchFailure.BROKEN_ANSWER}
    assert client.bridge.dialled == [(PUBLIC, raw.port)]


# ── names and rebinding ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("address", REFUSED)
async def test_a_name_is_refused_for_any_bad_address_in_whatever_place(address: str) -> None:
    lookups = ([address], [PUBLIC, address], [address, PUBLIC], [PUBLIC, address, "1.1.1.1"])
    names = {f"n{number}.example": [lookup] for number, lookup in enumerate(lookups)}
    async with a_client(Names(names)) as client:
        for name in names:
            got, posted = await client.get(f"http://{name}/"), await client.post(f"https://{name}/")

            assert got.kind is FetchFailure.REFUSED_ADDRESS
            assert posted.kind is WebErrorKind.REFUSED_ADDRESS

    assert client.bridge.dialled == []


@pytest.mark.parametrize(
    "lookups",
    [
        [[PUBLIC], ["127.0.0.1"]],
        [[PUBLIC], [PUBLIC, "10.0.0.1"], ["10.0.0.1"]],
        [["10.0.0.1"], [PUBLIC], ["::1"]],
    ],
)
async def test_a_name_that_changes_its_mind_is_judged_at_every_lookup(
    lookups: list[list[str]],
) -> None:
    names = Names({"rebinding.example": lookups})
    async with a_client(names) as client:
        for port in range(1, 1 + len(lookups)):  # another port is another lookup
            await client.get(f"http://rebinding.example:{port}/")
        await client.post("http://rebinding.example:9/")

    assert len(names.asked) == len(lookups) + 1
    assert {address for address, _ in client.bridge.dialled} == {PUBLIC}


async def test_a_name_is_looked_up_once_and_that_answer_is_dialled() -> None:
    names = Names({"rebinding.example": [[PUBLIC], ["10.0.0.1"]]})
    async with a_client(names) as client, RawServer(TAKEN, requests_per_connection=1) as raw:
        for _ in range(3):
            await client.web.get(
                f"http://rebinding.example:{raw.port}/",
                headers={},
                timeout=AMPLE,
                body_bytes_max=1_000,
            )

        assert raw.connections == 3
    assert names.asked == [("rebinding.example", raw.port)]
    assert client.bridge.dialled == [(PUBLIC, raw.port)] * 3


# ── what must still pass ─────────────────────────────────────────────────────────────────────────

OPEN = {
    "http://8.8.8.8/": ("8.8.8.8", 80),
    "https://8.8.8.8:8443/x?y#z": ("8.8.8.8", 8443),
    "https://[2606:4700::1111]/": ("2606:4700::1111", 443),
    "http://[::ffff:8.8.8.8]:81/": ("::ffff:8.8.8.8", 81),
    f"https://{HOST}/": (PUBLIC, 443),
    f"HTTP://{HOST.upper()}:8080/": (PUBLIC, 8080),
    "https://bücher.example/": ("1.1.1.1", 443),
    "https://xn--bcher-kva.example/": ("1.1.1.1", 443),
    "http://10.20.0.7:9000/": ("10.20.0.7", 9000),  # opened
    "http://[fd00:20::7]/": ("fd00:20::7", 80),
    "http://nas.home.example/": ("10.20.0.9", 80),
}


@pytest.mark.parametrize(("url", "dialled"), OPEN.items())
async def test_what_is_public_or_opened_is_dialled(url: str, dialled: tuple[str, int]) -> None:
    wall = Wall()
    names = Names({"xn--bcher-kva.example": [["1.1.1.1"]], "nas.home.example": [["10.20.0.9"]]})
    guard = Guard(allow=["10.20.0.0/16", "fd00:20::/32"])
    async with AiohttpWeb(guard, user_agent="b", resolver=names, open_socket=wall) as web:
        with pytest.raises(WebError) as got:
            await web.get(url, headers={}, timeout=AMPLE, body_bytes_max=1)
        with pytest.raises(WebError) as posted:
            await web.post(url, headers={}, body=b"", timeout=AMPLE, answer_bytes_max=1)

    assert wall.dialled == [dialled] * 2
    assert {got.value.kind, posted.value.kind} == {WebErrorKind.CONNECT_FAILED}


async def test_an_opened_network_opens_nothing_beside_it() -> None:
    wall = Wall()
    guard = Guard(allow=["10.20.0.0/16"])
    names = Names({"mixed.example": [["10.20.0.9", "10.21.0.9"]]})
    async with AiohttpWeb(guard, user_agent="b", resolver=names, open_socket=wall) as web:
        for url in ("http://10.21.0.1/", "http://127.0.0.1/", "http://mixed.example/"):
            with pytest.raises(WebError):
                await web.get(url, headers={}, timeout=AMPLE, body_bytes_max=1)

    assert wall.dialled == []
