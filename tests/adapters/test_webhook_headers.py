"""Headers of an endpoint's own: they go along, and are told to nobody else."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from html import escape
from urllib.parse import quote

import pytest

from bot.adapter import Sent
from bot.adapters.webhook.secrecy import MASK, secrets_of, without
from feeds.headers import checked_headers
from feeds.model import DestinationOptions
from tests.adapters.kinds import SECRET, Endpoint, a_webhook_adapter, an_endpoint
from tests.builders import a_destination, a_parcel


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


KEY = 'k3y/abc+DEF&"9876543210"'
ECHOES = {
    "as it stands": KEY,
    "JSON": json.dumps(KEY)[1:-1],
    "JSON by PHP": json.dumps(KEY)[1:-1].replace("/", "\\/"),
    "JSON of ASCII letters": "".join(rf"\u{ord(each):04X}" for each in KEY),
    "a URL": quote(KEY, safe=""),
    "a URL in lower case": quote(KEY, safe="").lower().replace("def", "DEF"),
    "HTML": escape(KEY),
    "HTML by number": escape(KEY).replace("/", "&#x2F;").replace("+", "&#43;"),
    "HTML around JSON": escape(json.dumps(KEY)[1:-1]),
    "a URL in a URL": quote(quote(KEY, safe=""), safe=""),
}


@pytest.mark.parametrize("way", ECHOES)
async def test_a_key_is_known_however_the_endpoint_writes_it(endpoint: Endpoint, way: str) -> None:
    place = replace(endpoint.destination, options=DestinationOptions(headers=(("X-Key", KEY),)))
    endpoint.receiver.fault(how="status", status=500, body=f"a \\/ bad {ECHOES[way]} & 5 % more")

    outcome = await endpoint.adapter.send(place, a_parcel(), b"{}")

    assert outcome.detail == "a \\/ bad ••• & 5 % more"


@pytest.mark.parametrize("cut", range(-1, -8, -1))
async def test_a_key_cut_short_in_an_escape_is_known_too(cut: int) -> None:
    text = "a bad key " + "".join(rf"\u{ord(each):04x}" for each in KEY)

    assert without(text[:cut], [KEY]) == f"a bad key {MASK}"


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Cannot POST /hooks/T0K3N/in?sig=S1GNATURE", "Cannot POST •••"),
        ("no route /hooks/T0K3N/in", "no route •••"),
        ("unknown hook T0K3N-42", "unknown hook •••"),
        ("a wrong signature: S1GNATURE", "a wrong signature: •••"),
        ("no such hooks here", "no such hooks here"),
    ],
)
def test_what_follows_the_host_is_not_kept_of_an_echo_but_plain_words_are(
    said: str, kept: str
) -> None:
    address = "https://partner.example/hooks/T0K3N-42/in?sig=S1GNATURE"
    said = said.replace("T0K3N/", "T0K3N-42/")

    assert without(said, secrets_of(a_destination(address=address))) == kept


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
