"""What the admin's chat needs, in one value: `bot.app` makes it, every handler gets it."""

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta, tzinfo
from typing import Protocol

from bot.commands.kinds import Kinds
from bot.health import Health
from bot.owners import Owners
from feeds.catalog import Catalog
from feeds.model import Feed, Origin, RouteOptions, Story
from feeds.ports import Clock


class Preview(Protocol):
    """Looks at a feed and renders its newest story; stores nothing."""

    def __call__(
        self, url: str, *, origin: Origin, options: RouteOptions, language: str | None
    ) -> Awaitable[bytes | None]:
        """Give the JSON of a `sendMessage` call as Telegram's render makes it, without its chat.

        None: the feed holds no story. `language` None is the configuration's. `origin` FILE: the
        file declares it, and it may be a file: URL. Raises BadRequest, FeedRefused.
        """
        ...


class Render(Protocol):
    """Renders a story that is at hand, as Telegram's render makes it, without its chat."""

    def __call__(
        self, story: Story, feed: Feed, *, options: RouteOptions, language: str | None
    ) -> bytes:
        """Give the JSON of a `sendMessage` call; `language` None is the configuration's."""
        ...


def _silence() -> None:
    """Ring no bell."""


def _go_on(_why: str) -> None:
    """Stop nothing: there is no program around this chat."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandDeps:
    """The tools of the chat."""

    catalog: Catalog  # with its outside: /addfeed looks at feeds and resolves addresses
    preview: Preview
    render: Render
    health: Callable[[], Health]
    clock: Clock
    owners: Owners  # by Telegram user id; none: nobody is obeyed
    language: str  # for people whose Telegram speaks neither Indonesian nor English
    time_zone: tzinfo
    every: timedelta  # the interval of feeds without their own
    dice: random.Random  # of codes that nobody guesses
    mark: Callable[[str], bytes]  # a digest of what a post says, to know it again by
    mark_body: Callable[[bytes], bytes | None]  # the same of a frozen post; None: it says nothing
    refusal: Callable[[str, str], str]  # (type of a chat, our standing) → why it refuses our posts
    kinds: Kinds
    ring_notices: Callable[[], None] = _silence  # there is something to tell
    ring_doubts: Callable[[], None] = _silence  # there is something new to look at
    allowed: frozenset[int] = frozenset()  # who may bring channels of his own
    give_up: Callable[[str], None] = _go_on  # the whole program must stop, for this reason
