"""The wizard that asks for one setting of a feed: its interval, its name or its address."""

from typing import Final

from aiogram.types import Message
from aiogram.utils.formatting import Text

from bot.commands.answers import show_work
from bot.commands.cards import feed_settings as card
from bot.commands.cards.scene import Gone, Scene
from bot.commands.feed_changes import Setting, change, kept_value, shown_value
from bot.commands.links import links_of
from bot.commands.refusal import Refusal
from bot.commands.wizards.talking import end, keep
from feeds.errors import AnotherFeed
from feeds.model import Feed
from feeds.model.people import Talk

SETTING_OF: Final[dict[str, Setting]] = {
    "feed_every": "every",
    "feed_name": "name",
    "feed_url": "url",
}


async def hear(scene: Scene, talk: Talk, message: Message) -> None:
    """Take the new value; raises BeritaError, and Refusal if somebody changed it meanwhile.

    An address at which nothing is known of the feed is asked about first: a link that was meant to
    be a new feed must not take the place of one, and the move of a feed is not undone by a tap.
    """
    setting = SETTING_OF[talk.kind]
    if setting == "url":
        await show_work(message)
    feed = await _feed_in(scene, talk)
    typed = _typed(message, setting)
    seen = kept_value(feed, setting)
    if seen != talk.data.get("seen"):
        await keep(scene, talk, seen=seen)
        raise Refusal("fs.changed", present=_plain(shown_value(feed, setting, scene)))
    try:
        said = await change(scene, feed, setting, typed, same=True)
    except AnotherFeed:
        await keep(scene, talk, url=typed)
        await scene.put(card.ask_whether(feed, typed, scene.words))
        return
    await end(scene)
    await scene.put(await card.show(scene, feed.id, said=said))


def _plain(value: Text | str) -> str:
    return value if isinstance(value, str) else str(value.as_kwargs()["text"])


async def _feed_in(scene: Scene, talk: Talk) -> Feed:
    number = talk.data.get("feed")
    assert isinstance(number, int), "it was begun with one"
    found = await scene.catalog.store.feed_settings(number)
    if found is None:
        await end(scene)
        raise Gone("feed.gone")
    return found.feed


def _typed(message: Message, setting: Setting) -> str:
    """Read the answer as what it must be; raises Refusal."""
    typed = (message.text or "").strip()
    if setting == "url":
        links = links_of(message)
        if len(links) != 1:
            raise Refusal("fs.what_url")
        return links[0]
    if not typed:
        raise Refusal(f"fs.what_{setting}")
    return typed
