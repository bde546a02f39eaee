"""The card of a feed's settings: how often it is read, its name here, its address; and undo."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from aiogram.types import InlineKeyboardButton
from aiogram.utils.formatting import Bold, Text

from bot.commands.asking import ask_for_feeds_setting
from bot.commands.cards.choosing import number_of, value_of
from bot.commands.cards.scene import Gone, Rows, Scene, Shown, Turn
from bot.commands.cards.taps import Tap, back, button
from bot.commands.cards.undoing import take_back, undo_row
from bot.commands.feed_changes import (
    DEFAULT,
    TITLE_MAX,
    Setting,
    change,
    kept_value,
    shown_value,
)
from bot.commands.judging import OfFeed
from bot.commands.wizards.talking import end, open_talk
from bot.commands.words import Words, copyable, joined, known_as, lines
from feeds.model import Feed, Origin
from feeds.store.card_rows import FeedSettings

NAME: Final = "fs"
MINUTES: Final = (5, 10, 15, 30, 60, 180, 360, 720, 1_440)  # usual intervals
ASKS: Final[dict[str, Setting]] = {"ask": "every", "name": "name", "url": "url"}  # by deed
IN_A_ROW: Final = 3
URL_MAX: Final = 300  # UTF-16 units


async def show(
    scene: Scene,
    on: int,
    more: str = "",  # noqa: ARG001  # as every card
    said: Text | str = "",
) -> Shown:
    """Show the settings of a feed; `said`: what has just come of them, on top."""
    shown = _shown(await _found(scene, on), scene)
    return Shown(text=joined([said, shown.text], "\n\n"), rows=shown.rows) if said else shown


async def press(scene: Scene, tap: Tap) -> Turn:
    """Do what a button says; one that shows another value than there is now only shows that."""
    found, words = await _found(scene, tap.on), scene.words
    if found.feed.origin is Origin.FILE:
        return Turn(card=_shown(found, scene), said=words.label("route.of_file"), alert=True)
    if tap.deed in ASKS:
        await ask_for_feeds_setting(scene, found.feed, ASKS[tap.deed])
        return Turn()
    match tap.deed:
        case "undo":
            return Turn(said=await take_back(scene, tap), card=await show(scene, tap.on))
        case "move":
            return await _move(scene, found.feed)
        case "leave":
            await end(scene)
            return Turn(card=_shown(found, scene), said=words.label("draft.dropped"))
        case _:
            return await _set_interval(scene, found, tap)


async def place_of(scene: Scene, tap: Tap) -> OfFeed:  # noqa: ARG001  # as every card
    """Concern this very feed."""
    return OfFeed(feed=tap.on)


def ask_whether(feed: Feed, url: str, words: Words) -> Shown:
    """Ask whether a feed shall begin anew at an address where nothing is known of it."""
    title = known_as(feed.title, feed.name, TITLE_MAX)
    return Shown(
        text=words.say("fs.sure", title=title, url=copyable(url, URL_MAX)),
        rows=(
            [button(words, NAME, "move", feed.id, style="danger")],
            [button(words, NAME, "leave", feed.id)],
        ),
    )


async def _set_interval(scene: Scene, found: FeedSettings, tap: Tap) -> Turn:
    words = scene.words
    wanted, _, seen = tap.more.partition(".")
    if tap.deed != "every" or seen != _value(found.feed.every):
        return Turn(card=_shown(found, scene), said=words.label("route.changed"), alert=True)
    every = None if wanted == DEFAULT else timedelta(seconds=number_of(wanted))
    await scene.catalog.set_feed(f"{tap.on}", every=every, default_every=every is None)
    return Turn(card=await show(scene, tap.on), said=words.label("route.set"))


async def _move(scene: Scene, feed: Feed) -> Turn:
    """Let a feed begin anew at the address that was asked about, if it still is where it was."""
    talk, words = await open_talk(scene), scene.words
    url = talk.data.get("url") if talk is not None and talk.kind == "feed_url" else None
    if talk is None or talk.data.get("feed") != feed.id or not isinstance(url, str):
        raise Gone("draft.gone", back_to="fds")
    if talk.data.get("seen") != kept_value(feed, "url"):
        card = await show(scene, feed.id)
        return Turn(card=card, said=words.label("route.changed"), alert=True)
    said = await change(scene, feed, "url", url)
    await end(scene)
    return Turn(card=await show(scene, feed.id, said=said))


async def _found(scene: Scene, feed: int) -> FeedSettings:
    found = await scene.catalog.store.feed_settings(feed)
    if found is None:
        raise Gone("feed.gone", back_to="fds")
    return found


def _shown(found: FeedSettings, scene: Scene) -> Shown:
    feed, words = found.feed, scene.words
    ours = feed.origin is not Origin.FILE
    key = "fs.every_default" if feed.every is None else "fs.every"
    return Shown(
        text=lines(
            Text("⚙️ ", Bold(known_as(feed.title, feed.name, TITLE_MAX))),
            words.say(key, every=shown_value(feed, "every", scene)),
            words.say("fs.name", name=shown_value(feed, "name", scene)),
            words.say("fs.url", url=shown_value(feed, "url", scene)),
            "" if ours else words.say("route.of_file"),
        ),
        rows=(*(_rows(found, scene) if ours else ()), [back(words, "fd", feed.id)]),
    )


def _rows(found: FeedSettings, scene: Scene) -> Rows:
    on, words = found.feed.id, scene.words
    return (
        *_intervals(found.feed, scene),
        [button(words, NAME, "ask", on)],
        [button(words, NAME, "name", on), button(words, NAME, "url", on)],
        undo_row(NAME, found, words),
    )


def _intervals(feed: Feed, scene: Scene) -> Iterator[list[InlineKeyboardButton]]:
    """Offer the usual intervals that are allowed; each button knows the one that was there."""
    words, usual = scene.words, scene.words.span(scene.deps.every)
    yield [_interval(feed, None, words, words.label("fs.default", every=usual))]
    spans = [timedelta(minutes=number) for number in MINUTES]
    allowed = [each for each in spans if each >= scene.catalog.every_min]
    for at in range(0, len(allowed), IN_A_ROW):
        yield [
            _interval(feed, each, words, words.span(each)) for each in allowed[at : at + IN_A_ROW]
        ]


def _interval(
    feed: Feed, every: timedelta | None, words: Words, label: str
) -> InlineKeyboardButton:
    value, present = _value(every), _value(feed.every)
    return value_of(words, NAME, "every", feed.id, value=value, present=present, label=label)


def _value(every: timedelta | None) -> str:
    """Write an interval in seconds, in eight letters at most."""
    return DEFAULT if every is None else f"{int(every.total_seconds())}"
