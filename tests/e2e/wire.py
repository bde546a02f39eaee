"""The wire, whole: many feeds, a channel for each share of them, one webhook that gets all."""

import random
import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.e2e.house import House
from tests.e2e.processes import Spawned, until

Queues = Mapping[str, list[str]]  # destination → headlines
FIRST_CHAT = -1_001_000_000_000
WEBHOOK = "partner"
ASK_SECONDS = 1.5  # between two calls of the command line: each costs most of a second of CPU


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much goes over the wire; each channel gets the stories of `feeds / channels` feeds."""

    feeds: int
    channels: int
    stories: int
    gap_seconds: float  # between two stories
    patience_seconds: float = 120.0


SMALL = Size(feeds=48, channels=6, stories=60, gap_seconds=0.03)
FULL = Size(feeds=200, channels=10, stories=500, gap_seconds=0.25, patience_seconds=600.0)


class Wire:
    """One wire on loopback; `expected` holds each feed's new headlines as they were published."""

    def __init__(self, house: House, size: Size, dice: random.Random) -> None:
        self.house = house
        self.size = size
        self.expected: dict[int, list[str]] = defaultdict(list)
        self.chats = {f"channel-{n}": FIRST_CHAT - n for n in range(size.channels)}
        self.publisher = house.publisher(feeds=size.feeds)
        self.telegram = house.telegram(*self.chats.values())
        self.receiver = house.receiver()
        self._turns = self._shuffled(dice)
        self._configure()

    # ── deeds ────────────────────────────────────────────────────────────────────────────────────

    def settle_in(self) -> None:
        """Wait until every feed's first poll is kept: its second one is then answered 304."""
        until(
            lambda: self.publisher.polls(304) == self.size.feeds,
            "a second poll of every feed",
            seconds=self.size.patience_seconds,
            look_seconds=0.2,
        )

    def publish(self, count: int) -> None:
        """Publish the next stories, one after another."""
        for _ in range(count):
            feed = self._turns.pop()
            self.expected[feed] += self.publisher.add(feed)
            time.sleep(self.size.gap_seconds)

    def requests(self) -> int:
        """Count what Berita asked of both sides so far."""
        return self.telegram.sends() + self.receiver.counts()["requests"]

    def until_everything_is_settled(self) -> None:
        """Wait until no delivery waits or is on its way."""

        def settled() -> bool:
            states = self.house.ask("status")["deliveries"]
            return sum(states.values()) == 2 * self.size.stories and not (
                states.get("waiting") or states.get("sending")
            )

        until(
            lambda: self.receiver.counts()["accepted"] == self.size.stories,
            "every story at the webhook",
            seconds=self.size.patience_seconds,
        )
        until(
            settled,
            "every delivery settled",
            seconds=self.size.patience_seconds,
            look_seconds=ASK_SECONDS,
        )

    # ── outcomes ─────────────────────────────────────────────────────────────────────────────────

    def headlines(self, feeds: Sequence[int] | None = None) -> list[str]:
        """List what was published by these feeds, or by all."""
        wanted = range(self.size.feeds) if feeds is None else feeds
        return [title for feed in wanted for title in self.expected[feed]]

    def feeds_of(self, channel: str) -> range:
        share = self.size.feeds // self.size.channels
        first = list(self.chats).index(channel) * share
        return range(first, first + share)

    @property
    def stories_left(self) -> int:
        """Count the stories not published yet."""
        return len(self._turns)

    @property
    def posted(self) -> int:
        """Count the posts in all channels."""
        return sum(len(self.posts(channel)) for channel in self.chats)

    def posts(self, channel: str) -> list[str]:
        return self.telegram.posts(self.chats[channel])

    def assert_each_channel_got_each_story_once(self) -> None:
        for channel in self.chats:
            wanted = Counter(self.headlines(self.feeds_of(channel)))
            assert Counter(self.posts(channel)) == wanted, channel

    def assert_in_order(self, destination: str, arrived: Sequence[str], queue: Queues) -> None:
        """Compare with the destination's own order, and with the order of each publisher."""
        in_queue = [title for title in queue[destination] if title in set(arrived)]
        assert list(arrived) == in_queue, destination
        for feed, published in self.expected.items():
            of_feed = [title for title in arrived if title in set(published)]
            assert of_feed == [title for title in published if title in of_feed], feed

    def queues(self) -> Queues:
        """Ask Berita for each destination's headlines in the order of its lane."""
        found: dict[str, list[str]] = defaultdict(list)
        for row in self.house.deliveries():
            found[row["destination"]].append(row["title"])
        return found

    def assert_the_webhook_got_each_story(self) -> list[str]:
        """Give the headlines as they were first taken, in order."""
        counts, taken = self.receiver.counts(), self.receiver.accepted()
        assert (counts["unverified"], counts["changed_bytes"]) == (0, 0)
        titles = [heard["title"] for heard in taken]
        assert Counter(titles) == Counter(self.headlines())
        assert [heard["seq"] for heard in taken] == list(range(1, self.size.stories + 1))
        return titles

    # ── the set-up ───────────────────────────────────────────────────────────────────────────────

    def _shuffled(self, dice: random.Random) -> list[int]:
        """Say which feed publishes when: by chance, and each channel its fair share."""
        share = self.size.feeds // self.size.channels
        turns = [
            channel * share + dice.randrange(share)
            for channel in range(self.size.channels)
            for _ in range(self.size.stories // self.size.channels)
        ]
        dice.shuffle(turns)
        return turns

    def _configure(self) -> None:
        self.house.use(self.telegram)
        self.house.webhook(WEBHOOK, self.receiver.url)
        for channel, chat in self.chats.items():
            self.house.channel(channel, chat)
            for feed in self.feeds_of(channel):
                self.house.feed(f"feed-{feed}", self.publisher.urls[feed])
                self.house.route(f"feed-{feed}", channel, WEBHOOK)


def by_title(rows: Sequence[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    return {row["title"]: row for row in rows}


def kill(running: Spawned) -> None:
    """End it as a power cut would: with no time for anything."""
    running.destroy()
