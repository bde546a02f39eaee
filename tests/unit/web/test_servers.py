"""The fakes keep their own promises: the publisher as a process, and the web in memory."""

import asyncio
import json
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from feeds.errors import WebError, WebErrorKind
from feeds.ports import WebResponse
from feeds.web import AiohttpWeb
from tests.world.web import SimWeb

AMPLE = timedelta(seconds=10)
OK = WebResponse(status=200, url="", headers={}, body=b"0123456789")


async def _told(web: AiohttpWeb, url: str) -> list[dict[str, object]]:
    answer = await web.ask_operator(url, timeout=AMPLE, answer_bytes_max=1_000_000)
    told: list[dict[str, object]] = json.loads(answer.body)
    return told


async def test_a_publisher_of_its_own_process_obeys_its_control(web: AiohttpWeb) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.servers.publisher", "--feeds", "3", "--kind", "mixed"),
        stdout=asyncio.subprocess.PIPE,
        cwd=Path(__file__).parents[3],
    )
    try:
        assert process.stdout is not None
        hello = json.loads(await process.stdout.readline())
        control = f"http://127.0.0.1:{hello['port']}/control"

        for deed in ("add", "set_fault"):
            arguments = {"add": {"feed": 2, "count": 4}, "set_fault": {"feed": 1, "value": 410}}
            await web.post(
                f"{control}/{deed}",
                headers={},
                body=json.dumps(arguments[deed]).encode(),
                timeout=AMPLE,
                answer_bytes_max=10_000,
            )
        answers = [
            await web.get(url, headers={}, timeout=AMPLE, body_bytes_max=100_000)
            for url in hello["feeds"]
        ]

        assert [answer.status for answer in answers] == [200, 410, 200]
        assert len(json.loads(answers[2].body)["items"]) == 7
        assert len(await _told(web, f"{control}/requests")) == 3
        assert len(await _told(web, f"{control}/feeds")) == 3
    finally:
        process.kill()
        await process.wait()


async def _post(web: SimWeb, url: str, timeout: timedelta = AMPLE) -> WebResponse:
    return await web.post(url, headers={}, body=b"x", timeout=timeout, answer_bytes_max=4)


async def test_the_web_in_memory_answers_cuts_and_follows() -> None:
    web = SimWeb()
    to_a = WebResponse(status=302, url="", headers={"location": "https://a.example/"}, body=b"")
    web.serve("a.example", lambda *_: OK, latency=timedelta(0))
    web.serve("b.example", lambda *_: to_a, latency=timedelta(0))

    got = await web.get("https://b.example/", headers={}, timeout=AMPLE, body_bytes_max=10)
    posted = await _post(web, "https://a.example/")

    assert (got.body, got.url, len(got.hops)) == (OK.body, "https://a.example/", 1)
    assert posted.body == b"0123"
    assert [request.method for request in web.requests] == ["GET", "GET", "POST"]


@pytest.mark.parametrize(
    ("behaviour", "kind", "left", "seen"),
    [
        ({"down": True}, WebErrorKind.CONNECT_FAILED, False, 0),
        ({"deaf": True}, WebErrorKind.TIMED_OUT, True, 1),
        ({"latency": timedelta(hours=1)}, WebErrorKind.TIMED_OUT, True, 1),
    ],
)
async def test_the_web_in_memory_fails_as_asked(
    behaviour: dict[str, timedelta | bool], kind: WebErrorKind, left: bool, seen: int
) -> None:
    web = SimWeb()
    web.serve("a.example", lambda *_: OK, **behaviour)

    with pytest.raises(WebError) as failure:
        await _post(web, "https://a.example/", timedelta(milliseconds=20))

    assert (failure.value.kind, failure.value.request_left) == (kind, left)
    assert len(web.requests) == seen
