"""Headers of an endpoint's own: they go along, and are told to nobody else."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.adapter import Sent
from feeds.headers import checked_headers
from feeds.model import DestinationOptions
from tests.adapters.kinds import SECRET, Endpoint, a_webhook_adapter, an_endpoint
from tests.builders import a_parcel


@pytest.fixture
async def endpoint() -> AsyncIterator[Endpoint]:
    async with an_endpoint() as opened:
        yield opened


async def test_headers_go_along_and_none_of_ours_is_lost(endpoint: Endpoint) -> None:
    headers = (("X-Api-Key", "s3cret"), ("Authorization", "Basic YmVyaXRhOnMzY3JldA=="))
    place = replace(endpoint.destination, options=DestinationOptions(headers=headers))
    body = endpoint.adapter.render(place, a_parcel())

    outcome = await endpoint.adapter.send(place, a_parcel(), body)

    assert isinstance(outcome, Sent)
    (heard,) = endpoint.receiver.headers
    assert (heard["x-api-key"], heard["authorization"]) == ("s3cret", headers[1][1])
    assert heard["user-agent"] == "berita/test"


@pytest.mark.parametrize(
    "echoed",
    [
        *("s3cret-api-key", "Basic YmVyaXRhOnMzY3JldC13b3Jk", "YmVyaXRhOnMzY3JldC13b3Jk"),
        *(
            "berita:s3cret-word",
            "s3cret-word",
            "s3cret-bearer",
            "whsec_b2xkd2hzZWNf",
            "b2xkd2hzZWNf",
        ),
        SECRET,
    ],
)
async def test_what_an_endpoint_echoes_of_a_secret_is_not_kept(
    endpoint: Endpoint, echoed: str
) -> None:
    headers = (
        ("X-Api-Key", "s3cret-api-key"),
        ("Authorization", "Basic YmVyaXRhOnMzY3JldC13b3Jk"),
        ("X-Other", "Bearer s3cret-bearer"),
        ("X-Env", "a"),
    )
    place = replace(
        endpoint.destination,
        options=DestinationOptions(headers=headers),
        old_secret="whsec_b2xkd2hzZWNf",
    )
    endpoint.receiver.fault(how="status", status=500, body=f"a bad key {echoed} was sent")

    outcome = await endpoint.adapter.send(place, a_parcel(), b"{}")

    assert outcome.detail == "a bad key ••• was sent"


@pytest.mark.parametrize(
    ("typed", "basic"),
    [
        ("https://user:word@partner.example/hook", "dXNlcjp3b3Jk"),
        ("HTTPS://user@partner.example/hook", "dXNlcjo="),
        ("https://:word@partner.example/hook", "OndvcmQ="),
        ("https://us%65r:w%3Aord@partner.example/hook", "dXNlcjp3Om9yZA=="),
        ("https://usér:wörd@partner.example/hook", "dXPDqXI6d8O2cmQ="),
        ("https://a@b:c@partner.example/hook", "YUBiOmM="),
        ("https://@partner.example/hook", None),
        ("https://partner.example/hook", None),
    ],
)
def test_user_and_password_of_an_address_are_sent_as_a_header(
    typed: str, basic: str | None
) -> None:
    adapter = a_webhook_adapter(None)

    assert adapter.read(typed) == "https://partner.example/hook"
    headers = adapter.headers_in(typed)
    assert headers == ((("Authorization", f"Basic {basic}"),) if basic else ())
    assert checked_headers(headers) == headers


@pytest.mark.parametrize(
    "typed", ["https://partner.example/a@b?c=d@e", "https://partner.example?x@y", "user:word@host"]
)
def test_an_at_elsewhere_is_no_password(typed: str) -> None:
    assert a_webhook_adapter(None).headers_in(typed) == ()
