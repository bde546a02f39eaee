"""A chat with a living bot: the loopback Telegram, a real listener, catalog and store.

    async with open_chat(folder) as chat:
        answers = await chat.says("/feeds")

Feeds come from a web in memory; time stands still at NOON unless `chat.clock.at` is moved.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from aiogram import Bot
from aiogram.client.telegram import TelegramAPIServer

from bot.adapters import AddressBook
from bot.adapters.telegram.marks import mark_of_body, mark_of_text
from bot.adapters.telegram.session import BeritaSession
from bot.adapters.telegram.standing import refusal_of
from bot.commands import CommandDeps, Listener
from bot.health import Health
from bot.owners import Owners
from bot.preview import preview, rendered, stage
from feeds.catalog import Catalog, Outside
from feeds.fetch import FetchLimits
from feeds.guard import Guard
from feeds.model import Origin, RouteOptions
from feeds.parse import InlineParser
from feeds.ports import WebResponse
from feeds.store import Store
from feeds.web import AiohttpWeb
from tests.builders import NOON
from tests.commands.news import PhoneWeb, rss
from tests.commands.phone import Phone
from tests.commands.reach import KINDS, every_adapter, new_secret, telegram_adapter
from tests.commands.transcript import quoted, shown
from tests.servers.bot_api import BotApi
from tests.world.store import fresh_store

OWNER, STRANGER = 1001, 2002
CHANNEL, FOREIGN = -100123, -100999
JAKARTA = ZoneInfo("Asia/Jakarta")
WELL = Health(ok=True, problems=())
INTERVAL = timedelta(minutes=15)
PATIENCE_SECONDS = 20.0  # of a busy machine; every wait ends by an event

FEED = "https://berita.example/feed/"


@dataclass(slots=True)
class StillClock:
    """Time that moves only by hand."""

    at: datetime = NOON

    def now(self) -> datetime:
        return self.at


@dataclass(kw_only=True)
class Chat:
    """One bot, its owner's phone, and what is behind it."""

    telegram: BotApi
    store: Store
    catalog: Catalog
    web: PhoneWeb
    clock: StillClock
    listener: Listener
    deps: CommandDeps
    bot: Bot
    health: list[Health]
    rung: list[str] = field(default_factory=list)  # the bells that the chat has rung
    transcript: list[str] = field(default_factory=list)
    toast: str = ""  # of the last tap

    def __post_init__(self) -> None:
        self.phone = Phone(self.telegram)

    async def says(self, text: str, user: int = OWNER) -> list[str]:
        """Let someone write to the bot in private, and give its answers to that."""
        self.transcript.append(quoted(">", text))
        number = self.telegram.control.say(user, text)
        await self.until_heard(number)
        await self.errands_done()
        answers = self.phone.new_posts(user)
        self.transcript += [quoted("<", shown(post)) for post in answers] or ["< (silence)"]
        return [post.text for post in answers]

    async def is_told(self, user: int = OWNER) -> list[str]:
        """Let the bot tell what it has to tell, and give what is new to someone."""
        await self.listener.teller.round()
        return self.told(user)

    def told(self, user: int = OWNER) -> list[str]:
        """Give what someone has in his chat that he has not seen yet, anew or edited."""
        edited, posted = self.phone.changed_posts(user), self.phone.new_posts(user)
        self.transcript += [quoted("~", shown(post)) for post in edited]
        self.transcript += [quoted("<", shown(post)) for post in posted]
        return [post.text for post in (*edited, *posted)]

    async def presses(self, deed: str, on: int, user: int = OWNER) -> str:
        """Let someone press a button that he has seen, even one gone by now; gives the toast."""
        post, label = self.phone.button(f"b:{deed}:{on}", user)
        self.transcript.append(f"* [{label}]")
        await self.until_heard(self.telegram.control.press(user, user, post, f"b:{deed}:{on}"))
        toast = str(self.telegram.control.answers()[-1].get("text", ""))
        self.transcript.append(quoted("!", toast))
        return toast

    async def taps(self, data: str, user: int = OWNER) -> list[str]:
        """Let someone tap a button of a card that he has seen, even one gone by now.

        `data` is what it sends without its prefix: "home:help:0:". Gives what is new or changed in
        his chat; what the toast said stands in the transcript and in `toast`.
        """
        post, label = self.phone.button(f"c:{data}", user)
        self.transcript.append(f"* [{label}]")
        await self.until_heard(self.telegram.control.press(user, user, post, f"c:{data}"))
        self.toast = str(self.telegram.control.answers()[-1].get("text", ""))
        self.transcript += [quoted("!", self.toast)] if self.toast else []
        await self.errands_done()
        return self.told(user)

    async def chooses(self, chat: int, user: int = OWNER) -> list[str]:
        """Let someone choose a chat of his by the button that asks for one: three taps in all.

        Telegram lists his chats, and asks him once more before it makes the bot an administrator.
        """
        title = self.telegram.backend.chats.find(chat).title
        keyboards = [(post["markup"] or {}) for post in self.telegram.control.posts(user)]
        button = next(k["keyboard"][0][0]["text"] for k in reversed(keyboards) if "keyboard" in k)
        self.transcript += [f"* [{button}]", f"* [{title}]", "* [OK]"]
        await self.until_heard(self.telegram.control.share(user, chat))
        return self.told(user)

    async def sends(
        self, name: str, data: bytes, *, size: int | None = None, user: int = OWNER
    ) -> list[str]:
        """Let someone send a file, and give the bot's answers to that."""
        self.transcript.append(quoted(">", f"[{name}]"))
        await self.until_heard(self.telegram.control.send_file(user, name, data, size))
        await self.errands_done()
        return self.told(user)

    async def errands_done(self) -> None:
        """Wait until no long work is under way."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            await self.listener.errands.idle()

    async def until_heard(self, update: int) -> None:
        """Wait until the bot is done with an update, and asks for the next ones."""
        await self.until_confirmed(update)
        async with asyncio.timeout(PATIENCE_SECONDS):
            await self.listener.until_done(update)

    async def until_confirmed(self, update: int) -> None:
        """Wait until the bot asks for what comes after an update."""
        calls = self.telegram.backend.calls
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not any(_confirms(call, update) for call in calls):
                await self.telegram.until_called("getUpdates", _polls(calls) + 1)

    def speaks(self, language: str, user: int = OWNER) -> None:
        """Set the language of someone's Telegram."""
        self.telegram.backend.chats.users[user]["language_code"] = language

    def serve(self, host: str, body: str, status: int = 200) -> None:
        """Put a feed, or whatever it is, at a host."""
        answer = WebResponse(
            status=status, url="", headers={"content-type": "text/xml"}, body=body.encode()
        )
        self.web.serve(host, lambda *_: answer, latency=timedelta(0))


@asynccontextmanager
async def open_chat(folder: Path, *, language: str = "id", **changes: Any) -> AsyncIterator[Chat]:
    """Open it all, with one feed on the web, a channel of ours and one that is not."""
    async with prepare_chat(folder, **changes) as chat:
        chat.speaks(language)
        async with running(chat):
            yield chat


@asynccontextmanager
async def running(chat: Chat) -> AsyncIterator[asyncio.Task[None]]:
    """Let the bot listen, as the app does."""
    async with asyncio.TaskGroup() as tasks:
        listening = tasks.create_task(chat.listener.run())
        yield listening
        listening.cancel()


@asynccontextmanager
async def prepare_chat(folder: Path, **changes: Any) -> AsyncIterator[Chat]:
    """Open it all, the bot not yet listening; `changes` are fields of CommandDeps."""
    async with (
        BotApi() as telegram,
        AiohttpWeb(Guard(["127.0.0.0/8"]), user_agent="berita/test") as operator,
    ):
        store = await fresh_store(folder, inline=True)
        session = _session()
        session.api = TelegramAPIServer.from_base(telegram.base)
        try:
            yield _chat(telegram, operator, store, Bot(telegram.token, session=session), changes)
        finally:
            await session.close()
            await store.close()


@cache
def _session() -> BeritaSession:
    """Make one for all chats of a process: it loads the machine's certificates, which takes time.

    Closed, it opens again at its next request, in whatever loop that is.
    """
    return BeritaSession(api_base="")


def _chat(
    telegram: BotApi, operator: AiohttpWeb, store: Store, bot: Bot, changes: Mapping[str, Any]
) -> Chat:
    web = PhoneWeb()
    web.operator = operator
    clock, health, rung = StillClock(), [WELL], list[str]()
    adapter = telegram_adapter(telegram, web)
    outside = Outside(
        web=web,
        parser=InlineParser(),
        addresses=AddressBook(every_adapter(adapter, web, clock)),
        limits=FetchLimits(
            timeout=timedelta(seconds=5), body_bytes_max=1_000_000, user_agent="berita/test"
        ),
        new_secret=new_secret,
    )
    catalog = Catalog(store=store, clock=clock, every_min=timedelta(minutes=1), outside=outside)

    async def newest(
        url: str, *, origin: Origin, options: RouteOptions, language: str | None
    ) -> bytes | None:
        found = await preview(
            url, last=1, outside=outside, now=clock.now(), options=options, origin=origin
        )
        place = stage(kind="telegram", now=clock.now(), language=language)
        return adapter.render(place, found.parcels[-1]) if found.parcels else None

    made = {
        "catalog": catalog,
        "preview": newest,
        "render": partial(rendered, adapter, clock),
        "health": lambda: health[0],
        "clock": clock,
        "owners": Owners({OWNER}),
        "language": "id",
        "time_zone": JAKARTA,
        "every": INTERVAL,
        "dice": random.Random(1),
        "mark": mark_of_text,
        "mark_body": mark_of_body,
        "refusal": refusal_of,
        "kinds": KINDS,
        "ring_notices": lambda: rung.append("notices"),
        "ring_doubts": lambda: rung.append("doubts"),
    }
    deps = CommandDeps(**made | changes)
    chat = Chat(
        telegram=telegram,
        store=store,
        catalog=catalog,
        web=web,
        clock=clock,
        listener=Listener(bot, deps, pause_first=timedelta(milliseconds=2), deeds_max=1_000),
        deps=deps,
        bot=bot,
        health=health,
        rung=rung,
    )
    _furnish(chat)
    return chat


def _furnish(chat: Chat) -> None:
    control = chat.telegram.control
    control.user(OWNER, "Ani")
    control.user(STRANGER, "Budi")
    control.channel(CHANNEL, "@dailyberita", "Daily Berita")
    control.standing(CHANNEL, OWNER, "creator")
    control.channel(FOREIGN, "@oranglain", "Milik Orang Lain", bot="left")
    chat.serve("berita.example", rss("Daily Berita"))


def _confirms(call: Mapping[str, Any], update: int) -> bool:
    offset = call["parameters"].get("offset")
    return call["method"] == "getUpdates" and int(offset or 0) > update


def _polls(calls: list[dict[str, Any]]) -> int:
    return sum(call["method"] == "getUpdates" for call in calls)
