"""The client of webhooks and of the operator's API: one try, honest about what left."""

import asyncio
from datetime import timedelta

import pytest

from feeds.errors import WebError, WebErrorKind
from feeds.guard import Guard
from feeds.ports import WebResponse
from feeds.web import AiohttpWeb
from tests.servers.abroad import abroad
from tests.servers.publisher import Publisher
from tests.servers.raw import RawServer

SOON = timedelta(seconds=0.6)
AMPLE = timedelta(seconds=10)
BODY = b'{"type": "endpoint.test"}'
TAKEN = b"HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\n\r\nok"


async def posted(web: AiohttpWeb, url: str, *, timeout: timedelta = AMPLE) -> WebResponse:
    return await web.post(
        url,
        headers={"webhook-id": "msg_1", "content-type": "application/json"},
        body=BODY,
        timeout=timeout,
        answer_bytes_max=100,
    )


async def failure_of(web: AiohttpWeb, url: str, *, timeout: timedelta = AMPLE) -> WebError:
    with pytest.raises(WebError) as failure:
        await posted(web, url, timeout=timeout)
    return failure.value


async def test_the_bytes_go_out_as_they_are_and_the_answer_comes_back(web: AiohttpWeb) -> None:
    async with RawServer(TAKEN) as raw:
        answer = await posted(web, raw.url)

    assert (answer.status, answer.body, answer.url) == (202, b"ok", raw.url)
    head, _, body = raw.heard[0].partition(b"\r\n\r\n")
    assert body == BODY
    assert b"POST / HTTP/1.1" in head
    assert b"webhook-id: msg_1" in head
    assert b"Accept-Encoding: identity" in head
    assert b"User-Agent: berita/1 (+test)" in head


async def test_the_first_byte_of_a_webhook_is_a_crash_point_and_no_other_request_is() -> None:
    points: list[str] = []
    client = AiohttpWeb(Guard(allow=["127.0.0.0/8"]), user_agent="berita/1", reached=points.append)
    async with client as web, RawServer(TAKEN) as raw:
        await web.get(raw.url, headers={}, timeout=AMPLE, body_bytes_max=100)
        await web.ask_operator(raw.url, timeout=AMPLE, answer_bytes_max=100)
        assert points == []

        await posted(web, raw.url)

    assert points == ["first byte"]


async def test_a_redirect_is_an_answer_and_the_signature_goes_nowhere_else(web: AiohttpWeb) -> None:
    async with RawServer(TAKEN) as other:
        head = f"HTTP/1.1 307 Moved\r\nLocation: {other.url}\r\nContent-Length: 0\r\n\r\n"
        async with RawServer(head.encode()) as raw:
            answer = await posted(web, raw.url)

        assert answer.status == 307
        assert other.connections == 0


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n" + b"x" * 5_000,
        b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 5_000,
    ],
)
async def test_a_long_answer_is_cut_without_complaint(web: AiohttpWeb, answer: bytes) -> None:
    async with RawServer(answer) as raw:
        heard = await posted(web, raw.url)

    assert (heard.status, heard.body) == (200, b"x" * 100)


async def test_a_pressed_answer_is_left_as_it_is(web: AiohttpWeb) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\n"
    async with RawServer(head + b"\x1f\x8b\x08\x00") as raw:
        answer = await posted(web, raw.url)

    assert (answer.status, answer.body) == (200, b"\x1f\x8b\x08\x00")


async def test_a_status_that_was_heard_counts_however_the_body_ends(web: AiohttpWeb) -> None:
    start = b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nstart"
    async with RawServer(start, requests_per_connection=1) as broken, RawServer(start) as stuck:
        first = await posted(web, broken.url)
        second = await posted(web, stuck.url, timeout=SOON * 2)

    assert (first.status, first.body) == (200, b"start")
    assert (second.status, second.body) == (200, b"start")


# ── what left? ───────────────────────────────────────────────────────────────────────────────────


async def test_a_refused_connection_left_no_byte(web: AiohttpWeb) -> None:
    async with RawServer(TAKEN) as raw:
        url = raw.url

    failure = await failure_of(web, url)

    assert failure.kind is WebErrorKind.CONNECT_FAILED
    assert not failure.request_left


async def test_a_refused_address_left_no_byte(strict_web: AiohttpWeb) -> None:
    async with RawServer(TAKEN) as raw:
        failure = await failure_of(strict_web, raw.url)

        assert raw.connections == 0
    assert failure.kind is WebErrorKind.REFUSED_ADDRESS
    assert not failure.request_left


async def test_a_handshake_that_fails_left_no_byte(web: AiohttpWeb) -> None:
    async with RawServer(b"") as raw:
        url = raw.url.replace("http:", "https:")

        failure = await failure_of(web, url, timeout=SOON)

    assert not failure.request_left


async def test_a_wait_for_a_free_connection_left_no_byte() -> None:
    one = AiohttpWeb(Guard(allow=["127.0.0.0/8"]), user_agent="berita/1", webhook_connections=1)
    async with one as web, asyncio.TaskGroup() as tasks, RawServer(b"") as raw:
        served = tasks.create_task(failure_of(web, raw.url, timeout=SOON * 5))
        await raw.heard_one()

        waiting = await failure_of(web, raw.url, timeout=SOON)

        assert not waiting.request_left
        assert (await served).request_left
        assert raw.requests == 1


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (b"", WebErrorKind.TIMED_OUT),
        (b"HTTP/1.1 100 Continue\r\n\r\n", WebErrorKind.TIMED_OUT),
        (b"HTTP/1.1 20", WebErrorKind.TIMED_OUT),
        (None, WebErrorKind.BROKEN_ANSWER),
        (b"rubbish\r\n\r\n", WebErrorKind.BROKEN_ANSWER),
    ],
)
async def test_a_request_that_was_taken_and_not_answered_has_left(
    web: AiohttpWeb, answer: bytes | None, kind: WebErrorKind
) -> None:
    patience = SOON if kind is WebErrorKind.TIMED_OUT else AMPLE
    async with RawServer(answer) as raw:
        failure = await failure_of(web, abroad(raw.url), timeout=patience)

        assert raw.requests == 1
    assert failure.kind is kind
    assert failure.request_left


async def test_a_kept_connection_that_died_is_in_doubt_and_never_tried_twice(
    web: AiohttpWeb,
) -> None:
    async with RawServer(TAKEN, None) as raw:
        await posted(web, abroad(raw.url))

        failure = await failure_of(web, abroad(raw.url))

        assert (raw.connections, raw.requests) == (1, 2)
    assert failure.kind is WebErrorKind.BROKEN_ANSWER
    assert failure.request_left


async def test_what_a_server_says_unasked_is_no_answer_to_the_next_request(
    web: AiohttpWeb,
) -> None:
    refused = b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n"
    async with RawServer(TAKEN, refused) as raw:
        await posted(web, raw.url)
        raw.say(TAKEN)

        second = await posted(web, raw.url)

        assert second.status == 500
        assert (raw.connections, raw.requests) == (2, 2)


async def test_a_silent_connection_is_used_again(web: AiohttpWeb) -> None:
    async with RawServer(TAKEN) as raw:
        await posted(web, raw.url)
        await posted(web, raw.url)

        assert (raw.connections, raw.requests) == (1, 2)


async def test_hanging_endpoints_never_hold_up_a_feed(publisher: Publisher) -> None:
    client = AiohttpWeb(Guard(allow=["127.0.0.0/8"]), user_agent="berita/1", webhook_connections=1)
    async with client as web, asyncio.TaskGroup() as tasks, RawServer(b"") as raw:
        hanging = [tasks.create_task(failure_of(web, raw.url)) for _ in range(5)]
        await raw.heard_one()

        answer = await web.get(publisher.url(), headers={}, timeout=AMPLE, body_bytes_max=100_000)

        assert answer.status == 200
        assert not any(task.done() for task in hanging)


# ── the operator's API ───────────────────────────────────────────────────────────────────────────


async def test_what_the_operator_set_is_asked_without_a_guard(strict_web: AiohttpWeb) -> None:
    async with RawServer(b"HTTP/1.1 401 No\r\nContent-Length: 2\r\n\r\n{}") as raw:
        answer = await strict_web.ask_operator(
            f"{raw.url}bot12:AB-c/getMe", timeout=AMPLE, answer_bytes_max=100
        )

    assert (answer.status, answer.body) == (401, b"{}")
    assert raw.heard[0].startswith(b"GET /bot12:AB-c/getMe HTTP/1.1\r\n")


async def test_an_operators_redirect_is_not_followed_and_its_bound_holds(
    strict_web: AiohttpWeb,
) -> None:
    move = b"HTTP/1.1 302 Found\r\nLocation: http://10.0.0.1/\r\nContent-Length: 0\r\n\r\n"
    large = b"HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n" + b"x" * 101
    async with RawServer(move, large) as raw:
        moved = await strict_web.ask_operator(raw.url, timeout=AMPLE, answer_bytes_max=100)
        with pytest.raises(WebError) as failure:
            await strict_web.ask_operator(raw.url, timeout=AMPLE, answer_bytes_max=100)

    assert moved.status == 302
    assert failure.value.kind is WebErrorKind.TOO_LARGE


@pytest.mark.parametrize("answer", [b"", None, b"rubbish\r\n\r\n"])
async def test_a_token_stays_out_of_every_error(
    strict_web: AiohttpWeb, answer: bytes | None
) -> None:
    async with RawServer(answer) as raw:
        with pytest.raises(WebError) as failure:
            await strict_web.ask_operator(
                f"{raw.url}bot12:T0K3N/getMe", timeout=SOON, answer_bytes_max=100
            )

    assert "T0K3N" not in str(failure.value)
    assert failure.value.__context__ is None
    assert failure.value.__cause__ is None
