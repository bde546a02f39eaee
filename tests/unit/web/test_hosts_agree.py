"""Whoever judges a URL and whoever dials it mean the same host and port, or nothing is dialled."""

import asyncio
from datetime import timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.adapters.webhook.address import canonical, split_user
from feeds.errors import AddressError, WebError
from feeds.guard import Guard, check_url
from feeds.web import AiohttpWeb
from tests.servers.abroad import Everyone, Wall
from tests.unit.web.addresses import PASSED, SPELLED, TARGETS, in_url

AMPLE = timedelta(seconds=10)
EVERYWHERE = ("0.0.0.0/0", "::/0")
PORT_OF = {"http": 80, "https": 443}

# What hostile URLs are made of; the mild ones are mostly let through.
SCHEMES = st.sampled_from(["http:", "https:", "HTTP:", "hTTps:", "", "ftp:", "http:http:"])
SLASHES = st.sampled_from(["//", "//", "//", "//", "/", "", "///", "\\\\", "/\\", "//\t", "// "])
USERS = st.sampled_from(["", "", "", "", "a@", "a:b@", "@", "127.0.0.1@", "a.example:80@"])
MILD_PORTS = st.sampled_from(["", "", ":", ":80", ":443", ":0080", ":8443"])
PORTS = MILD_PORTS | st.sampled_from([":0", ":65536", ":+80", ":８０", ":1:2", ":x"])
MILD_ENDS = st.sampled_from(
    ["", "/", "/x", "?q", "#f", "/@b.example", "?@b.example/", "#@b.example/", "/é?ü=%2C", "//b"]
)
ENDS = MILD_ENDS | st.sampled_from(["\\@b.example", ";b.example", "/%00", "%2f", "/x%20y"])
MILD_LETTERS = st.sampled_from("aZ0-_.xXéßςΣİıKſ①⓪Ａ。．｡ꦲ北❤𝟏ﬁ")
LETTERS = MILD_LETTERS | st.sampled_from("℀／＃＠：％\u00ad\u200b\u200d\ufe0f\u3164\u0301[]%:*!'")
MILD_HOSTS = st.one_of(
    st.sampled_from(["a.example", "A.Example.", "xn--bcher-kva.example", "bücher.example"]),
    st.ip_addresses(v=4).map(str),
    st.ip_addresses(v=6).map(lambda address: f"[{address}]"),
    st.ip_addresses(v=4).map(lambda address: f"[::FFFF:{address}]"),
    st.text(MILD_LETTERS, min_size=1, max_size=8).map(lambda label: f"{label}.example"),
)
HOSTS = MILD_HOSTS | st.one_of(
    st.sampled_from(SPELLED),
    st.ip_addresses(v=6).map(lambda address: f"[{address.exploded}%25lo]"),
    st.text(LETTERS, min_size=1, max_size=12),
    st.text(min_size=1, max_size=8),
)
MILD = st.tuples(st.sampled_from(["http://", "HTTPS://"]), MILD_HOSTS, MILD_PORTS, MILD_ENDS)
HOSTILE = st.tuples(SCHEMES, SLASHES, USERS, HOSTS, PORTS, ENDS)
URLS = (MILD | HOSTILE).map("".join) | st.text(max_size=30)


def dialled(url: str) -> tuple[str, int] | None:
    """Let the real client go for it: the host it asks for or dials, and the port; None: nothing."""

    async def go() -> tuple[str, int] | None:
        wall, names = Wall(), Everyone()
        guard = Guard(allow=EVERYWHERE)
        async with AiohttpWeb(guard, user_agent="b", resolver=names, open_socket=wall) as web:
            with pytest.raises(WebError):
                await web.get(url, headers={}, timeout=AMPLE, body_bytes_max=1)
            with pytest.raises(WebError):
                await web.post(url, headers={}, body=b"", timeout=AMPLE, answer_bytes_max=1)
        gone = names.asked or wall.dialled
        assert len(gone) in (0, 2)
        assert len(set(gone)) < 2
        return (gone[0][0].lower(), gone[0][1]) if gone else None

    return asyncio.run(go())


def judged(url: str) -> tuple[str, int] | None:
    try:
        host = check_url(url)
    except WebError:
        return None
    scheme, _, rest = url.partition("://")
    authority = rest.partition("/")[0].partition("?")[0].partition("#")[0]
    port = authority.rpartition("]")[2].partition(":")[2]
    return host, int(port or PORT_OF[scheme.lower()])


@given(URLS)
@settings(max_examples=300, deadline=None)
@example("http://[::1]x/")
@example("http://straße.example/")
@example("http://i❤.example/%2C")
def test_what_is_judged_is_what_is_dialled(url: str) -> None:
    assert dialled(url) == judged(url)


@pytest.mark.parametrize("url", [*TARGETS, *map(in_url, PASSED)])
def test_what_is_judged_of_every_hostile_url_is_what_is_dialled(url: str) -> None:
    assert dialled(url) == judged(url)


@given(URLS)
@settings(max_examples=300, deadline=None)
@example("https://straße.example/")
@example("https://A.Example.:443/")
@example("HTTP://@A")
def test_a_webhooks_canonical_address_names_the_host_that_was_typed(url: str) -> None:
    try:
        typed = judged(split_user(url)[0])  # user and password become a header
        address = canonical(url, allow_http=True)
    except AddressError:
        assert judged(url.strip()) is None or len(url) > 2_000
        return

    assert typed is not None
    host, port = typed
    assert judged(address) == (host.removesuffix("."), port)
    assert canonical(address, allow_http=True) == address
