"""Receivers that mean harm: each ends in its named outcome, within its bounds, memory flat."""

import asyncio
import tracemalloc
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import repeat

import pytest

from bot.adapter import DETAIL_MAX, Gone, Outcome, RetryLater, Sent
from feeds.guard import Guard
from feeds.web import AiohttpWeb
from tests.adapters.kinds import SECRET, a_webhook_adapter
from tests.builders import a_destination, a_parcel
from tests.servers import hostile
from tests.servers.abroad import Bridge, Names, abroad
from tests.servers.hostile import CHUNKED, OK, Hostile, Play, a_gigabyte, says
from tests.servers.raw import RawServer

SOON = timedelta(seconds=0.8)
AMPLE = timedelta(seconds=10)
FAR_ABOVE = 30  # seconds: who is not held to the timeout ends here
MEMORY_MAX = 20_000_000  # bytes; most of what is sent is fifty times as much
PIECE_MAX = 40_000  # bytes read at once
TAKEN = b"HTTP/1.1 204 No Content\r\n\r\n"
LOOP = b"HTTP/1.1 307 Temporary Redirect\r\nLocation: /hook\r\nContent-Length: 0\r\n\r\n"

SLOW = RetryLater(reason="partner.example was too slow to answer", after=timedelta(seconds=60))
NO_HTTP = RetryLater(reason="partner.example answered with something that is not HTTP")
BROKEN = RetryLater(reason="the connection to partner.example broke in the middle")
TOOK = Sent(status=200)


def refused(status: str) -> RetryLater:
    return RetryLater(reason=f"the endpoint answered {status}", status=int(status[:3]))


@dataclass
class Case:
    """What a receiver does, and how that ends: by itself, or when the timeout is up."""

    play: Play
    outcome: Outcome
    timeout: timedelta = AMPLE


def endless(piece: bytes) -> Iterator[bytes]:
    return repeat(piece * 1_000)


CASES = {
    "one byte a second": Case(hostile.one_byte_a_second, SLOW, SOON),
    "a body of one byte a second": Case(hostile.a_body_of_one_byte_a_second, TOOK, SOON),
    "a body of a gigabyte": Case(says(OK + b"\r\n", then=a_gigabyte()), TOOK),
    "a body that claims a gigabyte": Case(
        says(OK + b"Content-Length: 1000000000\r\n\r\n", then=a_gigabyte()), TOOK
    ),
    "an error of a gigabyte": Case(
        says(b"HTTP/1.1 500 \r\n\r\n", then=a_gigabyte()), refused("500 Internal Server Error")
    ),
    "a goodbye of a gigabyte": Case(
        says(b"HTTP/1.1 410 Gone\r\n\r\n", then=a_gigabyte()),
        Gone(reason="the endpoint answered 410 Gone: it wants no more", status=410),
    ),
    "a compression bomb": Case(hostile.a_compression_bomb, TOOK),
    "10,000 headers": Case(
        says(OK + b"".join(b"X-%d: y\r\n" % n for n in range(10_000)) + b"\r\n"), NO_HTTP
    ),
    "a header of a gigabyte": Case(says(OK + b"X: ", then=a_gigabyte()), NO_HTTP),
    "headers without end": Case(says(OK, then=endless(b"X: y\r\n")), NO_HTTP),
    "“Continue” without end": Case(
        says(then=endless(b"HTTP/1.1 100 Continue\r\n\r\n")), SLOW, SOON
    ),
    "“Early Hints” without end": Case(
        says(then=endless(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n")), SLOW, SOON
    ),
    "empty lines without end": Case(says(then=endless(b"\r\n")), SLOW, SOON),
    "a reset in the headers": Case(hostile.a_reset_in_the_headers, BROKEN),
    "a hangup": Case(hostile.a_hangup, BROKEN),
    "broken chunks with the head": Case(says(CHUNKED + b"ZZZ\r\nrubbish\r\n"), NO_HTTP),
    "broken chunks after the head": Case(says(CHUNKED, b"ZZZ\r\nrubbish\r\n"), TOOK, SOON),
    "a chunk that never comes": Case(says(CHUNKED + b"ffffff\r\n"), TOOK, SOON),
    "a chunk's name of a gigabyte": Case(says(CHUNKED, b"1;", then=a_gigabyte()), TOOK, SOON),
    "trailers without end": Case(says(CHUNKED, b"0\r\n", then=endless(b"X: y\r\n")), TOOK, SOON),
    "two lengths": Case(
        says(OK + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), NO_HTTP
    ),
    "a length below nothing": Case(says(OK + b"Content-Length: -5\r\n\r\n"), NO_HTTP),
    "no HTTP at all": Case(says(b"SSH-2.0-OpenSSH_9.2\r\n"), NO_HTTP),
    "zeros without end": Case(says(then=endless(bytes(64))), NO_HTTP),
    "another protocol": Case(
        says(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"),
        refused("101 Switching Protocols"),
    ),
    "a redirect to itself": Case(
        says(LOOP),
        RetryLater(
            reason="the endpoint answered 307 Temporary Redirect: redirects are not followed; "
            "set the address to where it leads",
            status=307,
        ),
    ),
    "silence": Case(says(), SLOW, SOON),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
async def test_a_hostile_receiver_ends_in_its_outcome_and_harms_nobody(case: Case) -> None:
    bridge = Bridge()
    async with (
        Hostile(case.play) as receiver,
        RawServer(TAKEN) as fair,
        AiohttpWeb(Guard(), user_agent="b", resolver=Names(), open_socket=bridge) as web,
    ):
        tracemalloc.start()
        outcome = await _sent(web, receiver.url, case.timeout)
        memory_max = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()

        assert replace(outcome, detail="") == case.outcome
        assert len(outcome.detail) <= DETAIL_MAX
        assert receiver.requests == 1
        assert memory_max < MEMORY_MAX
        assert bridge.piece_max < PIECE_MAX  # the loop turns after each: none is held up for long
        assert isinstance(await _sent(web, fair.url), Sent)


async def _sent(web: AiohttpWeb, url: str, timeout: timedelta = AMPLE) -> Outcome:
    destination = a_destination(address=abroad(url), secret=SECRET)
    adapter = a_webhook_adapter(web, timeout=timeout, allow_http=True)
    async with asyncio.timeout(FAR_ABOVE):
        return await adapter.send(destination, a_parcel(), b"{}")
