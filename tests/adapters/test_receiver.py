"""The webhook consumer itself: it must tell true events from false, and remember."""

import asyncio
import json
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from standardwebhooks import Webhook

from tests.adapters.kinds import SECRET
from tests.servers.receiver import Receiver

BODY = json.dumps({"type": "story.published", "data": {"seq": 3, "story_id": "sty_1"}})


def headers(body: str = BODY, *, at: datetime | None = None, id_: str = "msg_1") -> dict[str, str]:
    at = at or datetime.now(UTC)  # noqa: TID251  # the consumer lives by the machine's clock
    return {
        "webhook-id": id_,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(SECRET).sign(id_, at, body),
    }


async def post(url: str, signed: dict[str, str], body: str = BODY) -> int | None:
    async with aiohttp.ClientSession() as session:
        try:
            async with session.post(
                url, data=body.encode(), headers=signed, allow_redirects=False
            ) as answer:
                return answer.status
        except aiohttp.ClientError:
            return None


async def test_a_true_event_is_accepted_and_kept() -> None:
    async with Receiver(secret=SECRET) as receiver:
        status = await post(receiver.url(), headers())

    (heard,) = receiver.heard
    assert status == 204
    assert (heard.id, heard.type, heard.seq, heard.story_id) == (
        "msg_1",
        "story.published",
        3,
        "sty_1",
    )
    assert list(receiver.accepted) == [("/hook", "msg_1")]


@pytest.mark.parametrize(
    "forged",
    [
        dict,
        lambda: headers(BODY + " "),
        lambda: headers() | {"webhook-id": "msg_2"},
        lambda: headers() | {"webhook-signature": "v1"},
        lambda: headers(at=datetime.now(UTC) - timedelta(minutes=6)),  # noqa: TID251  # as above
    ],
    ids=["unsigned", "other bytes", "other id", "no comma", "old"],
)
async def test_a_false_event_is_refused(forged: Callable[[], dict[str, str]]) -> None:
    async with Receiver(secret=SECRET) as receiver:
        status = await post(receiver.url(), forged())

    assert status == 401
    assert receiver.accepted == {}
    assert receiver.counts()["unverified"] == 1


async def test_repeats_and_changed_bytes_are_counted_for_each_endpoint() -> None:
    other = BODY.replace("3", "4")

    async with Receiver(secret=SECRET) as receiver:
        await post(receiver.url("a"), headers())
        await post(receiver.url("a"), headers())
        await post(receiver.url("b"), headers())
        await post(receiver.url("a"), headers(other), other)

    assert [heard.attempt for heard in receiver.heard] == [1, 2, 1, 3]
    counts = receiver.counts()
    assert (counts["ids"], counts["repeats"], counts["changed_bytes"]) == (2, 2, 1)


@pytest.mark.parametrize(
    ("fault", "statuses", "kept"),
    [
        ({"how": "status", "status": 503, "times": 2}, [503, 503, 204], 3),
        ({"how": "reset_before"}, [None, 204, 204], 2),
        ({"how": "reset_after"}, [None, 204, 204], 3),
        ({"how": "redirect"}, [307, 204, 204], 3),
        ({"how": "status", "status": 410, "path": "/hook/other"}, [204, 204, 204], 3),
    ],
)
async def test_it_fails_as_often_as_it_was_asked_to(
    fault: dict[str, Any], statuses: list[int | None], kept: int
) -> None:
    async with Receiver(secret=SECRET) as receiver:
        receiver.fault(**fault)

        assert [await post(receiver.url(), headers()) for _ in range(3)] == statuses

    assert len(receiver.heard) == kept


def test_an_unknown_fault_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match=r"known: .*\bhang\b"):
        Receiver(secret=SECRET).fault(how="explode")


async def test_as_a_process_it_keeps_a_ledger_and_is_controlled_over_http(tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.jsonl"
    options = ("-m", "tests.servers.receiver", "--secret", SECRET, "--ledger", str(ledger))
    for expected_attempts in ([1], [1, 2]):
        process = await asyncio.create_subprocess_exec(
            sys.executable, *options, stdout=asyncio.subprocess.PIPE
        )
        assert process.stdout is not None
        url = json.loads(await process.stdout.readline())["url"]
        control = url.replace("/hook", "/control")
        async with aiohttp.ClientSession() as session:
            async with session.post(f"{control}/fault", json={"how": "status"}) as answer:
                assert answer.status == 200
            assert await post(url, headers()) == 503
            async with session.get(f"{control}/ledger") as answer:
                assert [line["attempt"] for line in await answer.json()] == expected_attempts
            async with session.get(f"{control}/counts") as answer:
                assert (await answer.json())["requests"] == len(expected_attempts)
        process.send_signal(signal.SIGTERM)
        assert await process.wait() == 0

    assert len(ledger.read_text().splitlines()) == 2
