"""A house whose one feed goes to webhooks and chats; its ledgers can be read at any time."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from bot.clock import WallClock
from feeds.store import Store, open_store
from tests.e2e.house import House
from tests.e2e.processes import Spawned, until
from tests.torture.ledgers import Ledgers, Post, Row, berita_s, bot_api_s, receiver_s, sends_of

Found = TypeVar("Found")

FIRST_CHAT = -1_001_000_000_000
OWNER = 7  # in whose chat posts in doubt are looked for
FEED = "news"
ASK_SECONDS = 0.5  # between two looks into the store
DRAIN_SECONDS = 300.0
PROOF_SECONDS = 480.0  # many doubts at once take turns in the probe chat


class Stage:
    """What is published goes to every place: paths of the receiver and chats of the Bot API."""

    def __init__(self, house: House, *, webhooks: int = 0, chats: int = 0) -> None:
        self.house = house
        self.stories: list[str] = []
        self.paths = [f"/hook/{number}" for number in range(webhooks)]
        self.chats = [FIRST_CHAT - number for number in range(chats)]
        self.publisher = house.publisher()
        self.receiver = house.receiver() if webhooks else None
        self.telegram = house.telegram(*self.chats, users=[OWNER]) if chats else None
        self._build()

    @property
    def places(self) -> list[str]:
        return [*self.paths, *map(str, self.chats)]

    @property
    def expected(self) -> dict[str, list[str]]:
        return dict.fromkeys(self.places, self.stories)

    def publish(self, count: int = 1) -> list[str]:
        """Publish stories; gives their headlines."""
        fresh = self.publisher.add(0, count)
        self.stories += fresh
        return fresh

    def requests(self) -> int:
        """Count what was asked of both sides."""
        asked = self.telegram.sends() if self.telegram else 0
        return asked + (self.receiver.counts()["requests"] if self.receiver else 0)

    def until_ready(self, running: Spawned) -> None:
        """Wait until it runs, or is dead; and for the first poll's baseline to be kept."""
        until(lambda: not running.running or running.said('"running"'), "it running")
        until(lambda: not running.running or self.publisher.polls(304), "a second poll")

    def settle_in(self) -> None:
        """Live in peace for one story: what comes later is new, and each chat has a post."""
        running = self.house.start("run")
        self.until_ready(running)
        self.publish()
        self.until_settled()
        assert running.end() == 0

    def until_settled(self) -> None:
        """Wait until every delivery of every story is where it can stay."""
        wanted = len(self.stories) * len(self.places)

        def settled() -> bool:
            states = self.look(_states)
            moving = states.get("waiting", 0) + states.get("sending", 0)
            return sum(states.values()) == wanted and not moving

        until(settled, "all settled", seconds=DRAIN_SECONDS, look_seconds=ASK_SECONDS)

    def until_proven(self) -> None:
        """Wait until what is in doubt and can be found was found; the verdict tells if not."""
        give_up_at = time.monotonic() + PROOF_SECONDS
        while doubts_that_are_there(self.read()) and time.monotonic() < give_up_at:
            time.sleep(ASK_SECONDS)

    def read(self) -> Ledgers:
        """Read all three ledgers."""
        return Ledgers(
            rows=self.look(berita_s),
            heard=receiver_s(self.receiver) if self.receiver else (),
            posts=bot_api_s(self.telegram, self.chats) if self.telegram else (),
            sends=sends_of(self.telegram, self.chats) if self.telegram else (),
        )

    def release(self, missing: list[Row]) -> None:
        """Be the admin, who has sent again what is not there, and wait for it."""
        told = self.house.call("delivery", "retry", *(str(row.id) for row in missing))
        assert told.returncode == 0, told.stderr
        self.until_settled()

    def look(self, look: Callable[[Store], Awaitable[Found]]) -> Found:
        """Look into the store, beside a running process."""

        async def looked() -> Found:
            store = await open_store(self.house.store_url, create=False, migrate=False)
            try:
                return await look(store)
            finally:
                await store.close()

        return asyncio.run(looked())

    def _build(self) -> None:
        self.house.feed(FEED, self.publisher.urls[0])
        if self.telegram:
            self.house.use(self.telegram)
            self.house.set("telegram", owners=[OWNER])
        for chat in self.chats:
            self.house.channel(f"chat-{-chat}", chat)
        hooks = {path: path.strip("/").replace("/", "-") for path in self.paths}
        for path, name in hooks.items():
            assert self.receiver, "there are paths"
            self.house.webhook(name, f"{self.receiver.url}{path.removeprefix('/hook')}")
        self.house.route(FEED, *hooks.values(), *(f"chat-{-chat}" for chat in self.chats))


def doubts_that_are_missing(ledgers: Ledgers) -> list[Row]:
    """List what is in doubt and, as everybody can see, not in its chat."""
    return [row for row in _doubts(ledgers) if _key(row) not in _there(ledgers)]


def doubts_that_are_there(ledgers: Ledgers) -> list[Row]:
    """List what is in doubt although it is in its chat, where it could be found."""
    return [row for row in _doubts(ledgers) if _key(row) in _there(ledgers)]


def _doubts(ledgers: Ledgers) -> list[Row]:
    return [row for row in ledgers.rows if row.state == "in_doubt"]


def _there(ledgers: Ledgers) -> set[tuple[str, str]]:
    return {_key(post) for post in ledgers.posts}


def _key(thing: Row | Post) -> tuple[str, str]:
    return thing.place, thing.title


async def _states(store: Store) -> dict[str, int]:
    status = await store.status(now=WallClock().now())
    return {str(state): count for state, count in status.deliveries.items()}
