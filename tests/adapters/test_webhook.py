"""Webhooks: what is signed, what is said, and what each answer means."""

import json
import random
from base64 import b64decode
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from bot.adapter import Outcome, RetryLater, Sent
from bot.adapters.webhook import make_secret
from bot.adapters.webhook.event import BODY_BYTES_MAX
from bot.pace import endpoint_limit
from feeds.errors import AddressError
from feeds.guard import Guard
from feeds.model import DestinationOptions, Parcel, RouteOptions
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
from tests.servers.raw import RawServer

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


def test_an_edited_story_is_told_as_it_is_now_at_each_place_with_its_own_seq() -> None:
    parcels = [
        a_parcel(story=a_story(title=title), delivery=a_delivery(seq=seq))
        for title, seq in (("Janji Kim", 1), ("Janji Kim", 2**62), ("Janji Kim: ralat", 2))
    ]

    told = [(data["title"], data["seq"]) for data in (event_of(p)["data"] for p in parcels)]

    assert told == [("Janji Kim", 1), ("Janji Kim", 2**62), ("Janji Kim: ralat", 2)]


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


@pytest.mark.parametrize(
    "summary",
    ["Keduanya bertemu di Vostochny.", "Ibu kota: Москва, 平壤, العربية", "🚀🇷🇺 👨‍🚀 “suci”"],
)
async def test_after_a_rotation_both_secrets_verify_the_newest_first_and_then_the_new_one_alone(
    endpoint: Endpoint, summary: str
) -> None:
    new, third = (make_secret(random.Random(dice)) for dice in (2, 3))
    now = Clock().now()
    rotated = replace(
        endpoint.destination,
        secret=new,
        old_secret=SECRET,
        old_secret_until=now + HOUR,
    )
    parcel = a_parcel(story=a_story(title="Janji “Perjuangan Suci” 🤝", summary=summary))
    body = endpoint.adapter.render(rotated, parcel)

    for destination in (rotated, replace(rotated, old_secret_until=now)):
        await endpoint.adapter.send(destination, parcel, body)

    during, after = endpoint.receiver.headers
    assert [one.verified for one in endpoint.receiver.heard] == [True, False]
    for secret in (new, SECRET):
        assert Webhook(secret).verify(body, during)["data"]["summary"] == summary
    first, second = during["webhook-signature"].split(" ")
    Webhook(new).verify(body, during | {"webhook-signature": first})
    Webhook(SECRET).verify(body, during | {"webhook-signature": second})
    Webhook(new).verify(body, after)
    for secret, headers in ((SECRET, after), (third, during)):
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(body, headers)


async def test_an_old_secret_that_cannot_sign_stops_nothing(endpoint: Endpoint) -> None:
    until = Clock().now() + HOUR
    place = replace(endpoint.destination, old_secret="whsec_a", old_secret_until=until)

    await endpoint.adapter.send(place, a_parcel(), b"{}")

    (headers,) = endpoint.receiver.headers
    assert headers["webhook-signature"].count("v1,") == 1


def test_a_made_secret_is_what_the_standard_asks_for() -> None:
    secret = make_secret(random.Random(7))

    assert secret == make_secret(random.Random(7)) != make_secret(random.Random(8))
    assert len(b64decode(secret.removeprefix("whsec_"), validate=True)) == 32
    Webhook(secret)


# ── on the wire ──────────────────────────────────────────────────────────────────────────────────


async def test_a_cut_connection_is_tried_again_and_known_by_its_id(endpoint: Endpoint) -> None:
    endpoint.receiver.fault(how="reset_before")
    endpoint.receiver.fault(how="reset_after")

    outcomes = [await post(endpoint) for _ in range(3)]

    assert [type(outcome) for outcome in outcomes] == [RetryLater, RetryLater, Sent]
    assert [one.attempt for one in endpoint.receiver.heard] == [1, 2]
    assert endpoint.receiver.counts()["changed_bytes"] == 0


async def test_who_does_not_answer_in_time_within_an_opened_network_has_a_minute_too() -> None:
    async with (
        RawServer(b"") as silent,
        AiohttpWeb(Guard(["127.0.0.0/8"]), user_agent="b") as web,
    ):
        place = a_destination(address=silent.url, secret=SECRET)
        adapter = a_webhook_adapter(web, timeout=timedelta(seconds=1), allow_http=True)
        outcome = await adapter.send(place, a_parcel(), b"{}")

    assert isinstance(outcome, RetryLater)
    assert outcome.after == timedelta(minutes=1)
    assert "cannot be reached from here" in outcome.reason


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


def test_plain_http_is_read_only_where_the_operator_allows_it() -> None:
    typed = "http://partner.example/hook?key=t0ken"

    with pytest.raises(AddressError, match=r"webhooks\.allow_http = true") as refusal:
        a_webhook_adapter(None).read(typed)

    assert "t0ken" not in str(refusal.value)
    assert a_webhook_adapter(None, allow_http=True).read(typed) == typed
    assert a_webhook_adapter(None).read(typed.replace("http:", "https:")).startswith("https://")


def test_an_endpoint_is_called_as_often_as_all_or_as_it_is_said_to_bear() -> None:
    adapter = a_webhook_adapter(None, limit=endpoint_limit(50))
    own = a_destination(id=7, options=DestinationOptions(max_per_second=5))

    (of_all,), (of_it,) = adapter.scopes(a_destination(id=6)), adapter.scopes(own)

    assert (of_all.name, of_all.limit) == ("webhook:6", endpoint_limit(50))
    assert (of_it.name, of_it.limit) == ("webhook:7", endpoint_limit(5))
