"""A list of feeds that somebody sent, kept in the store while it is worked off.

The list is kept once, and apart from it how far it has come: that changes all the time.
"""

from dataclasses import asdict, dataclass, replace
from typing import Final

from bot.commands.cards.scene import Gone, Scene
from bot.commands.kept import Kept

FEEDS_MAX: Final = 500  # in one list: looked at one after another, they take minutes
DEAD_SHOWN: Final = 10
TITLE_MAX: Final = 200  # characters kept
LISTS: Final = Kept(sort="list", errand="list")
DONE: Final = Kept(sort="list-done", errand="list")


@dataclass(frozen=True, slots=True, kw_only=True)
class List:
    """The feeds of a list; it belongs to the message that shows it."""

    at: int
    feeds: tuple[tuple[str, str], ...]  # (URL, title)


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a list has come."""

    at: int
    to: int | None = None  # the destination; None: nowhere yet
    done: int = 0
    added: int = 0
    known: int = 0
    dead: int = 0
    dead_urls: tuple[str, ...] = ()  # the first DEAD_SHOWN
    over: bool = False  # all is done and told

    def after(self, count: int, *, added: int, known: int, dead: tuple[str, ...]) -> "Progress":
        """Count so many more feeds."""
        return replace(
            self,
            done=self.done + count,
            added=self.added + added,
            known=self.known + known,
            dead=self.dead + len(dead),
            dead_urls=(*self.dead_urls, *dead)[:DEAD_SHOWN],
        )


async def save(scene: Scene, list_: List) -> None:
    """Keep a list, of which nothing is done yet."""
    feeds = [(url, title[:TITLE_MAX]) for url, title in list_.feeds]
    await LISTS.keep(scene, {"at": list_.at, "feeds": feeds})


async def load(scene: Scene, at: int) -> List:
    """Find the list of a message; raises Gone."""
    raw = await LISTS.read(scene, at)
    if raw is None:
        raise Gone("list.over")
    return List(at=at, feeds=tuple((url, title) for url, title in raw["feeds"]))


async def forget(scene: Scene, at: int) -> None:
    """Forget a list."""
    await LISTS.forget(scene, at)


async def keep(scene: Scene, progress: Progress) -> None:
    """Keep how far it has come."""
    await DONE.keep(scene, asdict(progress))


async def progress_of(scene: Scene, at: int) -> Progress:
    """Tell how far it has come."""
    raw = await DONE.read(scene, at)
    if raw is None:
        return Progress(at=at)
    return Progress(**raw | {"dead_urls": tuple(raw["dead_urls"])})
