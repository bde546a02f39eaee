"""What never leaves this machine, and what never gets into a message."""

import ssl

import pytest
from aiohttp import ClientConnectorCertificateError
from aiohttp.client_reqrep import ConnectionKey

from feeds.errors import WebErrorKind
from feeds.guard import Guard
from feeds.web import AiohttpWeb
from feeds.web.errors import Exchange, as_web_error
from tests.servers.abroad import abroad
from tests.servers.publisher import Publisher
from tests.servers.raw import RawServer
from tests.unit.web.asking import SOON, failure_of


async def test_a_refused_connection_left_no_byte(web: AiohttpWeb) -> None:
    async with RawServer(b"") as raw:
        url = abroad(raw.url)

    failure = await failure_of(web, url)

    assert failure.kind is WebErrorKind.CONNECT_FAILED
    assert str(failure) == "no connection to partner.example (connection refused)"
    assert not failure.request_left


async def test_an_unknown_name_left_no_byte(web: AiohttpWeb) -> None:
    failure = await failure_of(web, "http://berita.invalid/")

    assert failure.kind is WebErrorKind.NAME_NOT_FOUND
    assert not failure.request_left


async def test_a_server_without_tls_left_no_byte(web: AiohttpWeb, publisher: Publisher) -> None:
    failure = await failure_of(web, abroad(publisher.url()).replace("http:", "https:"))

    assert failure.kind is WebErrorKind.TLS_FAILED
    assert "no safe connection to partner.example" in str(failure)
    assert not failure.request_left


@pytest.mark.parametrize("path", ["T0K3N?key=T0K3N", "feeds/0?T0K3N#T0K3N"])
async def test_no_error_quotes_a_url(web: AiohttpWeb, path: str) -> None:
    async with RawServer(b"") as closed, RawServer(b"rubbish\r\n\r\n") as rubbish:
        bases = [rubbish.url, "http://berita.invalid/", "http://[::1]:9/", "http://a\u3002.b/"]
        bases += [closed.url.replace("http:", "https:")]

        for base in bases:
            failure = await failure_of(web, base + path, timeout=SOON)

            assert failure.__context__ is None
            assert failure.__cause__ is None
            assert "T0K3N" not in str(failure)


@pytest.mark.parametrize(
    "url",
    [
        *("http://127.0.0.1:{}/", "http://localhost:{}/", "http://LOCALHOST:{}/"),
        *("http://0x7f000001:{}/", "http://0x7f.1:{}/", "http://2130706433:{}/"),
        *("http://017700000001:{}/", "http://127.1:{}/", "http://127.0.0.1.:{}/"),
        *("http://[::1]:{}/", "http://[::ffff:127.0.0.1]:{}/", "http://[::ffff:7f00:1]:{}/"),
        *("http://[::127.0.0.1]:{}/", "http://[64:ff9b::7f00:1]:{}/", "http://[::]:{}/"),
        *("http://127。0。0。1:{}/", "http://①②⑦.⓪.⓪.①:{}/", "http://ｌｏｃａｌｈｏｓｔ:{}/"),
        *("http://１２７.0.0.1:{}/", "http://0.0.0.0:{}/", "http://0:{}/"),
        *("http://%31%32%37.0.0.1:{}/", "http://localhost.:{}/", "http://a@127.0.0.1:{}/"),
    ],
)
async def test_no_spelling_of_this_machine_is_dialled(strict_web: AiohttpWeb, url: str) -> None:
    async with RawServer(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") as raw:
        failure = await failure_of(strict_web, url.format(raw.port))

        assert raw.connections == 0
    assert not failure.request_left
    assert failure.kind in {
        WebErrorKind.REFUSED_ADDRESS,
        WebErrorKind.BAD_URL,
        WebErrorKind.NAME_NOT_FOUND,
    }


@pytest.mark.parametrize(
    "target", ["http://10.0.0.1/", "http://[::1]:9/", "http://169.254.169.254/"]
)
async def test_a_redirect_to_a_private_address_is_refused(
    publisher: Publisher, target: str
) -> None:
    publisher.set_fault(0, "redirect", target)

    async with AiohttpWeb(Guard(allow=["127.0.0.0/8"]), user_agent="berita/1") as web:
        failure = await failure_of(web, publisher.url())

    assert failure.kind is WebErrorKind.REFUSED_ADDRESS
    assert failure.request_left  # the first request did leave


# ── TLS ──────────────────────────────────────────────────────────────────────────────────────────


async def test_a_certificate_that_is_not_accepted_says_why() -> None:
    fault = ssl.SSLCertVerificationError(1, "certificate verify failed")
    fault.verify_message = "certificate has expired"
    where = ConnectionKey("a.example", 443, True, True, None, None, None)

    failure = as_web_error(
        ClientConnectorCertificateError(where, fault), Exchange(host="a.example")
    )

    assert failure.kind is WebErrorKind.TLS_FAILED
    assert str(failure) == "no safe connection to a.example (certificate has expired)"
