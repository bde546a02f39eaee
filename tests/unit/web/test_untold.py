"""What lies within a private network is not told apart to those who may only add to Berita."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import pytest

from bot.adapter import Outcome, RetryLater
from bot.adapters.webhook.outcomes import PATIENCE_LEAST
from feeds.catalog.probe import look_at
from feeds.errors import FeedRefused
from feeds.fetch import FetchLimits
from feeds.guard import Guard
from feeds.parse import InlineParser
from feeds.web import AiohttpWeb
from feeds.web.names import NAMES_MAX, GuardedNames
from tests.adapters.kinds import SECRET, a_webhook_adapter
from tests.builders import NOON, a_destination, a_parcel
from tests.servers.abroad import PUBLIC, Bridge, Names, abroad
from tests.servers.hostile import Hostile, says
from tests.servers.raw import RawServer

SOON = timedelta(seconds=0.6)
INNER, OPENED, CLOSED = "wiki.intranet", "10.20.0.7", "10.99.0.7"
ALIKE = (
    "wiki.intranet cannot be reached from here: no such name, no answer, or a private network "
    "that network.allow_private does not open"
)


@dataclass
class Within:
    """What INNER is in one case, and what the operator is told of it."""

    why: str
    address: str | None = OPENED
    server: Callable[[], RawServer | Hostile] | None = None
    scheme: str = "http"


CASES = {
    "no such name": Within("the name wiki.intranet was not found", address=None),
    "not opened": Within("leads to 10.99.0.7 (local network)", address=CLOSED),
    "nothing listens": Within("no connection to wiki.intranet (connection refused)"),
    "silent": Within("wiki.intranet was too slow to answer", server=lambda: RawServer(b"")),
    "hangs up": Within("broke in the middle", server=lambda: RawServer(None)),
    "no HTTP": Within("not HTTP", server=lambda: RawServer(b"SSH-2.0-OpenSSH_9.2\r\n")),
    "half an answer": Within("too slow", server=lambda: RawServer(b"HTTP/1.1 20")),
    "no TLS": Within(
        "no safe connection", server=lambda: Hostile(says(b"220 SMTP"), greets=True), scheme="https"
    ),
}


@dataclass
class Here:
    """The client of a machine that has opened one network, and the URL of INNER."""

    web: AiohttpWeb
    url: str


@asynccontextmanager
async def _here(case: Within, told: list[str]) -> AsyncIterator[Here]:
    names = Names({INNER: [[case.address]]} if case.address else {})
    async with (
        RawServer(b"") as nobody,
        AiohttpWeb(
            Guard(allow=["10.20.0.0/16"]),
            user_agent="berita/1",
            resolver=names,
            open_socket=Bridge(),
            tell=told.append,
        ) as web,
    ):
        if case.server is None:
            await nobody.close()
            yield Here(web, f"{case.scheme}://{INNER}:{nobody.port}/x")
        else:
            async with case.server() as server:
                yield Here(web, f"{case.scheme}://{INNER}:{server.port}/x")


async def _sent(here: Here) -> Outcome:
    destination = a_destination(address=here.url, secret=SECRET)
    adapter = a_webhook_adapter(here.web, timeout=SOON, allow_http=True)
    return await adapter.send(destination, a_parcel(), b"{}")


async def _refused(here: Here) -> str:
    limits = FetchLimits(timeout=SOON, body_bytes_max=1_000)
    with pytest.raises(FeedRefused) as refusal:
        await look_at(here.url, web=here.web, parser=InlineParser(), limits=limits, now=NOON)
    return str(refusal.value).replace(here.url, "URL")


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
async def test_an_inner_host_is_the_same_to_admins_whatever_it_is_and_the_operator_knows(
    case: Within,
) -> None:
    told: list[str] = []
    async with _here(case, told) as here:
        outcome, refusal = await _sent(here), await _refused(here)

    assert outcome == RetryLater(reason=ALIKE, after=PATIENCE_LEAST)
    assert refusal == f"URL: {ALIKE}"
    assert len(told) == 2
    assert all(case.why in why for why in told)


async def test_a_public_host_is_told_exactly() -> None:
    async with (
        RawServer(b"") as raw,
        AiohttpWeb(Guard(), user_agent="b", resolver=Names(), open_socket=Bridge()) as web,
    ):
        for url in (abroad(raw.url), abroad(raw.url).replace("partner", "PARTNER")):
            assert "partner.example was too slow to answer" in await _refused(Here(web, url))


async def test_a_name_once_known_to_lead_within_is_not_told_of_when_it_then_leads_out() -> None:
    names = GuardedNames(
        Guard(allow=["10.20.0.0/16"]),
        Names({"turns.example": [[PUBLIC], [OPENED], [PUBLIC]], "stays.example": [[PUBLIC]]}),
    )

    told = []
    for _ in range(3):
        for name in ("turns.example", "stays.example"):
            await names.resolve(name)
        told.append((names.is_public("turns.example"), names.is_public("stays.example")))

    assert told == [(True, True), (False, True), (False, True)]
    assert not names.is_public("never.asked.example")
    assert names.is_public(PUBLIC)
    assert not names.is_public(OPENED)


async def test_what_is_remembered_of_names_is_bounded() -> None:
    many = {f"n{number}.example": [[PUBLIC]] for number in range(NAMES_MAX + 1)}
    names = GuardedNames(Guard(), Names(many))

    for name in many:
        await names.resolve(name)

    assert not names.is_public("n0.example")  # forgotten: so nothing is told of it
    assert names.is_public("n1.example")
    assert names.is_public(f"n{NAMES_MAX}.example")
