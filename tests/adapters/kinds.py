"""The table of the suite: for each kind its addresses, and an outside that can be made to fail.

A new adapter adds one Case here and passes test_every_adapter as it stands.
"""

import io
import random
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from bot.adapter import Adapter
from bot.adapters.console import ConsoleAdapter
from bot.adapters.telegram import TelegramAdapter
from bot.adapters.webhook import WebhookAdapter, make_secret
from bot.adapters.webhook.chat import ChatAdapter
from bot.app.build import CHATS as EVERY_CHAT
from bot.pace import endpoint_limit, telegram_bot_limit, telegram_chat_limit
from feeds.guard import Guard
from feeds.model import Destination
from feeds.web import AiohttpWeb
from tests.builders import a_destination
from tests.servers.bot_api import TOKEN, BotApi
from tests.servers.bot_api_faults import Fault, How
from tests.servers.chat_hooks import ChatHooks
from tests.servers.receiver import Receiver

JAKARTA = ZoneInfo("Asia/Jakarta")
PATIENCE = timedelta(seconds=1)  # of an adapter with a server that hangs; a busy machine needs it
CHANNEL = -1001234567890
SECRET = make_secret(random.Random(1))
CHATS: dict[str, type[ChatAdapter]] = {chat.kind: chat for chat in EVERY_CHAT}


class Clock:
    """The machine's own: the loopback servers live by it too."""

    def now(self) -> datetime:
        return datetime.now(UTC)  # noqa: TID251  # as said


class Outside(Protocol):
    """An adapter, a destination it reaches, and what can happen there."""

    adapter: Adapter
    destination: Destination

    def arrived(self) -> int:
        """Count the messages that were taken."""
        ...

    async def refuse(self) -> None:
        """Let nobody listen any more."""
        ...

    def hang(self) -> None:
        """Take the next request and never answer it; only where `Case.hangs`."""
        ...


@dataclass(frozen=True, kw_only=True)
class Case:
    """What the suite must know of one kind."""

    kind: str
    canonical: tuple[tuple[str, str], ...]  # typed → canonical
    refused: tuple[str, ...]
    secrets: tuple[str, ...] = ()  # may be in no text for people
    hangs: bool = True
    body_bytes_max: int
    outside: Callable[[], AbstractAsyncContextManager[Outside]] = field(repr=False)


@dataclass
class Terminal:
    """A stream, and one that is closed."""

    stream: io.StringIO
    adapter: Adapter
    destination: Destination

    def arrived(self) -> int:
        return self.stream.getvalue().count("─" * 20 + "\n")

    async def refuse(self) -> None:
        self.stream.close()

    def hang(self) -> None:
        raise AssertionError("a terminal does not hang for long")


@asynccontextmanager
async def a_terminal() -> AsyncIterator[Outside]:
    stream = io.StringIO()
    adapter = ConsoleAdapter(stream, language="id", time_zone=JAKARTA)
    yield Terminal(stream, adapter, a_destination(kind="console", address="stdout"))


@dataclass
class Endpoint:
    """A loopback consumer behind the real web client."""

    receiver: Receiver
    adapter: Adapter
    destination: Destination

    def arrived(self) -> int:
        return len(self.receiver.accepted)

    async def refuse(self) -> None:
        await self.receiver.close()

    def hang(self) -> None:
        self.receiver.fault(how="hang")


def a_webhook_adapter(web: Any, **changes: Any) -> WebhookAdapter:
    options: dict[str, Any] = {
        "user_agent": "berita/test",
        "timeout": PATIENCE,
        "limit": endpoint_limit(50),
        "language": "id",
        "time_zone": JAKARTA,
    }
    return WebhookAdapter(web, changes.pop("clock", Clock()), **options | changes)


@asynccontextmanager
async def an_endpoint() -> AsyncIterator["Endpoint"]:
    guard = Guard(["127.0.0.0/8"])
    async with Receiver(secret=SECRET) as receiver, AiohttpWeb(guard, user_agent="berita") as web:
        destination = a_destination(address=receiver.url("t0ken?key=t0ken"), secret=SECRET)
        yield Endpoint(receiver, a_webhook_adapter(web, allow_http=True), destination)


@dataclass
class Chat:
    """A channel on a loopback Bot API behind the real aiogram."""

    telegram: BotApi
    adapter: Adapter
    destination: Destination

    def arrived(self) -> int:
        return len(self.telegram.posts(CHANNEL))

    async def refuse(self) -> None:
        await self.telegram.close()

    def hang(self) -> None:
        self.telegram.faults.plan(Fault(how=How.HANG))


@asynccontextmanager
async def a_chat() -> AsyncIterator[Outside]:
    from aiogram import Bot

    from bot.adapters.telegram.send import TelegramSender
    from bot.adapters.telegram.session import BeritaSession

    async with (
        BotApi() as telegram,
        AiohttpWeb(Guard(), user_agent="berita") as web,
        Bot(telegram.token, session=BeritaSession(api_base=telegram.base)) as bot,
    ):
        telegram.control.channel(CHANNEL, "@dailyberita", "Daily Berita")
        adapter = TelegramAdapter(
            web=web,
            token=telegram.token,
            api_base=telegram.base,
            bot_limit=telegram_bot_limit(25),
            chat_limit=telegram_chat_limit(18),
            language="id",
            time_zone=JAKARTA,
            sender=TelegramSender(bot, timeout_seconds=PATIENCE.total_seconds()),
        )
        yield Chat(telegram, adapter, a_destination(kind="telegram", address=str(CHANNEL)))


@dataclass
class Room:
    """A channel of a chat with incoming webhooks, behind the real web client."""

    chats: ChatHooks
    service: str
    adapter: Adapter
    destination: Destination

    def arrived(self) -> int:
        return len(self.chats.posts(self.service))

    async def refuse(self) -> None:
        await self.chats.close()

    def hang(self) -> None:
        self.chats.fault(how="hang")


def a_chat_adapter(service: str, web: Any, **changes: Any) -> ChatAdapter:
    options: dict[str, Any] = {
        "user_agent": "berita/test",
        "timeout": PATIENCE,
        "language": "id",
        "time_zone": JAKARTA,
    }
    make = CHATS[service]
    return make(web, changes.pop("clock", Clock()), **options | changes)


@asynccontextmanager
async def a_room(service: str) -> AsyncIterator[Room]:
    guard = Guard(["127.0.0.0/8"])
    async with ChatHooks() as chats, AiohttpWeb(guard, user_agent="berita") as web:
        place = a_destination(kind=service, address=chats.url(service))
        yield Room(chats, service, a_chat_adapter(service, web, allow_http=True), place)


DISCORD = "https://discord.com/api/webhooks/424242/t0ken"
SLACK = "https://hooks.slack.com/services/T0001/B0001/t0ken"
MATTERMOST = "https://chat.example/team/hooks/t0ken"
NO_HOOKS = (
    "",
    "https://example.org/t0ken",
    "https://user:t0ken@example.org/hooks/t0ken",
    "ftp://example.org/hooks/t0ken",
    "https://example.org/hooks/" + "t0ken" * 1_000,
)

CASES = (
    Case(
        kind="discord",
        canonical=(
            (DISCORD, DISCORD),
            (" HTTPS://Discord.com/api/v10/webhooks/424242/t0ken ", DISCORD),
            ("https://ptb.discord.com/api/webhooks/424242/t0ken?wait=true", DISCORD),
            ("https://discordapp.com/api/webhooks/424242/t0ken", DISCORD),
            (f"{DISCORD}?thread_id=77&wait=true", f"{DISCORD}?thread_id=77"),
        ),
        refused=(*NO_HOOKS, f"{DISCORD}/slack", "https://discord.com/api/webhooks/x/t0ken"),
        secrets=("t0ken",),
        body_bytes_max=20_000,
        outside=lambda: a_room("discord"),
    ),
    Case(
        kind="slack",
        canonical=((SLACK, SLACK), (f"{SLACK}/?x=1#y", SLACK)),
        refused=(
            *(each for each in NO_HOOKS if "example.org/t0ken" not in each),
            "https://slack.example/",
            "https://hooks.slack.com/workflows/T0001/A0001/1/t0ken",
            "https://hooks.slack.com/services/t0ken",
        ),
        secrets=("t0ken",),
        body_bytes_max=20_000,
        outside=lambda: a_room("slack"),
    ),
    Case(
        kind="mattermost",
        canonical=((MATTERMOST, MATTERMOST), (f"{MATTERMOST}?x=1", MATTERMOST)),
        refused=(*NO_HOOKS, "https://chat.example/hooks/", "https://chat.example/hooks/t0ken/x"),
        secrets=("t0ken",),
        body_bytes_max=20_000,
        outside=lambda: a_room("mattermost"),
    ),
    Case(
        kind="telegram",
        canonical=(
            (" @DailyBerita ", "@dailyberita"),
            ("https://t.me/dailyberita", "@dailyberita"),
            ("-1001234567890", "-1001234567890"),
            ("-1001234567890/42", "-1001234567890/42"),
        ),
        refused=("", "@", "Daily Berita", "https://example.org/dailyberita", "-100x/42"),
        secrets=(TOKEN, TOKEN.partition(":")[2]),
        body_bytes_max=20_000,
        outside=a_chat,
    ),
    Case(
        kind="console",
        canonical=(("", "stdout"), (" - ", "stdout"), ("STDOUT", "stdout")),
        refused=("stderr", "/dev/tty"),
        hangs=False,
        body_bytes_max=60_000,
        outside=a_terminal,
    ),
    Case(
        kind="webhook",
        canonical=(
            ("HTTPS://Partner.Example:443", "https://partner.example/"),
            (" http://partner.example:80/Hook?a=1#part ", "http://partner.example/Hook?a=1"),
            ("https://partner.example:8443/a%2Fb", "https://partner.example:8443/a%2Fb"),
            ("https://bücher.example/ü", "https://xn--bcher-kva.example/%C3%BC"),
            ("http://[2606:4700::1111]:8080/x", "http://[2606:4700::1111]:8080/x"),
            ("https://user:t0ken@partner.example/hook", "https://partner.example/hook"),
        ),
        refused=(
            "",
            "partner.example/hook",
            "ftp://partner.example/t0ken",
            "https://user:t0ken@/hook",
            "ftp://user:t0ken@partner.example/",
            f"https://user:{'t0ken' * 1_000}@partner.example/",
            "https://partner.example:99999/t0ken",
            "https:///t0ken",
            "https://127.1/t0ken",
            "https://partner.example/" + "t0ken" * 1_000,
        ),
        secrets=(SECRET, SECRET.removeprefix("whsec_"), "t0ken"),
        body_bytes_max=20_000,
        outside=an_endpoint,
    ),
)
