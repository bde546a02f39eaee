"""What is typed about a feed's settings: read, done, and told; by a wizard or by /setfeed."""

from datetime import timedelta
from typing import Final, Literal

from aiogram.utils.formatting import Text

from bot.commands.cards.scene import Scene
from bot.commands.refusal import Refusal
from bot.commands.spans import read_span
from bot.commands.words import copyable, known_as, lines
from feeds.catalog.probe import shown as shown_url
from feeds.model import Feed, FeedState

Setting = Literal["every", "name", "url"]
SETTINGS: Final[tuple[Setting, ...]] = ("every", "name", "url")
DEFAULT: Final = "default"
TITLE_MAX: Final = 100  # UTF-16 units


async def change(
    scene: Scene, feed: Feed, setting: Setting, typed: str, *, same: bool = False
) -> Text:
    """Set one thing of a feed, and say what is so now; raises BeritaError.

    `same`: an address at which nothing is known of it raises AnotherFeed.
    """
    catalog, name = scene.catalog, str(feed.id)  # it may be called otherwise by now
    match setting:
        case "every":
            every = read_every(typed)
            changed = await catalog.set_feed(name, every=every, default_every=every is None)
        case "name":
            changed = await catalog.set_feed(name, rename=typed)
        case _:
            changed = await catalog.set_feed(name, url=typed, same=same)
    return _told(changed, setting, scene)


def read_every(typed: str) -> timedelta | None:
    """Read an interval, None: the default; raises Refusal."""
    if typed.strip().lower() == DEFAULT:
        return None
    every = read_span(typed)
    if every is None:
        raise Refusal("fs.what_every")
    return every


def kept_value(feed: Feed, setting: Setting) -> str | int | None:
    """Give a setting as a talk keeps it, to know by whether somebody changed it meanwhile."""
    match setting:
        case "every":
            return None if feed.every is None else int(feed.every.total_seconds())
        case "name":
            return feed.name
        case "url":
            return feed.url


def shown_value(feed: Feed, setting: Setting, scene: Scene) -> Text | str:
    """Show a setting as it is; a key in an address is for owners alone."""
    match setting:
        case "every":
            return scene.words.span(feed.every or scene.deps.every)
        case "name":
            return copyable(feed.name)
        case "url":
            return copyable(feed.url if scene.who.is_owner else shown_url(feed.url))


def _told(feed: Feed, setting: Setting, scene: Scene) -> Text:
    words, title = scene.words, known_as(feed.title, feed.name, TITLE_MAX)
    match setting:
        case "every":
            every = words.span(feed.every or scene.deps.every)
            said = words.say("fs.every_set", title=title, every=every)
        case "name":
            said = words.say("fs.name_set", title=title, name=copyable(feed.name))
        case _:
            anew = feed.memory.baseline_at is None
            said = words.say("fs.url_anew" if anew else "fs.url_same", title=title)
    rests = feed.state is not FeedState.ACTIVE
    return lines(said, words.say("fs.rests") if rests else "")
