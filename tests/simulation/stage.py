"""A stage for scenes: a house of one's own choosing, in virtual time, with bells that ring on time.

with a_stage(disk, chats=10, in_doubt="resend_if_absent") as stage:
    stage.play(scene)  # `async def scene(stage)`
"""

import asyncio
import json
import random
from collections.abc import Callable, Coroutine
from typing import Any

from config import load
from tests.simulation.books import Books, read_books
from tests.simulation.endpoints import SECRET, Endpoint
from tests.simulation.machine import Machine
from tests.simulation.outside import SimOutside
from tests.simulation.plan import OWNER, hook_url
from tests.simulation.publishers import Publisher
from tests.world.clock import SimClock
from tests.world.disk import Disk
from tests.world.mortal import WorldLoop
from tests.world.telegram import TOKEN, SimTelegram
from tests.world.telegram_ledger import Call

CHAT = -1001  # the first chat's number; the others follow downwards


class Stage:
    """Channels, feeds and endpoints, all of them well; what goes wrong is the scene's to say."""

    def __init__(
        self, disk: Disk, *, seed: int = 1, stretch: float = 1.0, with_bot: bool = True
    ) -> None:
        disk.wipe()
        self._with_bot = with_bot  # without one nobody asks Telegram twice a minute, for days
        self.disk = disk
        self.clock = SimClock()
        self._dice = random.Random(seed)
        self._stretch = stretch
        telegram = SimTelegram(self._roll())
        self.outside = SimOutside(clock=self.clock, telegram=telegram)
        self.outside.telegram.control.user(OWNER)
        self._tables: list[str] = []
        self._machine: Machine | None = None

    @property
    def machine(self) -> Machine:
        """Give the machine; what is set up later than its first use is not known to it."""
        if self._machine is None:
            self._machine = Machine(
                settings=load(self._file(), {}, self.disk.path.parent),
                disk=self.disk,
                outside=self.outside,
                clock=self.clock,
                dice=self._roll(),
                stretch=self._stretch,
            )
        return self._machine

    def channel(self, number: int, *, stories: int, in_doubt: str = "hold") -> Publisher:
        """Set up a feed with so many stories to publish at once, and the channel it goes to."""
        self.outside.telegram.control.channel(CHAT - number, title=f"feed-{number}")
        places = {f"chat-{number}": f"{CHAT - number}"}
        return self._channel_feed(number, stories, places, in_doubt)

    def forum(
        self, number: int, *, topics: tuple[int, ...], stories: int, in_doubt: str = "hold"
    ) -> Publisher:
        """Set up a feed, and the forum it goes to: each story into each of these topics."""
        self.outside.telegram.control.supergroup(CHAT - number, title="forum", topics=topics)
        places = {f"topic-{topic}": f"{CHAT - number}/{topic}" for topic in topics}
        return self._channel_feed(number, stories, places, in_doubt)

    def feed(self, name: str, *, stories: int, every: str = "1m") -> Publisher:
        """Set up a feed with so many stories to publish at once."""
        publisher = Publisher(name, f"https://{name}.example/feed", self._roll())
        publisher.items_shown = max(publisher.items_shown, 2 * stories)
        publisher.latency = 0.1
        for _ in range(stories):
            publisher.publish(0)
        self.outside.publishers[name] = publisher
        self._tables.append(
            f'[[feed]]\nname = "{name}"\nurl = "{publisher.url}"\nevery = "{every}"\n'
            'start = "all"\n'
        )
        return publisher

    def hook(self, name: str, *feeds: str, **options: object) -> Endpoint:
        """Set up an endpoint that some feeds go to; `options` as in the file."""
        endpoint = Endpoint(name, hook_url(name), self._roll())
        self.outside.endpoints[name] = endpoint
        self._tables.append(
            f'[[destination]]\nname = "{name}"\nkind = "webhook"\naddress = "{endpoint.url}"\n'
            f'secret = "{SECRET}"\n'
            + "".join(f"{option} = {json.dumps(value)}\n" for option, value in options.items())
            + "".join(f'[[route]]\nfeed = "{feed}"\nto = ["{name}"]\n' for feed in feeds)
        )
        return endpoint

    def slots(self, number: int) -> None:
        """Let so many webhooks be under way at once."""
        self._tables.append(f"[webhooks]\nin_flight = {number}\n")

    def play(self, scene: Callable[["Stage"], Coroutine[Any, Any, None]]) -> None:
        """Play a scene in virtual time."""

        async def whole() -> None:
            await scene(self)
            await self.outside.settle()

        with asyncio.Runner(loop_factory=WorldLoop) as runner:
            runner.run(whole())

    def posts(self, number: int) -> list[Call]:
        """List what came to stand in a channel, in order."""
        return self.outside.telegram.ledger.posts()[CHAT - number]

    def books(self) -> Books:
        """Read what Berita knows."""
        return read_books(self.disk)

    def _file(self) -> Any:
        file = self.disk.path.with_name("berita.toml")
        file.write_text(
            f'[store]\nurl = "sqlite:///{self.disk.path}"\n'
            f'[telegram]\ntoken = "{TOKEN if self._with_bot else ""}"\nowners = [{OWNER}]\n'
            f'[polling]\nevery_min = "1s"\nuser_agent = "berita"\n{"".join(self._tables)}'
        )
        return file

    def _channel_feed(
        self, number: int, stories: int, places: dict[str, str], in_doubt: str
    ) -> Publisher:
        name = f"feed-{number}"
        publisher = self.feed(name, stories=stories)
        for place, address in places.items():
            self._tables.append(
                f'[[destination]]\nname = "{place}"\nkind = "telegram"\naddress = "{address}"\n'
                f'in_doubt = "{in_doubt}"\n[[route]]\nfeed = "{name}"\nto = ["{place}"]\n'
            )
        return publisher

    def _roll(self) -> random.Random:
        return random.Random(self._dice.random())


def headlines(publisher: Publisher) -> list[str]:
    """List the stories of a publisher as their posts are headed."""
    return [item.title for item in publisher.items]


def most_in(seconds: float, times: list[float]) -> int:
    """Count the most instants that any sliding span of so many seconds holds."""
    return max((sum(at <= t < at + seconds for t in times) for at in times), default=0)
