"""Events as CloudEvents: read by the published library, and signed like any other."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from cloudevents.core.bindings.http import HTTPMessage, from_http_event
from standardwebhooks import Webhook

from bot.adapter import Sent
from feeds.model import DestinationOptions, EventFormat, Parcel
from tests.adapters.golden_stories import AS_CLOUDEVENTS, EVENTS, STORIES, event
from tests.adapters.kinds import SECRET, Endpoint, a_webhook_adapter, an_endpoint
from tests.builders import NOON, a_delivery, a_destination, a_parcel, a_source

CLOUDEVENTS = DestinationOptions(format=EventFormat.CLOUDEVENTS)


@pytest.fixture
async def endpoint() -> AsyncIterator[Endpoint]:
    async with an_endpoint() as opened:
        opened.destination = replace(opened.destination, options=CLOUDEVENTS)
        yield opened


@pytest.mark.parametrize("name", AS_CLOUDEVENTS)
async def test_the_published_library_reads_what_arrives(endpoint: Endpoint, name: str) -> None:
    parcel = (STORIES | EVENTS)[name]
    body = endpoint.adapter.render(endpoint.destination, parcel)

    assert isinstance(await endpoint.adapter.send(endpoint.destination, parcel, body), Sent)

    (headers,) = endpoint.receiver.headers
    read = from_http_event(HTTPMessage(headers=headers, body=body))
    standard = event(parcel)
    assert read.get_id() == headers["webhook-id"]
    assert (read.get_type(), read.get_data()) == (standard["type"], standard["data"])
    assert read.get_time().isoformat().replace("+00:00", "Z") == standard["timestamp"]
    assert (read.get_specversion(), read.get_datacontenttype()) == ("1.0", "application/json")
    Webhook(SECRET).verify(body, headers)


@pytest.mark.parametrize(
    ("parcel", "source"),
    [
        (a_parcel(), "https://berita.example/feed/"),
        (
            a_parcel(source=a_source(url="https://b.example/ünd a")),
            "https://b.example/%C3%BCnd%20a",
        ),
        (
            a_parcel(source=a_source(url="https://u:w@b.example/f?auth=KEY#x")),
            "https://b.example/f",
        ),
        (a_parcel(source=a_source(url="https://b.example?auth=KEY/@x")), "https://b.example"),
        (a_parcel(source=a_source(url="file:///srv/x")), "https://berita.example/"),
        (a_parcel(source=a_source(url="file:///x", link=None)), "urn:berita:feed:daily-berita"),
        (STORIES["test"], "urn:berita:destination:partner"),
        (EVENTS["endpoint-disabled"], "urn:berita:destination:partner"),
    ],
)
def test_its_source_is_the_feed_or_by_name_what_it_is_about(parcel: Parcel, source: str) -> None:
    assert event(parcel, EventFormat.CLOUDEVENTS)["source"] == source


@pytest.mark.parametrize("format_", EventFormat)
def test_no_key_of_a_private_feed_is_told(format_: EventFormat) -> None:
    private = a_source(url="https://user:KEY@b.example/feed?auth=KEY#KEY", link=None)

    told = event(a_parcel(source=private), format_)

    assert told["data"]["feed"]["url"] == "https://b.example/feed"
    assert "KEY" not in json.dumps(told)


async def test_a_body_goes_out_as_it_was_first_written_whatever_format_is_set_since(
    endpoint: Endpoint,
) -> None:
    adapter, place = endpoint.adapter, endpoint.destination
    body = adapter.render(place, a_parcel())
    frozen = a_parcel(delivery=a_delivery(body=body, due_at=NOON))

    await adapter.send(place, frozen, body)
    await adapter.send(replace(place, options=DestinationOptions()), frozen, body)

    first, second = (headers["content-type"] for headers in endpoint.receiver.headers)
    assert first == second == "application/cloudevents+json; charset=utf-8"
    assert endpoint.receiver.counts()["changed_bytes"] == 0


def test_an_event_is_told_the_standards_way_unless_asked_otherwise() -> None:
    body = a_webhook_adapter(None).render(a_destination(), a_parcel())

    assert json.loads(body).keys() == {"type", "timestamp", "data"}
