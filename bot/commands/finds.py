"""What was found at links that somebody sent, kept in the store until he decides on it.

A find belongs to the message it is shown in, and is kept under that message's number, so that its
buttons need to name nothing. A person's last SLOTS messages have room.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from bot.commands.cards.scene import Gone, Scene, Shown
from feeds.catalog import SeenFeed, SeenPage
from feeds.parse.page import NamedFeed

SLOTS: Final = 100
LINKS_MAX: Final = 10  # in one message; more come as a list


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundFeed:
    """A feed as the card shows it."""

    url: str
    title: str
    headlines: tuple[str, ...] = ()
    per_week: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A link where there is no feed."""

    url: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A feed that was published somewhere."""

    feed: int
    known: bool  # it was here before: its first poll is past


@dataclass(frozen=True, slots=True, kw_only=True)
class Find:
    """What is known of the links of one message by now."""

    at: int  # the message that shows it
    links: tuple[str, ...]
    looked: bool = False
    feeds: tuple[FoundFeed, ...] = ()
    offered: tuple[NamedFeed, ...] = ()  # by a page: one is to be chosen
    refused: tuple[Refused, ...] = ()
    start: int | None = 0  # of the feeds; None: all
    to: int | None = None  # the destination it was published at; then it is decided
    taken: tuple[Taken, ...] = ()  # what went there

    def with_seen(self, seen: SeenFeed | SeenPage) -> "Find":
        """Add what one look showed."""
        if isinstance(seen, SeenPage):
            return replace(self, offered=(*self.offered, *seen.feeds))
        found = FoundFeed(
            url=seen.url,
            title=seen.title,
            headlines=seen.headlines,
            per_week=seen.per_week,
        )
        return replace(self, feeds=(*self.feeds, found))

    def with_refused(self, url: str, why: str) -> "Find":
        """Add a link that leads nowhere."""
        return replace(self, refused=(*self.refused, Refused(url=url, why=why)))


async def look(scene: Scene, links: Sequence[str]) -> bool:
    """Say that links are looked at, and send for what is there; False: there are too many."""
    if len(links) > LINKS_MAX:
        await scene.say(scene.words.count("found.too_many", LINKS_MAX))
        return False
    scene.errands.check_room(scene.person)
    at = await scene.say(scene.words.count("found.looking", len(links)))
    await save(scene, Find(at=at, links=tuple(links)))
    await scene.errands.start(scene, "look", at)
    return True


async def look_again(scene: Scene, find: Find, links: tuple[str, ...]) -> None:
    """Look at other links in the place of a find's, or at the same anew."""
    if scene.errands.is_under_way(scene.person, "look", find.at):
        return  # a double tap
    scene.errands.check_room(scene.person)
    await save(scene, Find(at=find.at, links=links, start=find.start))
    await scene.put(Shown(text=scene.words.count("found.looking", len(links))), find.at)
    await scene.errands.start(scene, "look", find.at)


async def save(scene: Scene, find: Find) -> None:
    """Keep it."""
    await scene.catalog.store.set_note(_name(scene, find.at), json.dumps(asdict(find)))


async def load(scene: Scene, at: int) -> Find:
    """Find what message `at` shows; raises Gone."""
    raw = json.loads(await scene.catalog.store.note(_name(scene, at)) or "{}")
    if raw.get("at") != at:
        raise Gone("found.over")
    return _read(raw)


async def forget(scene: Scene, at: int) -> None:
    """Forget it: nothing shall come of it."""
    await scene.catalog.store.set_note(_name(scene, at), "{}")


def _read(raw: dict[str, Any]) -> Find:
    feeds = (FoundFeed(**each | {"headlines": tuple(each["headlines"])}) for each in raw["feeds"])
    return Find(
        at=raw["at"],
        links=tuple(raw["links"]),
        looked=raw["looked"],
        feeds=tuple(feeds),
        offered=tuple(NamedFeed(**each) for each in raw["offered"]),
        refused=tuple(Refused(**each) for each in raw["refused"]),
        start=raw["start"],
        to=raw.get("to"),
        taken=tuple(Taken(**each) for each in raw.get("taken", ())),
    )


def _name(scene: Scene, at: int) -> str:
    return f"find:{scene.person}:{at % SLOTS}"
