"""What the client never does, whatever the environment, an answer or a caller would like."""

import ssl
from datetime import timedelta
from pathlib import Path

import pytest

from bot.adapter import Sent
from feeds.errors import WebError, WebErrorKind
from feeds.fetch import Fetched, FetchLimits, fetch
from feeds.guard import Guard
from feeds.parse import parse_document
from feeds.web import AiohttpWeb
from tests import servers
from tests.adapters.kinds import SECRET, a_webhook_adapter
from tests.builders import NOON, a_destination, a_feed, a_parcel, a_story
from tests.servers.abroad import HOST, PUBLIC, Bridge, Names, abroad
from tests.servers.raw import RawServer

AMPLE = timedelta(seconds=10)
PEM = Path(servers.__file__).with_name("partner.pem")
TAKEN = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


def a_web(bridge: Bridge | None = None, tls: ssl.SSLContext | None = None) -> AiohttpWeb:
    names = Names({"other.example": [[PUBLIC]]})
    return AiohttpWeb(
        Guard(), user_agent="b", resolver=names, open_socket=bridge or Bridge(), tls=tls
    )


async def get(web: AiohttpWeb, url: str, **headers: str) -> int:
    return (await web.get(url, headers=headers, timeout=AMPLE, body_bytes_max=1_000)).status


async def post(web: AiohttpWeb, url: str, **headers: str) -> int:
    answer = await web.post(url, headers=headers, body=b"{}", timeout=AMPLE, answer_bytes_max=1_000)
    return answer.status


async def test_no_proxy_and_no_password_of_the_environment_is_used(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text(f"machine {HOST} login ani password hunter2\n", encoding="utf-8")
    monkeypatch.setenv("NETRC", str(netrc))
    bridge = Bridge()
    async with RawServer(TAKEN) as proxy, RawServer(TAKEN) as raw, a_web(bridge) as web:
        for scheme in ("http", "https", "all", "ws"):
            monkeypatch.setenv(f"{scheme}_proxy", proxy.url)
            monkeypatch.setenv(f"{scheme.upper()}_PROXY", proxy.url)
        for exempt in ("", "other.example", HOST, "*"):
            monkeypatch.setenv("NO_PROXY", exempt)

            assert await get(web, abroad(raw.url)) == await post(web, abroad(raw.url)) == 200

        assert proxy.connections == 0
        assert not any(b"authorization" in request.lower() for request in raw.heard)
    assert set(bridge.dialled) == {(PUBLIC, raw.port)}


async def test_no_endpoint_sees_a_cookie_again() -> None:
    answer = TAKEN.replace(b"\r\n\r\n", b"\r\nSet-Cookie: id=1; Path=/\r\n\r\n")
    async with RawServer(answer) as raw, a_web() as web:
        for _ in range(2):
            await post(web, abroad(raw.url))
            await get(web, abroad(raw.url))

        assert len(raw.heard) == 4
        assert not any(b"cookie" in request.lower() for request in raw.heard)


@pytest.mark.parametrize(
    "headers",
    [
        *({"x": f"a{end}b: c"} for end in ("\r\n", "\n", "\r", "\0", "\x0b", "\x7f")),
        *({f"x{end}y": "a"} for end in ("\r\n", "\n", "\0")),
    ],
)
async def test_a_header_that_would_end_its_line_never_leaves(headers: dict[str, str]) -> None:
    async with RawServer(TAKEN) as raw, a_web() as web:
        for ask in (get, post):
            with pytest.raises(ValueError, match="control character"):
                await ask(web, abroad(raw.url), **headers)

        assert raw.heard == []
        assert await post(web, abroad(raw.url)) == 200


@pytest.mark.parametrize(
    ("host", "fault"),
    [
        (HOST, None),
        ("other.example", "hostname mismatch"),
        (PUBLIC, "ip address mismatch"),
    ],
)
async def test_a_certificate_must_be_of_the_very_host_that_was_asked_for(
    host: str, fault: str | None
) -> None:
    served = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    served.load_cert_chain(PEM)
    trusting = ssl.create_default_context(cafile=PEM)
    async with RawServer(TAKEN, tls=served) as raw, a_web(tls=trusting) as web:
        for ask in (get, post):
            url = raw.url.replace("127.0.0.1", host)
            if fault is None:
                assert await ask(web, url) == 200
            else:
                with pytest.raises(WebError, match=fault) as failure:
                    await ask(web, url)
                assert failure.value.kind is WebErrorKind.TLS_FAILED
                assert not failure.value.request_left


async def test_a_certificate_that_nobody_vouches_for_is_not_accepted() -> None:
    served = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    served.load_cert_chain(PEM)
    async with RawServer(TAKEN, tls=served) as raw, a_web() as web:
        with pytest.raises(WebError, match=r"self.signed certificate") as failure:
            await post(web, abroad(raw.url))

    assert failure.value.kind is WebErrorKind.TLS_FAILED


async def test_no_picture_is_fetched_on_the_way_from_a_feed_to_a_webhook() -> None:
    picture = "http://169.254.169.254/latest/meta-data/kim.jpg"
    rss = (
        "<rss version='2.0'><channel><title>Berita</title><item><title>Kim Jong Un di Rusia</title>"
        f"<link>https://berita.example/1</link><description>&lt;img src='{picture}'&gt; Bertemu."
        f"</description><enclosure url='{picture}' type='image/jpeg' length='1'/></item></channel>"
        "</rss>"
    ).encode()
    bridge = Bridge()
    page = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(rss), rss)
    async with RawServer(page) as publisher, RawServer(TAKEN) as hook, a_web(bridge) as web:
        feed = a_feed(url=abroad(publisher.url))
        limits = FetchLimits(timeout=AMPLE, body_bytes_max=10_000)
        fetched = await fetch(feed, web=web, limits=limits, now=NOON)
        assert isinstance(fetched, Fetched)
        (entry,) = parse_document(fetched.body, url=feed.url).entries
        parcel = a_parcel(story=a_story(image=entry.image))
        destination = a_destination(address=abroad(hook.url), secret=SECRET)
        adapter = a_webhook_adapter(web, timeout=AMPLE, allow_http=True)

        outcome = await adapter.send(destination, parcel, adapter.render(destination, parcel))

        assert isinstance(outcome, Sent)
        assert picture.encode() in hook.heard[0]  # passed on, for the reader to fetch
    assert bridge.dialled == [(PUBLIC, publisher.port), (PUBLIC, hook.port)]
