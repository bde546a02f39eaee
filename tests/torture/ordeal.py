"""One scenario, played: lives that end at their wounds, stories all along, a healed end, a verdict.

The store is never opened between a death and the next start: Berita itself must recover it.
"""

import asyncio
import random
import signal
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from bot.clock import WallClock
from feeds.store import Store, open_store
from tests.e2e.house import House
from tests.e2e.processes import Spawned, until
from tests.torture.ledgers import Ledgers, berita_s, bot_api_s, receiver_s, sends_of
from tests.torture.scenario import Scenario
from tests.torture.verdict import Verdict, judge
from tests.torture.wounds import ANY_MOMENT, wound_at

Found = TypeVar("Found")

FIRST_CHAT = -1_001_000_000_000
FEED = "news"
FOR_EVER = 1_000_000_000  # times
LOOK_SECONDS = 0.2
ASK_SECONDS = 0.5  # between two looks into the store
UNDER_WAY_SECONDS = 1.0  # a death at any moment comes so long after the first request, at most
EARLY_DEATHS = 0.25  # … or, so many of them, while it is still starting
STARTING_SECONDS = 6.0
DRAIN_SECONDS = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """What a scenario came to."""

    scenario: Scenario
    stories: int
    verdict: Verdict
    seconds: float


class Ordeal:
    """A house with its servers, in which one scenario is played."""

    def __init__(self, house: House, scenario: Scenario) -> None:
        size = scenario.size
        self._house = house
        self._scenario = scenario
        self._dice = random.Random(scenario.seed)
        self._chats = [FIRST_CHAT - n for n in range(size.chats)]
        self._published: list[str] = []
        self.publisher = house.publisher()
        self.receiver = house.receiver() if size.webhooks else None
        self.telegram = house.telegram(*self._chats) if size.chats else None
        self._places: list[str] = []
        self._build()

    def play(self) -> Played:
        """Live and die as often as the scenario says, then live on until all is settled."""
        began = time.monotonic()
        for point in self._scenario.points:
            if point == ANY_MOMENT:
                self._die_at_any_moment()
            else:
                self._die_at(point)
            self._publish()  # while nobody is there to see it
        running = self._house.start("run")
        self._until_ready(running)
        self._publish()
        self._until_settled()
        verdict = judge(self._read(), self._expected(), in_flight_max=len(self._places))
        self._release_what_is_missing()
        assert running.end() == 0
        return Played(
            scenario=self._scenario,
            stories=len(self._published),
            verdict=verdict,
            seconds=time.monotonic() - began,
        )

    # ── lives ────────────────────────────────────────────────────────────────────────────────────

    def _die_at(self, point: str) -> None:
        wound = wound_at(point, in_flight=self._scenario.size.in_flight, dice=self._dice)
        running = self._house.start("run", program=wound.program)
        self._until_ready(running)
        while running.running:
            self._publish()
            self._rest(running)
        code = running.wait()
        assert code == -signal.SIGKILL, f"{wound}, but it ended with {code}: {running.err[-20:]}"

    def _die_at_any_moment(self) -> None:
        running = self._house.start("run")
        if self.publisher.polls(304) and self._dice.random() < EARLY_DEATHS:
            time.sleep(self._dice.uniform(0, STARTING_SECONDS))
        else:
            self._until_ready(running)
            before = self._requests()
            self._publish()
            until(lambda: self._requests() > before, "work under way", look_seconds=0.01)
            time.sleep(self._dice.uniform(0, UNDER_WAY_SECONDS))
        running.destroy()

    def _rest(self, running: Spawned) -> None:
        rested = time.monotonic() + self._scenario.size.gap_seconds
        while running.running and time.monotonic() < rested:
            time.sleep(0.02)

    def _until_ready(self, running: Spawned) -> None:
        """Wait until it runs, or is dead; and for the first poll's baseline to be kept."""
        until(lambda: not running.running or running.said('"running"'), "it running")
        until(lambda: not running.running or self.publisher.polls(304), "a second poll")

    def _requests(self) -> int:
        asked = self.telegram.sends() if self.telegram else 0
        return asked + (self.receiver.counts()["requests"] if self.receiver else 0)

    # ── the end ──────────────────────────────────────────────────────────────────────────────────

    def _until_settled(self) -> None:
        """Wait until every delivery is where it can stay."""
        wanted = len(self._published) * len(self._places)

        def settled() -> bool:
            states = self._look(_states)
            moving = states.get("waiting", 0) + states.get("sending", 0)
            return sum(states.values()) == wanted and not moving

        until(settled, "all settled", seconds=DRAIN_SECONDS, look_seconds=ASK_SECONDS)

    def _release_what_is_missing(self) -> None:
        """Be the admin, who looks at the channels and has sent again what is not there."""
        ledgers = self._read()
        there = {(post.place, post.title) for post in ledgers.posts}
        doubts = [row for row in ledgers.rows if row.state == "in_doubt"]
        missing = [row.id for row in doubts if (row.place, row.title) not in there]
        if not missing:
            return
        told = self._house.call("delivery", "retry", *map(str, missing))
        assert told.returncode == 0, told.stderr
        self._until_settled()
        after = self._read()
        arrived = sorted((post.place, post.title) for post in after.posts)
        wanted = [(str(chat), title) for chat in self._chats for title in self._published]
        assert arrived == sorted(wanted), "every story once in every chat"

    def _read(self) -> Ledgers:
        return Ledgers(
            rows=self._look(berita_s),
            heard=receiver_s(self.receiver) if self.receiver else (),
            posts=bot_api_s(self.telegram, self._chats) if self.telegram else (),
            sends=sends_of(self.telegram) if self.telegram else (),
        )

    def _look(self, look: Callable[[Store], Awaitable[Found]]) -> Found:
        """Look into the store beside the running process."""

        async def looked() -> Found:
            store = await open_store(self._house.store_url, create=False, migrate=False)
            try:
                return await look(store)
            finally:
                await store.close()

        return asyncio.run(looked())

    def _expected(self) -> dict[str, list[str]]:
        return dict.fromkeys(self._places, self._published)

    # ── stories and the house ────────────────────────────────────────────────────────────────────

    def _publish(self) -> None:
        self._published += self.publisher.add(0)

    def _build(self) -> None:
        """Put everything into the configuration: one feed that goes to every place."""
        self._house.feed(FEED, self.publisher.urls[0])
        names = []
        if self.telegram:
            self._house.use(self.telegram)
            for chat in self._chats:
                self.telegram.control("fault", **self._slow(), chat=chat, apply=True)
                names.append(f"chat-{-chat}")
                self._house.channel(names[-1], chat)
                self._places.append(str(chat))
        if self.receiver:
            for number in range(self._scenario.size.webhooks):
                self.receiver.control("fault", **self._slow(), path=f"/hook/{number}")
                names.append(f"hook-{number}")
                self._house.webhook(names[-1], f"{self.receiver.url}/{number}")
                self._places.append(f"/hook/{number}")
        self._house.route(FEED, *names)

    def _slow(self) -> dict[str, Any]:
        """Make a place take its own time, so that they do not march in step."""
        usual = self._scenario.size.answer_seconds
        return {"how": "slow", "seconds": self._dice.uniform(0.2, 1.8) * usual, "times": FOR_EVER}


async def _states(store: Store) -> dict[str, int]:
    status = await store.status(now=WallClock().now())
    return {str(state): count for state, count in status.deliveries.items()}
