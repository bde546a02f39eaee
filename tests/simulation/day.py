"""One seeded day: stories appear, the outside misbehaves, the App dies and is started again.

`live(seed, folder)` plays it and returns what the outside saw; the same seed gives the same trace.
"""

import asyncio
import contextlib
import io
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import async_solipsism

from bot.app.application import App
from bot.world import World
from config import Settings, load
from feeds.parse import InlineParser
from feeds.store import Store, open_store
from feeds.store.rows import DeliveryRow
from tests.simulation.outside import HOOK, SECRET, Publisher, SimOutside, WebFaults
from tests.world.clock import SimClock, SimRings
from tests.world.telegram import SimTelegram, TelegramFaults

HOUR = 3600.0
CHATS = (-1001, -1002, -1003)
STRETCH = 10.0  # bells ring each 10 s: fine enough for a pace of 18 a minute
DRAIN_MAX = 90 * HOUR  # longer than the whole retry schedule


class DeathError(BaseException):
    """The process is no more; nothing of it may run any further."""


@dataclass(slots=True)
class Seen:
    """What the outside and the store know when the day is over."""

    seed: int
    outside: SimOutside
    telegram: SimTelegram
    published: dict[str, list[str]] = field(default_factory=dict)  # feed name → titles, in order
    deaths: int = 0
    deliveries: list[DeliveryRow] = field(default_factory=list)
    trace: list[str] = field(default_factory=list)


def configuration(folder: Path) -> str:
    """Three feeds; each to a chat of its own, all of them to one webhook."""
    feeds = "".join(
        f'[[feed]]\nname = "feed-{n}"\nurl = "https://berita-{n}.example/feed"\nevery = "2m"\n'
        f'[[destination]]\nname = "chat-{n}"\nkind = "telegram"\naddress = "{chat}"\n'
        f'[[route]]\nfeed = "feed-{n}"\nto = ["chat-{n}", "partner"]\n'
        for n, chat in enumerate(CHATS)
    )
    return (
        f'[store]\nurl = "sqlite:///{folder}/berita.db"\n'
        f'[telegram]\ntoken = "1:{"a" * 35}"\nowners = [7]\n'
        f'[[destination]]\nname = "partner"\nkind = "webhook"\naddress = "{HOOK}"\n'
        f'secret = "{SECRET}"\n{feeds}'
    )


def live(seed: int, folder: Path, *, hours: float = 3.0) -> Seen:
    """Play a day of `hours` with faults, then a healed world until the outbox is empty."""
    file = folder / "berita.toml"
    file.write_text(configuration(folder))
    settings = load(file, {}, folder)
    with asyncio.Runner(loop_factory=async_solipsism.EventLoop) as runner:
        return runner.run(_Day(seed, settings, hours).play())


class _Day:
    def __init__(self, seed: int, settings: Settings, hours: float) -> None:
        self._dice = random.Random(seed)
        self._settings = settings
        self._end = hours * HOUR
        outside = SimOutside(random.Random(self._dice.random()))
        telegram = SimTelegram(random.Random(self._dice.random()))
        self._seen = Seen(seed=seed, outside=outside, telegram=telegram)
        self._deadly = 0.002  # per crash point that is reached
        for n in range(len(CHATS)):
            url = f"https://berita-{n}.example/feed"
            outside.publishers[url] = Publisher(url)
            for _ in range(10):
                outside.publishers[url].publish(0)

    async def play(self) -> Seen:
        await self._run_until(120)  # a quiet start sets the baselines
        self._misfortunes()
        async with asyncio.TaskGroup() as tasks:
            for n, publisher in enumerate(self._seen.outside.publishers.values()):
                tasks.create_task(self._write(f"feed-{n}", publisher))
            tasks.create_task(self._live_and_die())
        self._heal()
        await self._drain()
        await self._look_back()
        return self._seen

    def _misfortunes(self) -> None:
        self._seen.outside.faults = WebFaults(
            feed_error=0.1, hook_refused=0.05, hook_error=0.05, hook_lost_after=0.05
        )
        self._seen.telegram.faults = TelegramFaults(
            refused=0.03, lost_before=0.01, lost_after=0.01, bad_gateway=0.01, flood=0.02
        )

    def _heal(self) -> None:
        self._deadly = 0.0
        self._seen.outside.faults = WebFaults()
        self._seen.telegram.faults = TelegramFaults()

    async def _write(self, name: str, publisher: Publisher) -> None:
        titles = self._seen.published.setdefault(name, [])
        dice = random.Random(self._dice.random())
        while (now := _time()) < self._end:
            await asyncio.sleep(dice.expovariate(1 / 400))
            for _ in range(1 if dice.random() < 0.9 else dice.randrange(2, 8)):
                titles.append(publisher.publish(now).title)
            if dice.random() < 0.02:
                publisher.secure_guids = not publisher.secure_guids

    async def _live_and_die(self) -> None:
        """Run, and be killed now and then: at a crash point, or at whatever is awaited."""
        while _time() < self._end:
            lifetime = min(self._dice.expovariate(1 / (0.5 * HOUR)), self._end - _time() + 1)
            with contextlib.suppress(BaseExceptionGroup, DeathError):
                await self._run_until(_time() + lifetime, kill=True)
            self._seen.deaths += 1

    async def _run_until(self, end: float, *, kill: bool = False) -> None:
        store = await open_store(
            self._settings.store.url.get_secret_value(),
            dice=random.Random(self._dice.random()),
            inline=True,
        )
        app = App.build(settings=self._settings, world=self._world(), store=store)
        try:
            await app.prepare()
            async with asyncio.TaskGroup() as tasks:
                running = tasks.create_task(app.run())
                await asyncio.sleep(end - _time())
                running.cancel() if kill else app.stop()
        finally:
            await store.close()

    async def _drain(self) -> None:
        """Let the healed world run until nothing waits."""
        until = _time() + DRAIN_MAX
        while _time() < until:
            await self._run_until(_time() + HOUR)
            if not await self._with_store(_unfinished):
                return

    async def _look_back(self) -> None:
        self._seen.deliveries = await self._with_store(_all_deliveries)
        self._seen.trace = [
            *(f"{a.at:.3f} hook {a.webhook_id} {a.seq}" for a in self._seen.outside.arrivals),
            *(
                f"{post.at:.3f} chat {chat} {post.text}"
                for chat, posts in sorted(self._seen.telegram.posts.items())
                for post in posts
            ),
        ]

    async def _with_store(self, look: Callable[[Store], Any]) -> Any:
        store = await open_store(self._settings.store.url.get_secret_value(), inline=True)
        try:
            return await look(store)
        finally:
            await store.close()

    def _world(self) -> World:
        return World(
            clock=SimClock(),
            dice=random.Random(self._dice.random()),
            web=self._seen.outside,
            parser=InlineParser(),
            terminal=io.StringIO(),
            telegram_session=self._seen.telegram.session,
            rings=lambda: SimRings(STRETCH),
            reached=self._reached,
        )

    def _reached(self, _point: str) -> None:
        if self._dice.random() < self._deadly:
            raise DeathError


async def _unfinished(store: Store) -> bool:
    status = await store.status(now=SimClock().now())
    return bool(status.deliveries.get("waiting") or status.deliveries.get("sending"))


async def _all_deliveries(store: Store) -> list[DeliveryRow]:
    return list(await store.list_deliveries(limit=100_000))


def _time() -> float:
    return asyncio.get_running_loop().time()
