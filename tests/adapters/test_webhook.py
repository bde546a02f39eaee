"""Webhooks: what is signed, what is said, and what each answer means."""

import json
import random
from base64 import b64decode
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from standardwebhooks import Webhook

from bot.adapter import Gone, Outcome, Rejected, RetryLater, Sent
from bot.adapters.webhook import make_secret
from bot.adapters.webhook.event import BODY_BYTES_MAX
from bot.adapters.webhook.outcomes import RETRY_AFTER_MAX, judge_answer, judge_silence
from feeds.errors import AddressError, WebError, WebErrorKind
from feeds.guard import Guard
from feeds.model import Parcel, RouteOptions
from feeds.ports import WebResponse
from feeds.web import AiohttpWeb
from tests.adapters.kinds import JAKARTA, SECRET, Clock, Endpoint, a_webhook_adapter, an_endpoint
from tests.builders import (
    NOON,
    a_delivery,
    a_destination,
    a_parcel,
    a_source,
    a_story,
    a_test_parcel,
)

HOUR = timedelta(hours=1)


class ClockInJakarta:
    """Aware, but not in UTC."""

    def now(self) -> datetime:
        return Clock().now().astimezone(JAKARTA)


@pytest.fixture
async def endpoint() -> AsyncIterator[Endpoint]:
    async with an_endpoint() as opened:
        yield opened


async def post(endpoint: Endpoint, parcel: Parcel | None = None) -> Outcome:
    parcel = parcel or a_parcel()
    body = endpoint.adapter.render(endpoint.destination, parcel)
    return await endpoint.adapter.send(endpoint.destination, parcel, body)


def event_of(parcel: Parcel) -> dict[str, Any]:
    body = a_webhook_adapter(None).render(a_destination(), parcel)
    event: dict[str, Any] = json.loads(body)
    return event


def answer(status: int, *, body: bytes = b"", **headers: str) -> Outcome:
    heard = {name.replace("_", "-"): value for name, value in headers.items()}
    response = WebResponse(status=status, url="https://x.example/", headers=heard, body=body)
    return judge_answer(response, now=NOON, secret=SECRET)


# ── the event ────────────────────────────────────────────────────────────────────────────────────


def test_a_story_is_told_in_the_standards_three_fields() -> None:
    story = a_story(
        author="Redaksi",
        image="https://berita.example/kim.jpg",
        tags=("Korut", "Rusia"),
        language="id",
        updated_at=NOON + HOUR,
    )

    event = event_of(a_parcel(story=story, delivery=a_delivery(seq=7)))

    assert event == {
        "type": "story.published",
        "timestamp": "2023-09-13T12:00:00Z",
        "data": {
            "story_id": "sty_0000000000000000000001",
            "title": "Kim Jong Un Janji Dukung Penuh Putin",
            "url": "https://berita.example/kim-putin/",
            "summary": "Keduanya bertemu di pusat antariksa di Timur Jauh Rusia.",
            "feed": {
                "name": "daily-berita",
                "title": "Daily Berita",
                "url": "https://berita.example/feed/",
            },
            "author": "Redaksi",
            "published_at": "2023-09-13T10:05:00Z",
            "updated_at": "2023-09-13T12:00:00Z",
            "image": "https://berita.example/kim.jpg",
            "tags": ["Korut", "Rusia"],
            "language": "id",
            "seq": 7,
        },
    }


def test_a_test_says_so_and_names_its_destination() -> None:
    event = event_of(a_test_parcel())

    assert event["type"] == "endpoint.test"
    assert event["data"]["destination"] == "partner"
    assert event["data"]["seq"] == 1
    assert event["data"]["message"].startswith("Uji coba dari Berita.")


def test_a_feed_on_this_machine_gives_no_path_away() -> None:
    source = a_source(url="file:///srv/berita/sample.xml")

    assert event_of(a_parcel(source=source))["data"]["feed"]["url"] == "https://berita.example/"


@pytest.mark.parametrize(
    ("story", "lost"),
    [
        (
            {
                "title": "北" * 600,
                "link": "https://berita.example/" + "x" * 4_000,
                "summary": "北京" * 1_500,
                "tags": ("北" * 125,) * 20,
                "image": "x" * 2_000,
            },
            "summary",
        ),
        ({"tags": tuple("tag" * 50 for _ in range(400))}, "tags"),
        ({"author": "Kim " * 9_000}, "author"),
        ({"image": "https://berita.example/" + "x" * 30_000}, "image"),
        ({"tags": ("北" * 250,) * 50, "author": "北" * 9_000, "language": "x" * 30_000}, "tags"),
    ],
)
def test_an_event_too_large_is_cut_and_owns_up_to_it(story: dict[str, Any], lost: str) -> None:
    parcel = a_parcel(story=a_story(**story), options=RouteOptions(summary_max=3_000))

    body = a_webhook_adapter(None).render(a_destination(), parcel)

    data = json.loads(body)["data"]
    assert len(body) <= BODY_BYTES_MAX
    assert data["truncated"] is True
    assert data[lost] != story[lost]
    assert all(data[name] for name in ("story_id", "title", "url", "summary"))


def test_an_event_that_fits_says_nothing_of_cutting() -> None:
    assert "truncated" not in event_of(a_parcel())["data"]


# ── signing ──────────────────────────────────────────────────────────────────────────────────────


async def test_every_attempt_is_signed_anew_over_the_same_bytes_and_id(endpoint: Endpoint) -> None:
    await post(endpoint)
    await post(endpoint)

    heard = endpoint.receiver.heard
    assert [one.verified for one in heard] == [True, True]
    assert {one.id for one in heard} == {"msg_0000000000000000000001"}
    assert len({one.digest for one in heard}) == 1
    assert endpoint.receiver.headers[0]["user-agent"] == "berita/test"
    assert endpoint.receiver.headers[0]["content-type"] == "application/json; charset=utf-8"


async def test_the_timestamp_is_of_the_attempt_wherever_the_clock_stands(
    endpoint: Endpoint,
) -> None:
    async with AiohttpWeb(Guard(["127.0.0.0/8"]), user_agent="berita") as web:
        endpoint.adapter = a_webhook_adapter(web, clock=ClockInJakarta())

        assert isinstance(await post(endpoint), Sent)


@pytest.mark.parametrize("secret", [None, "", "whsec_", "whsec_ÄÖ", "whsec_a"])
async def test_without_a_usable_secret_nothing_leaves_and_the_cure_is_told(
    endpoint: Endpoint, secret: str | None
) -> None:
    destination = replace(endpoint.destination, secret=secret)

    outcome = await endpoint.adapter.send(destination, a_parcel(), b"{}")

    assert isinstance(outcome, RetryLater)
    assert not outcome.counts
    assert "berita destination secret rotate partner" in outcome.reason
    assert endpoint.receiver.heard == []


def test_a_made_secret_is_what_the_standard_asks_for() -> None:
    secret = make_secret(random.Random(7))

    assert secret == make_secret(random.Random(7)) != make_secret(random.Random(8))
    assert len(b64decode(secret.removeprefix("whsec_"), validate=True)) == 32
    Webhook(secret)


# ── answers ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_any_success_is_sent(status: int) -> None:
    assert isinstance(answer(status), Sent)


def test_gone_parks_the_endpoint() -> None:
    assert isinstance(answer(410), Gone)


def test_too_large_is_refused_for_good() -> None:
    outcome = answer(413)

    assert isinstance(outcome, Rejected)
    assert not outcome.malformed


@pytest.mark.parametrize(
    ("status", "lane"),
    [
        *((status, False) for status in (400, 422)),
        *((status, True) for status in (301, 307, 401, 403, 404, 405, 408, 409, 415, 425)),
        *((status, True) for status in (500, 502, 503, 504, 599)),
    ],
)
def test_every_other_answer_is_tried_again_and_counts(status: int, *, lane: bool) -> None:
    outcome = answer(status)

    assert isinstance(outcome, RetryLater)
    assert (outcome.lane, outcome.counts, outcome.status) == (lane, True, status)
    assert str(status) in outcome.reason


@pytest.mark.parametrize(
    ("header", "after"),
    [
        ("120", timedelta(minutes=2)),
        (" 0 ", timedelta(0)),
        ("Wed, 13 Sep 2023 12:10:00 GMT", timedelta(minutes=10)),
        ("Wed, 13 Sep 2023 11:00:00 GMT", timedelta(0)),
        ("9999999999999", RETRY_AFTER_MAX),
        ("Wed, 13 Sep 2033 12:10:00 GMT", RETRY_AFTER_MAX),
        ("soon", None),
        ("-5", None),
        ("²", None),
        ("", None),
    ],
)
def test_retry_after_is_obeyed_as_far_as_it_makes_sense(
    header: str, after: timedelta | None
) -> None:
    outcome = answer(503, retry_after=header)

    assert isinstance(outcome, RetryLater)
    assert outcome.after == after


@pytest.mark.parametrize(("header", "seconds"), [("5", 60), ("90", 90), ("", 60)])
def test_a_429_burns_no_attempt_and_waits_a_minute_at_least(header: str, seconds: int) -> None:
    outcome = answer(429, retry_after=header)

    assert isinstance(outcome, RetryLater)
    assert outcome.after == timedelta(seconds=seconds)
    assert not outcome.counts
    assert outcome.lane


def test_what_the_endpoint_said_is_kept_without_secrets_or_tricks() -> None:
    body = f"tidak\x1b[31m bisa\r\n\u202e{SECRET} {'x' * 5_000}".encode() + b"\xff"

    outcome = answer(500, body=body)

    assert outcome.detail.startswith("tidak [31m bisa ••• xxx")
    assert len(outcome.detail) <= 2_000
    assert SECRET not in outcome.detail


@pytest.mark.parametrize("kind", WebErrorKind)
def test_silence_is_tried_again_whatever_its_cause(kind: WebErrorKind) -> None:
    outcome = judge_silence(WebError(kind, "why", request_left=True))

    assert isinstance(outcome, RetryLater)
    assert outcome.reason == "why"
    assert outcome.counts
    timed_out = kind is WebErrorKind.TIMED_OUT
    assert outcome.after == (timedelta(seconds=60) if timed_out else None)


# ── on the wire ──────────────────────────────────────────────────────────────────────────────────


async def test_a_cut_connection_is_tried_again_and_known_by_its_id(endpoint: Endpoint) -> None:
    endpoint.receiver.fault(how="reset_before")
    endpoint.receiver.fault(how="reset_after")

    outcomes = [await post(endpoint) for _ in range(3)]

    assert [type(outcome) for outcome in outcomes] == [RetryLater, RetryLater, Sent]
    assert [one.attempt for one in endpoint.receiver.heard] == [1, 2]
    assert endpoint.receiver.counts()["changed_bytes"] == 0


async def test_a_redirect_is_not_followed(endpoint: Endpoint) -> None:
    endpoint.receiver.fault(how="redirect", location=endpoint.receiver.url("elsewhere"))

    outcome = await post(endpoint)

    assert isinstance(outcome, RetryLater)
    assert "redirects are not followed" in outcome.reason
    assert len(endpoint.receiver.heard) == 1


@pytest.mark.parametrize("how", ["big", "drip"])
async def test_a_success_stands_however_its_body_goes_on(endpoint: Endpoint, how: str) -> None:
    endpoint.receiver.fault(how=how)

    outcome = await post(endpoint)

    assert isinstance(outcome, Sent)
    assert len(outcome.detail) <= 2_000


async def test_a_throttle_is_heard_with_its_wait(endpoint: Endpoint) -> None:
    endpoint.receiver.fault(how="status", status=429, retry_after="120")

    outcome = await post(endpoint)

    assert isinstance(outcome, RetryLater)
    assert outcome.after == timedelta(minutes=2)


async def test_a_private_address_is_never_posted_to() -> None:
    async with AiohttpWeb(Guard(), user_agent="berita") as web:
        destination = a_destination(address="http://127.0.0.1:9/hook", secret=SECRET)

        outcome = await a_webhook_adapter(web).send(destination, a_parcel(), b"{}")

    assert isinstance(outcome, RetryLater)
    assert outcome.counts


def test_only_https_is_read_where_the_operator_wants_it() -> None:
    adapter = a_webhook_adapter(None, https_only=True)

    with pytest.raises(AddressError, match="Only https://"):
        adapter.read("http://partner.example/hook")
