from contextlib import suppress
from ipaddress import IPv4Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.errors import WebError, WebErrorKind
from feeds.guard import URL_CHARS_MAX, Guard, check_url
from tests.unit.web.addresses import PASSED, REFUSED


@pytest.mark.parametrize("address", REFUSED)
def test_an_address_that_is_not_public_is_refused_with_a_reason(address: str) -> None:
    assert Guard().refuses(address)
    assert Guard().is_private(address)


@pytest.mark.parametrize("address", PASSED)
def test_a_public_address_may_be_dialled(address: str) -> None:
    assert Guard().refuses(address) is None
    assert not Guard().is_private(address)


@pytest.mark.parametrize("text", ["", "localhost", "127.1", "2130706433", "0x7f000001", "[::1]"])
def test_what_is_no_numeric_address_is_never_dialled(text: str) -> None:
    assert Guard().refuses(text)


@pytest.mark.parametrize("address", ["10.1.2.3", "::ffff:10.1.2.3", "fd00::7"])
def test_a_network_the_operator_opened_may_be_dialled(address: str) -> None:
    guard = Guard(allow=["10.0.0.0/8", "fd00::/8"])

    assert guard.refuses(address) is None
    assert guard.is_private(address)  # which it stays, for what is told of it
    assert guard.refuses("192.168.0.1")
    assert guard.refuses("fe80::1")


@given(st.ip_addresses(v=4, network="10.0.0.0/8") | st.ip_addresses(v=4, network="224.0.0.0/4"))
def test_an_ipv4_address_is_refused_in_its_mapped_form_too(address: IPv4Address) -> None:
    assert Guard().refuses(str(address))
    assert Guard().refuses(f"::ffff:{address}")


SOUND = {
    "https://example.org/feed/": "example.org",
    "HTTP://EXAMPLE.org": "example.org",
    "https://example.org:8443/a?b=c%2Cd|e#f": "example.org",
    "https://example.org./feed": "example.org.",
    "http://localhost:8080/": "localhost",
    "http://my_host/": "my_host",
    "http://8.8.8.8/": "8.8.8.8",
    "http://[2606:4700::1111]:80/x": "2606:4700::1111",
    "https://MÜNCHEN.example/": "xn--mnchen-3ya.example",
    "https://straße.example/": "xn--strae-oqa.example",  # as browsers do, not "strasse"
    "https://ꦲꦏ꧀ꦱꦫ.example:8443/": "xn--tl9a3brc5e.example",
    "https://my_host.☕.example。/": "my_host.xn--53h.example.",
    "http://１２７.0.0.1/": "127.0.0.1",  # the guard knows what to do with it
    "https://example.org/बेरिता\u200d/": "example.org",
    "https://4chan.org/": "4chan.org",
}


@pytest.mark.parametrize(("url", "host"), SOUND.items())
def test_a_sound_url_passes_and_tells_its_host(url: str, host: str) -> None:
    assert check_url(url) == host


UNSOUND = {
    "not a URL": ["", "berita", "example.org/feed", "//example.org/", "/feed", "http://[::1", "::"],
    "only http": ["file:///etc/passwd", "ftp://a.b/", "gopher://a/", "dict://a:1/", "data:,x",
                  "unix:///run/x", "ws://a.b/", "jar:http://a!/", "javascript:alert(1)", "FILE:/x"],
    "names no host": ["http:///x", "http://", "https:", "http://:80/", "http:example.org"],
    "user name": ["http://user:pw@localhost/", "http://evil@127.0.0.1/", "http://@a.b/",
                  "http://ok@a.b@127.0.0.1/"],
    "port": ["http://a.b:0/", "http://a.b:65536/", "http://a.b:80:443/", "http://a.b:x/",
             "http://a.b:-1/"],
    "space or a control": [" http://a.b/", "http://a.b/ ", "http://a.b/x y", "http://a.b/\t",
                           "http://a.b/\r\nX: y", "http://a\u00a0b/", "ht\ntp://a.b/",
                           "http://a.b/\x00", "http://a.b/\u2028", "http://a.b/\udc80"],
    "backslash": ["http://a\\@127.0.0.1/", "http:\\\\a.b\\"],
    "neither a name nor an address": ["http://%31%32%37.0.0.1/", "http://[fe80::1%25lo]/",
                                      "http://[fe80::1%lo]/", "http://[v1.x]/", "http://a..b/",
                                      "http://.a/", "http://a|b/", "http://exa\u200bmple.org/é",
                                      "http://" + "a" * 64 + ".org/", "http://" + "a." * 130 + "b/",
                                      "http://a'b/", "http://a*b/",
                                      "http://exa\u00admple.org/", "http://i❤\ufe0f.example/",
                                      "http://a\u3164b.example/", "http://a。。b/",
                                      "http://a＝b.example/", "http://" + "é" * 60 + ".example/",
                                      "http://\ue000.example/"],
    "is a number": ["http://127.1/", "http://127.0.1/", "http://2130706433/", "http://0x7f000001/",
                    "http://0x7f.0.0.1/", "http://0177.0.0.1/", "http://017700000001/", "http://0/",
                    "http://127.0.0.1./", "http://０ｘ７ｆ.1/", "http://①②⑦.①/",
                    "http://256.1.1.1/", "http://1.2.3.4.5/", "http://a.1/"],
    "longer": ["https://a.b/" + "x" * URL_CHARS_MAX],
}  # fmt: skip


@pytest.mark.parametrize(
    ("reason", "url"), [(reason, url) for reason, urls in UNSOUND.items() for url in urls]
)
def test_an_unsound_url_is_refused_with_the_reason_in_one_line(reason: str, url: str) -> None:
    with pytest.raises(WebError) as refusal:
        check_url(url)

    assert reason in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert refusal.value.kind is WebErrorKind.BAD_URL
    assert not refusal.value.request_left


def test_a_refusal_never_repeats_what_may_be_a_secret() -> None:
    with pytest.raises(WebError) as refusal:
        check_url("https://user:hunter2@example.org/hook/T0K3N?key=hunter2")

    assert "hunter2" not in str(refusal.value)
    assert "T0K3N" not in str(refusal.value)


@given(st.text(max_size=60) | st.text(max_size=40).map("http://".__add__))
def test_any_text_is_either_a_url_or_refused(text: str) -> None:
    host = None
    with suppress(WebError):
        host = check_url(text)

    assert host is None or (host and not set(host) & set("%@/\\?# \n"))
