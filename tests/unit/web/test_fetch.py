"""What a fetch makes of an answer; the answers come from an in-memory publisher."""

import os
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from feeds.errors import WebError, WebErrorKind
from feeds.fetch import (
    Failed,
    Fetched,
    FetchFailure,
    FetchLimits,
    FetchResult,
    NotModified,
    Unchanged,
    fetch,
    permanent_move,
)
from feeds.model import Feed, Origin, PollMemory, Validators
from feeds.ports import Hop, WebResponse
from tests.builders import NOON, a_feed
from tests.world.web import SimWeb

LIMITS = FetchLimits(timeout=timedelta(seconds=1), body_bytes_max=1_000, user_agent="berita/1")
ETAG = 'W/"a, b--%2C~"'
MODIFIED = "Wed, 13 Sep 2023 05:00:00 +0000 (odd)"
BOTH = Validators(etag=ETAG, last_modified=MODIFIED)


def a_web(status: int = 200, body: bytes = b"<rss/>", **headers: str) -> SimWeb:
    web = SimWeb()
    answer = WebResponse(
        status=status,
        url="",
        headers={name.replace("_", "-"): value for name, value in headers.items()},
        body=body,
    )
    web.serve("berita.example", lambda *_: answer, latency=timedelta(0))
    return web


def a_polled_feed(**memory: Any) -> Feed:
    return a_feed(memory=PollMemory(**{"validators": BOTH} | memory))


async def fetched(feed: Feed, web: SimWeb) -> FetchResult:
    return await fetch(feed, web=web, limits=LIMITS, now=NOON)


async def test_a_first_fetch_asks_without_conditions_and_gives_the_body() -> None:
    web = a_web(
        etag=ETAG, last_modified=MODIFIED, content_type="text/xml", cache_control="max-age=60"
    )

    result = await fetched(a_feed(), web)

    assert isinstance(result, Fetched)
    assert (result.body, result.content_type, result.status) == (b"<rss/>", "text/xml", 200)
    assert result.validators == BOTH
    assert result.max_age == timedelta(seconds=60)
    assert len(result.digest) == 16
    asked = web.requests[0].headers
    assert "if-none-match" not in asked
    assert "if-modified-since" not in asked
    assert asked["user-agent"] == "berita/1"
    assert "application/feed+json" in asked["accept"]


async def test_both_validators_go_out_byte_for_byte() -> None:
    web = a_web(304)

    await fetched(a_polled_feed(), web)

    assert web.requests[0].headers["if-none-match"] == ETAG
    assert web.requests[0].headers["if-modified-since"] == MODIFIED


@pytest.mark.parametrize(
    ("status", "headers", "expected"),
    [
        (304, {}, BOTH),
        (304, {"etag": '"2"'}, Validators(etag='"2"', last_modified=MODIFIED)),
        (304, {"last_modified": "Thu"}, Validators(etag=ETAG, last_modified="Thu")),
        (200, {}, Validators()),
        (200, {"etag": '"2"'}, Validators(etag='"2"')),
        (200, {"last_modified": "Thu"}, Validators(last_modified="Thu")),
        (200, {"etag": '"\ufffd"', "last_modified": "x" * 1_025}, Validators()),
        (200, {"etag": "", "last_modified": "a\x7fb"}, Validators()),
    ],
)
async def test_each_validator_is_updated_by_itself(
    status: int, headers: Mapping[str, str], expected: Validators
) -> None:
    result = await fetched(a_polled_feed(), a_web(status, **headers))

    assert not isinstance(result, Failed)
    assert result.validators == expected


async def test_a_304_keeps_telling_how_long_it_is_fresh() -> None:
    result = await fetched(a_polled_feed(), a_web(304, cache_control="max-age=43200", age="200"))

    assert isinstance(result, NotModified)
    assert result.max_age == timedelta(seconds=43_000)


async def test_the_body_of_the_last_time_is_known_again_and_brings_its_new_validators() -> None:
    first = await fetched(a_feed(), a_web())
    assert isinstance(first, Fetched)

    again = await fetched(a_polled_feed(body_digest=first.digest), a_web(etag='"2"'))

    assert isinstance(again, Unchanged)
    assert again.validators == Validators(etag='"2"')


@pytest.mark.parametrize(
    ("status", "kind", "words"),
    [
        (401, FetchFailure.FORBIDDEN, "does not let us in"),
        (403, FetchFailure.FORBIDDEN, "does not let us in"),
        (404, FetchFailure.NOT_FOUND, "no feed at this address"),
        (410, FetchFailure.GONE, "gone for good"),
        (429, FetchFailure.TOO_MANY_REQUESTS, "slow down"),
        (500, FetchFailure.SERVER_ERROR, "in trouble"),
        (503, FetchFailure.SERVER_ERROR, "in trouble"),
        (204, FetchFailure.STATUS, "instead of a feed"),
        (206, FetchFailure.STATUS, "instead of a feed"),
        (302, FetchFailure.STATUS, "instead of a feed"),
        (304, FetchFailure.STATUS, "first request"),
        (418, FetchFailure.STATUS, "instead of a feed"),
    ],
)
async def test_a_status_that_is_no_feed_is_one_line_that_names_it(
    status: int, kind: FetchFailure, words: str
) -> None:
    result = await fetched(a_feed(), a_web(status))

    assert isinstance(result, Failed)
    assert (result.kind, result.status) == (kind, status)
    assert words in result.message
    assert str(status) in result.message
    assert result.gone is (status == 410)


@pytest.mark.parametrize("status", [403, 429, 503])
async def test_a_refusal_tells_how_long_to_stay_away(status: int) -> None:
    result = await fetched(a_feed(), a_web(status, retry_after="7200"))

    assert isinstance(result, Failed)
    assert result.retry_after == timedelta(hours=2)


@pytest.mark.parametrize("body", [b"", b" \r\n\t"])
async def test_an_empty_answer_is_a_failure(body: bytes) -> None:
    result = await fetched(a_feed(), a_web(body=body))

    assert isinstance(result, Failed)
    assert (result.kind, result.message) == (FetchFailure.EMPTY, "answered with nothing")


@pytest.mark.parametrize("kind", list(WebErrorKind))
async def test_every_fault_of_the_web_is_a_failure_with_the_webs_own_words(
    kind: WebErrorKind,
) -> None:
    web = a_web()
    web.fail_next("berita.example", kind, request_left=False)

    result = await fetched(a_feed(), web)

    assert isinstance(result, Failed)
    assert result.kind.value == kind.value
    assert "berita.example" in result.message


@pytest.mark.parametrize("url", ["not a url", "ftp://a.b/", "http:///", "https://a:b@c.d/"])
async def test_what_is_no_url_fails_like_anything_else(url: str) -> None:
    result = await fetched(a_feed(url=url), a_web())

    assert isinstance(result, Failed)
    assert result.kind is FetchFailure.BAD_URL


# ── permanent moves ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("hops", "expected"),
    [
        ([], None),
        ([(301, "https://b/")], "https://b/"),
        ([(308, "https://b/"), (301, "https://c/")], "https://c/"),
        ([(301, "https://b/"), (302, "https://c/")], None),
        ([(307, "https://b/")], None),
        ([(301, "http://b/")], "http://b/"),
        ([(301, "https://b/"), (301, "http://b/")], None),
    ],
)
def test_only_a_wholly_permanent_chain_is_a_move(
    hops: list[tuple[int, str]], expected: str | None
) -> None:
    assert permanent_move([Hop(status=status, url=url) for status, url in hops]) == expected


async def test_a_304_behind_a_redirect_still_tells_of_the_move() -> None:
    web = SimWeb()
    moved = WebResponse(status=301, url="", headers={"location": "https://new.example/"}, body=b"")
    web.serve("berita.example", lambda *_: moved, latency=timedelta(0))
    web.serve(
        "new.example", lambda *_: replace(moved, status=304, headers={}), latency=timedelta(0)
    )

    result = await fetched(a_polled_feed(), web)

    assert isinstance(result, NotModified)
    assert permanent_move(result.hops) == "https://new.example/"


# ── files ────────────────────────────────────────────────────────────────────────────────────────


def a_file_feed(path: Path, **changes: Any) -> Feed:
    return a_feed(**{"url": path.as_uri(), "origin": Origin.FILE} | changes)


async def test_a_file_is_read_once_and_then_known(tmp_path: Path) -> None:
    path = tmp_path / "berita kita.xml"
    path.write_bytes(b"<rss/>")

    first = await fetched(a_file_feed(path), SimWeb())
    assert isinstance(first, Fetched)
    again = await fetched(a_file_feed(path, memory=PollMemory(body_digest=first.digest)), SimWeb())
    path.write_bytes(b"<rss>2</rss>")
    changed = await fetched(
        a_file_feed(path, memory=PollMemory(body_digest=first.digest)), SimWeb()
    )

    assert (first.body, first.url) == (b"<rss/>", path.as_uri())
    assert isinstance(again, Unchanged)
    assert isinstance(changed, Fetched)


async def test_only_the_configuration_file_may_name_files(tmp_path: Path) -> None:
    path = tmp_path / "feed.xml"
    path.write_bytes(b"<rss/>")

    result = await fetched(a_file_feed(path, origin=Origin.ADMIN), SimWeb())

    assert isinstance(result, Failed)
    assert result.kind is FetchFailure.BAD_URL
    assert "configuration file only" in result.message


async def test_each_way_a_file_can_be_unreadable_has_its_line(tmp_path: Path) -> None:
    (tmp_path / "large.xml").write_bytes(b"x" * 1_001)
    (tmp_path / "empty.xml").write_bytes(b"\n")
    os.mkfifo(tmp_path / "pipe.xml")
    base = tmp_path.as_uri()
    lines = {
        f"{base}/missing.xml": "no such file",
        f"{base}/large.xml": "larger than 1,000 bytes; polling.max_body allows more",
        f"{base}/empty.xml": "answered with nothing",
        f"{base}/pipe.xml": "not a file",
        base: "not a file",
        f"{base}/large.xml/x": "not a directory",
        f"{base}/%00": "not a path",
        "file:feed.xml": "absolute path",
        "file://example.org/feed.xml": "absolute path",
    }

    for url, words in lines.items():
        result = await fetched(a_feed(url=url, origin=Origin.FILE), SimWeb())

        assert isinstance(result, Failed), url
        assert words in result.message


async def test_a_web_error_keeps_its_honesty_in_the_fake() -> None:
    web = a_web()
    web.places["berita.example"].down = True

    with pytest.raises(WebError) as refusal:
        await web.get(
            "https://berita.example/",
            headers={},
            timeout=timedelta(seconds=1),
            body_bytes_max=1,
        )

    assert refusal.value.request_left is False
    assert not web.requests
