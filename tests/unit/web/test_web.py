"""The client of feeds against a real publisher on loopback: bounds, redirects, errors."""

import pytest

from feeds.errors import WebErrorKind
from feeds.ports import Hop
from feeds.web import AiohttpWeb
from tests.servers.abroad import abroad
from tests.servers.publisher import Publisher
from tests.servers.raw import RawServer
from tests.unit.web.asking import AMPLE, SOON, failure_of, got


async def test_a_feed_comes_decoded_with_its_headers(web: AiohttpWeb, publisher: Publisher) -> None:
    answer = await got(web, publisher.url())

    assert answer.status == 200
    assert answer.body == publisher.edition().body
    assert answer.headers["etag"] == publisher.edition().etag
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.url == publisher.url()
    assert answer.hops == ()


async def test_what_was_given_is_sent_and_nothing_else_that_tells_on_us(
    web: AiohttpWeb, publisher: Publisher
) -> None:
    odd = {"If-None-Match": 'W/"a, b--%2C~é"', "If-Modified-Since": "yesterday  or so"}

    await web.get(publisher.url(), headers=odd, timeout=AMPLE, body_bytes_max=200_000)

    sent = publisher.requests[0].headers
    assert sent["if-none-match"] == odd["If-None-Match"]
    assert sent["if-modified-since"] == odd["If-Modified-Since"]
    assert sent["user-agent"] == "berita/1 (+test)"
    assert "gzip" in sent["accept-encoding"]
    assert set(sent) == {
        *("host", "user-agent", "accept", "accept-encoding"),
        *("if-none-match", "if-modified-since"),
    }


async def test_a_url_travels_as_it_is_written(web: AiohttpWeb, publisher: Publisher) -> None:
    await got(web, publisher.url() + "?sig=a%2Cb%7E|c+%2f&x=%C3%A9#part")

    assert publisher.requests[0].path == "/feeds/0?sig=a%2Cb%7E|c+%2f&x=%C3%A9"


async def test_a_cookie_is_never_returned(web: AiohttpWeb, publisher: Publisher) -> None:
    publisher.set_fault(0, "cookies")

    await got(web, publisher.url())
    await got(web, publisher.url())

    assert [request.headers.get("cookie") for request in publisher.requests] == [None, None]


async def test_one_connection_serves_request_after_request(web: AiohttpWeb) -> None:
    async with RawServer(b"HTTP/1.1 304 Not Modified\r\nETag: x\r\n\r\n") as raw:
        for _ in range(3):
            await got(web, raw.url)

        assert (raw.connections, raw.requests) == (1, 3)


# ── redirects ────────────────────────────────────────────────────────────────────────────────────


async def test_a_redirect_is_followed_and_noted(web: AiohttpWeb) -> None:
    async with Publisher(feeds=3) as publisher:
        publisher.set_fault(0, "moved", "/feeds/1#top")
        publisher.set_fault(1, "redirect", "2")

        answer = await got(web, publisher.url(0))

        assert answer.body == publisher.edition(2).body
        assert answer.url == publisher.url(2)
        assert answer.hops == (
            Hop(status=301, url=publisher.url(1)),
            Hop(status=302, url=publisher.url(2)),
        )


@pytest.mark.parametrize(
    ("fault", "words"), [("loop", "in a circle"), ("endless", "more than 5 times")]
)
async def test_a_redirect_without_end_is_given_up(
    web: AiohttpWeb, publisher: Publisher, fault: str, words: str
) -> None:
    publisher.set_fault(0, fault)

    failure = await failure_of(web, publisher.url())

    assert failure.kind is WebErrorKind.TOO_MANY_REDIRECTS
    assert words in str(failure)
    assert len(publisher.requests) <= 6


@pytest.mark.parametrize(
    "target", ["file:///etc/passwd", "ftp://a.b/", "http://u:p@a.b/", "http://[x/", "//:80/"]
)
async def test_a_redirect_to_what_is_no_web_page_is_refused(
    web: AiohttpWeb, publisher: Publisher, target: str
) -> None:
    publisher.set_fault(0, "redirect", target)

    failure = await failure_of(web, publisher.url())

    assert failure.kind is WebErrorKind.BAD_URL
    assert "127.0.0.1 redirects" in str(failure)


async def test_a_redirect_to_nowhere_is_the_answer(web: AiohttpWeb, publisher: Publisher) -> None:
    publisher.set_fault(0, "status", 302)

    answer = await got(web, publisher.url())

    assert answer.status == 302


# ── bounds ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("fault", ["huge", "gzip_bomb"])
async def test_a_body_is_bounded_as_decoded(
    web: AiohttpWeb, publisher: Publisher, fault: str
) -> None:
    publisher.set_fault(0, fault)

    failure = await failure_of(web, publisher.url())

    assert failure.kind is WebErrorKind.TOO_LARGE
    assert "larger than 200,000 bytes" in str(failure)


async def test_a_body_that_fills_the_bound_exactly_is_taken(
    web: AiohttpWeb, publisher: Publisher
) -> None:
    size = len(publisher.edition().body)

    answer = await got(web, publisher.url(), most=size)
    failure = await failure_of(web, publisher.url(), most=size - 1)

    assert len(answer.body) == size
    assert failure.kind is WebErrorKind.TOO_LARGE


async def test_an_error_page_is_not_read(web: AiohttpWeb) -> None:
    head = b"HTTP/1.1 404 Not Found\r\nContent-Length: 999999999\r\n\r\n"
    async with RawServer(head) as raw:
        answer = await got(web, raw.url)

    assert (answer.status, answer.body) == (404, b"")


@pytest.mark.parametrize("fault", ["silent", "drip"])
async def test_slowness_has_an_end(web: AiohttpWeb, publisher: Publisher, fault: str) -> None:
    publisher.set_fault(0, fault)

    failure = await failure_of(web, abroad(publisher.url()), timeout=SOON)

    assert failure.kind is WebErrorKind.TIMED_OUT
    assert failure.request_left
    assert str(failure) == "partner.example was too slow to answer"


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 2_000 + b"\r\n",
        b"HTTP/1.1 200 " + b"OK" * 20_000 + b"\r\n\r\n",
    ],
)
async def test_headers_are_bounded(web: AiohttpWeb, head: bytes) -> None:
    async with RawServer(head) as raw:
        failure = await failure_of(web, abroad(raw.url))

    assert failure.kind is WebErrorKind.BROKEN_ANSWER


@pytest.mark.parametrize("fault", ["cut", "hang_up", "garbage", "bad_gzip"])
async def test_a_broken_answer_is_never_taken_for_a_feed(
    web: AiohttpWeb, publisher: Publisher, fault: str
) -> None:
    publisher.set_fault(0, fault)

    failure = await failure_of(web, abroad(publisher.url()))

    assert failure.kind is WebErrorKind.BROKEN_ANSWER
    assert failure.request_left


async def test_a_header_that_is_no_text_is_marked_as_such(web: AiohttpWeb) -> None:
    head = b'HTTP/1.1 200 OK\r\nETag: "caf\xe9"\r\nX-A: 1\r\nX-A: 2\r\nContent-Length: 0\r\n\r\n'
    async with RawServer(head) as raw:
        answer = await got(web, raw.url)

    assert answer.headers["etag"] == '"caf\ufffd"'
    assert answer.headers["x-a"] == "1"
