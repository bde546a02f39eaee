import asyncio
import json
import logging
import socket
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from aiogram import Bot
from aiohttp.abc import AbstractResolver, ResolveResult

from bot.adapter import Gone, InDoubt, Moved, Outcome, Rejected, RetryLater, Sent
from bot.adapters.telegram.send import TelegramSender
from bot.adapters.telegram.session import BeritaSession
from tests.adapters.telegram.conftest import CHANNEL, FORUM
from tests.servers.bot_api import TOKEN, BotApi
from tests.servers.raw import RawServer

PATIENCE_SECONDS = 0.8
SECRET = TOKEN.partition(":")[2]
CHANNEL_ADDRESS = str(CHANNEL)
BODY = json.dumps(
    {
        "text": "Kim Jong Un Janji Dukung Penuh Putin 🚀\n\nKeduanya bertemu di Rusia.",
        "entities": [{"type": "bold", "offset": 0, "length": 39}],
        "link_preview_options": {"url": "https://berita.example/kim-putin/"},
        "disable_notification": True,
    }
).encode()
TEXT = json.loads(BODY)["text"]


class NamelessResolver(AbstractResolver):
    """A name service that knows no name."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        raise OSError(socket.EAI_NONAME, f"Name or service not known: {host}:{port} {family}")

    async def close(self) -> None:
        """Have nothing to close."""


@pytest.fixture
def sender(bot: Bot) -> TelegramSender:
    return TelegramSender(bot, timeout_seconds=PATIENCE_SECONDS)


@pytest.fixture
async def lost_sender() -> AsyncIterator[TelegramSender]:
    """A sender whose api_base nobody listens at."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        base = f"http://127.0.0.1:{taken.getsockname()[1]}"
        async with Bot(TOKEN, session=BeritaSession(api_base=base)) as bot:
            yield TelegramSender(bot, timeout_seconds=PATIENCE_SECONDS)


async def test_a_message_arrives_as_it_was_rendered(
    telegram: BotApi, sender: TelegramSender
) -> None:
    outcome = await sender.send(CHANNEL_ADDRESS, BODY)

    (post,) = telegram.control.posts(CHANNEL)
    assert outcome == Sent(message_id=str(post["message_id"]), status=200)
    assert post["text"] == TEXT
    assert post["entities"] == [{"type": "bold", "offset": 0, "length": 39}]
    assert post["preview"] == {"url": "https://berita.example/kim-putin/"}
    assert post["silent"]


async def test_a_message_for_a_topic_goes_into_that_topic(
    telegram: BotApi, sender: TelegramSender
) -> None:
    outcome = await sender.send(f"{FORUM}/42", BODY)

    assert isinstance(outcome, Sent)
    assert [post["thread"] for post in telegram.control.posts(FORUM)] == [42]


async def test_markup_in_a_story_is_only_text(telegram: BotApi, sender: TelegramSender) -> None:
    text = "<b>5 < 6</b> & *bintang* _garis_ [x](y)"

    await sender.send(CHANNEL_ADDRESS, json.dumps({"text": text}).encode())

    assert telegram.posts(CHANNEL) == [text]


REFUSALS: list[tuple[int, str, dict[str, int], type[Outcome]]] = [
    (429, "Too Many Requests: retry after 3", {"retry_after": 3}, RetryLater),
    (400, "Bad Request: group chat was upgraded", {"migrate_to_chat_id": -1005}, Moved),
    (400, "Bad Request: can't parse entities", {}, Rejected),
    (400, "Bad Request: chat not found", {}, Gone),
    (401, "Unauthorized", {}, RetryLater),
    (403, "Forbidden: bot was kicked from the channel chat", {}, Gone),
    (404, "Not Found", {}, RetryLater),
    (409, "Conflict: terminated by other request", {}, RetryLater),
    (413, "Request Entity Too Large", {}, Rejected),
    (421, "Misdirected Request", {}, RetryLater),
    (500, "Internal Server Error: restart", {}, InDoubt),
    (503, "Service Unavailable", {}, InDoubt),
]


@pytest.mark.parametrize(("code", "description", "parameters", "expected"), REFUSALS)
async def test_every_refusal_of_the_bot_api_is_an_outcome(  # noqa: PLR0917  # the table's columns
    telegram: BotApi,
    sender: TelegramSender,
    code: int,
    description: str,
    parameters: dict[str, int],
    expected: type[Outcome],
) -> None:
    telegram.faults.refuse(description, code=code, parameters=parameters)

    outcome = await sender.send(CHANNEL_ADDRESS, BODY)

    assert isinstance(outcome, expected)
    assert outcome.status == code
    assert telegram.posts(CHANNEL) == []


@pytest.mark.parametrize("applied", [True, False])
@pytest.mark.parametrize(
    ("how", "fields"),
    [
        ("reset", {}),
        ("hang", {}),
        ("slow", {"seconds": PATIENCE_SECONDS * 2}),
        ("page", {"code": 502}),
        ("page", {"code": 504}),
        ("cut", {}),
        ("truncated", {}),
        ("garbage", {}),
    ],
)
async def test_a_silence_after_the_request_left_is_doubt_whether_it_arrived_or_not(
    telegram: BotApi, sender: TelegramSender, how: str, fields: dict[str, Any], applied: bool
) -> None:
    telegram.control.fault(how, apply=applied, **fields)

    outcome = await sender.send(CHANNEL_ADDRESS, BODY)

    assert isinstance(outcome, InDoubt)
    assert telegram.posts(CHANNEL) == ([TEXT] if applied else [])


async def test_a_port_that_refuses_is_no_doubt(lost_sender: TelegramSender) -> None:
    outcome = await lost_sender.send(CHANNEL_ADDRESS, BODY)

    assert isinstance(outcome, RetryLater)
    assert (outcome.counts, outcome.lane) == (False, True)
    assert outcome.scope == f"telegram:bot:{TOKEN.partition(':')[0]}"


async def test_a_name_that_does_not_resolve_is_no_doubt() -> None:
    session = BeritaSession(api_base="http://api.telegram.example")
    session._connector_init["resolver"] = NamelessResolver()
    async with Bot(TOKEN, session=session) as bot:
        outcome = await TelegramSender(bot).send(CHANNEL_ADDRESS, BODY)

    assert isinstance(outcome, RetryLater)
    assert not outcome.counts


async def test_a_connection_that_died_while_idle_makes_no_doubt() -> None:
    first, second = BotApi(), BotApi()
    for server in (first, second):
        server.control.channel(CHANNEL)
    await first.start()
    async with Bot(TOKEN, session=BeritaSession(api_base=first.base)) as bot:
        before = await TelegramSender(bot).send(CHANNEL_ADDRESS, BODY)
        await first.close()
        await second.start(int(first.base.rpartition(":")[2]))

        after = await TelegramSender(bot).send(CHANNEL_ADDRESS, BODY)

    await second.close()
    assert isinstance(before, Sent)
    assert isinstance(after, Sent)


async def test_a_server_that_speaks_no_tls_is_no_doubt(telegram: BotApi) -> None:
    session = BeritaSession(api_base=telegram.base.replace("http:", "https:"))
    async with Bot(TOKEN, session=session) as bot:
        outcome = await TelegramSender(bot).send(CHANNEL_ADDRESS, BODY)

    assert isinstance(outcome, RetryLater)
    assert not outcome.counts


async def test_a_proxy_that_refuses_is_no_doubt(telegram: BotApi) -> None:
    session = BeritaSession(api_base=telegram.base, proxy_url="http://127.0.0.1:1")
    async with Bot(TOKEN, session=session) as bot:
        outcome = await TelegramSender(bot).send(CHANNEL_ADDRESS, BODY)

    assert isinstance(outcome, RetryLater)
    assert not outcome.counts


async def test_a_proxys_password_is_in_no_outcome() -> None:
    refusal = b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"
    async with RawServer(refusal) as proxy:
        session = BeritaSession(
            api_base="https://api.telegram.example",
            proxy_url=f"http://berita:s3cret%40pass@127.0.0.1:{proxy.port}",
        )
        async with Bot(TOKEN, session=session) as bot:
            sender = TelegramSender(bot)
            outcome = await sender.send(CHANNEL_ADDRESS, BODY)
            found = await sender.prove()

    assert isinstance(outcome, RetryLater)
    assert "407" in outcome.reason
    assert "s3cret" not in repr((outcome, found))


async def test_a_redirect_is_not_followed(telegram: BotApi, sender: TelegramSender) -> None:
    telegram.control.fault("redirect")

    outcome = await sender.send(CHANNEL_ADDRESS, BODY)

    assert isinstance(outcome, RetryLater)
    assert outcome.status == 302


async def test_an_answer_aiogram_would_not_read_is_still_an_acceptance(
    telegram: BotApi, sender: TelegramSender
) -> None:
    telegram.backend.methods["sendmessage"] = lambda _: {
        "message_id": 5,
        "from": "tomorrow's shape",
    }

    outcome = await sender.send(CHANNEL_ADDRESS, BODY)

    assert outcome == Sent(message_id="5", status=200)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"{}", b'{"text":"a","entities":[{}]}'])
async def test_a_stored_body_nobody_can_read_is_refused_before_anything_is_sent(
    telegram: BotApi, sender: TelegramSender, body: bytes
) -> None:
    outcome = await sender.send(CHANNEL_ADDRESS, body)

    assert isinstance(outcome, Rejected)
    assert outcome.malformed
    assert telegram.control.calls() == []


@pytest.mark.parametrize(
    ("code", "parameters", "seconds"),
    [(429, {"retry_after": 300}, 300), (429, {}, 5), (401, {}, 0)],
)
async def test_a_proof_tells_how_long_it_is_not_to_be_asked_for_again(
    telegram: BotApi, sender: TelegramSender, code: int, parameters: dict[str, int], seconds: int
) -> None:
    telegram.faults.refuse("no", code=code, parameters=parameters, method="getMe")

    found = await sender.prove()

    assert found is not None
    assert found.after == timedelta(seconds=seconds)
    assert await sender.prove() is None


async def test_a_cancelled_send_is_cancelled(telegram: BotApi, bot: Bot) -> None:
    telegram.control.fault("hang")

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(PATIENCE_SECONDS):
            await TelegramSender(bot).send(CHANNEL_ADDRESS, BODY)

    assert len(telegram.control.calls("sendMessage")) == 1


async def test_the_token_is_in_no_outcome_and_no_log(
    telegram: BotApi,
    sender: TelegramSender,
    lost_sender: TelegramSender,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    outcomes = [await lost_sender.send(CHANNEL_ADDRESS, BODY)]
    for how in ("reset", "garbage", "cut", "truncated", "page", "redirect", "hang"):
        telegram.control.fault(how, code=502)
        outcomes.append(await sender.send(CHANNEL_ADDRESS, BODY))
    telegram.faults.refuse(f"Bad Request: no such thing at /bot{TOKEN}/sendMessage")
    outcomes.append(await sender.send(CHANNEL_ADDRESS, BODY))

    assert len(outcomes) == 9
    assert SECRET not in repr(outcomes)
    assert SECRET not in caplog.text
