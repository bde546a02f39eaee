"""What kind of day a seed stands for: how large the house is, and how rough the weather."""

import random
from dataclasses import dataclass, replace
from pathlib import Path

from tests.simulation.endpoints import SECRET
from tests.world.telegram import TOKEN

OWNER = 7
HOUR = 3_600.0
# How long the day is, and how rarely bells ring in it: each as much work for us as the others.
SPANS = ((0.5, 5.0), (2.0, 20.0), (6.0, 60.0), (12.0, 90.0))
DELIVERIES = (30, 90)  # expected of a day, at least and at most; bursts come on top
VALIDATORS = (("etag",), ("last-modified",), ("etag", "last-modified"), ())
POLICIES = ("hold", "hold", "resend_if_absent", "resend")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatPlan:
    """A destination in Telegram."""

    name: str
    kind: str  # "channel", "group", "supergroup"
    id: int
    username: str | None = None  # its address is @name, and has to be looked up
    policy: str = "hold"
    group: int | None = None  # the discussion group linked to it
    protected: bool = False  # its posts may not be forwarded


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedPlan:
    """A feed, and where it goes."""

    name: str
    every_seconds: int
    to: tuple[str, ...]
    stories: int  # of the day, about
    validators: tuple[str, ...]
    moves: bool = False

    @property
    def url(self) -> str:
        return f"https://{self.name}.example/feed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything about a day that is decided before it begins."""

    seed: int
    hours: float
    stretch: float
    rough: float  # 0: a calm day; 1: a day to remember
    deadly: float  # how likely the process dies at a thing it does
    chats: tuple[ChatPlan, ...]
    hooks: tuple[str, ...]
    feeds: tuple[FeedPlan, ...]
    hook_rate: int  # a second, per endpoint

    @property
    def seconds(self) -> float:
        return self.hours * HOUR


def draw(seed: int) -> Plan:
    """Draw the plan of a seed."""
    dice = random.Random(f"plan {seed}")
    hours, stretch = dice.choice(SPANS)
    chats = tuple(_chat(n, dice) for n in range(dice.randint(1, 4)))
    hooks = tuple(f"hook-{n}" for n in range(dice.randint(0, 2)))
    places = [*(chat.name for chat in chats), *hooks]
    feeds = tuple(_feed(n, places, hours, dice) for n in range(dice.randint(1, 3)))
    feeds = _bounded(feeds)
    return Plan(
        seed=seed,
        hours=hours,
        stretch=stretch,
        rough=dice.choice((0.0, 0.2, 0.5, 1.0, 1.0)),
        deadly=dice.choice((0.0, 0.001, 0.003, 0.01)),
        chats=chats,
        hooks=hooks,
        feeds=feeds,
        hook_rate=dice.choice((1, 5, 50)),
    )


def _chat(number: int, dice: random.Random) -> ChatPlan:
    kind = dice.choice(("channel", "channel", "channel", "group", "supergroup"))
    is_channel = kind == "channel"
    return ChatPlan(
        name=f"chat-{number}",
        kind=kind,
        id=-(500 + number) if kind == "group" else -(1001 + number),
        username=f"berita_{number}" if is_channel and dice.random() < 0.3 else None,
        policy=dice.choice(POLICIES),
        group=-(2001 + number) if is_channel and dice.random() < 0.4 else None,
        protected=dice.random() < 0.1,
    )


def _feed(number: int, places: list[str], hours: float, dice: random.Random) -> FeedPlan:
    return FeedPlan(
        name=f"feed-{number}",
        every_seconds=max(int(hours * 60 * dice.choice((0.5, 1, 2))), 20),
        to=tuple(sorted(dice.sample(places, dice.randint(1, len(places))))),
        stories=dice.choice((4, 10, 20)),
        validators=dice.choice(VALIDATORS),
        moves=dice.random() < 0.1,
    )


def _bounded(feeds: tuple[FeedPlan, ...]) -> tuple[FeedPlan, ...]:
    expected = sum(feed.stories * len(feed.to) for feed in feeds)
    least, most = DELIVERIES
    share = min(max(expected, least), most) / expected
    return tuple(replace(feed, stories=max(round(feed.stories * share), 2)) for feed in feeds)


def configuration(plan: Plan, database: Path) -> str:
    """Write the berita.toml of the day."""
    parts = [
        f'[store]\nurl = "sqlite:///{database}"\n',
        f'[telegram]\ntoken = "{TOKEN}"\nowners = [{OWNER}]\n',
        '[polling]\nevery_min = "1s"\nuser_agent = "berita"\n',
        f"[webhooks]\nmax_per_second = {plan.hook_rate}\n",
        *(_chat_table(chat) for chat in plan.chats),
        *(_hook_table(name) for name in plan.hooks),
        *(_feed_tables(feed) for feed in plan.feeds),
    ]
    return "".join(parts)


def hook_url(name: str) -> str:
    """Tell where an endpoint is."""
    return f"https://{name}.example/in"


def _chat_table(chat: ChatPlan) -> str:
    address = f"@{chat.username}" if chat.username else str(chat.id)
    return (
        f'[[destination]]\nname = "{chat.name}"\nkind = "telegram"\naddress = "{address}"\n'
        f'in_doubt = "{chat.policy}"\n'
    )


def _hook_table(name: str) -> str:
    return (
        f'[[destination]]\nname = "{name}"\nkind = "webhook"\naddress = "{hook_url(name)}"\n'
        f'secret = "{SECRET}"\n'
    )


def _feed_tables(feed: FeedPlan) -> str:
    to = ", ".join(f'"{name}"' for name in feed.to)
    return (
        f'[[feed]]\nname = "{feed.name}"\nurl = "{feed.url}"\nevery = "{feed.every_seconds}s"\n'
        f'[[route]]\nfeed = "{feed.name}"\nto = [{to}]\n'
    )
