"""/addfeed, /setfeed, /removefeed, /pause, /resume, /feeds."""

import re
from collections.abc import Iterator
from typing import Final

from aiogram import Router
from aiogram.filters import Command, CommandObject
from aiogram.types import Message
from aiogram.utils.formatting import Text

from bot.commands.adding import Followed, follow
from bot.commands.answers import answer, show_work
from bot.commands.border import example
from bot.commands.cards.scene import Scene
from bot.commands.deps import CommandDeps
from bot.commands.feed_changes import SETTINGS, Setting, change
from bot.commands.going_on import ask_how, read_how, what_goes_out
from bot.commands.listing import list_feeds
from bot.commands.places import closed
from bot.commands.refusal import Usage
from bot.commands.words import Words, copyable, known_as, lines
from feeds.catalog import may_have_missed
from feeds.model import DestinationState, Feed, FeedState

FEEDS: Final = re.compile(r"feeds(?:_(?P<page>\d{1,4}))?$", re.IGNORECASE)


def register(made: Router) -> None:
    """Register what is heard of feeds."""
    made.message.register(add, Command("addfeed", ignore_case=True))
    made.message.register(change_one, Command("setfeed", ignore_case=True))
    made.message.register(remove, Command("removefeed", ignore_case=True))
    made.message.register(pause, Command("pause", ignore_case=True))
    made.message.register(resume, Command("resume", ignore_case=True))
    made.message.register(show, Command(FEEDS))


async def add(
    message: Message, command: CommandObject, scene: Scene, deps: CommandDeps, words: Words
) -> None:
    """Do /addfeed URL [@channel]."""
    url, to = _url_and_place(command)
    await show_work(message)
    followed = await follow(deps.catalog, scene.bot, url=url, to=to, person=scene.person)
    await answer(message, _tell_followed(followed, deps, words))


async def change_one(message: Message, command: CommandObject, scene: Scene) -> None:
    """Do /setfeed NAME every|name|url VALUE."""
    name, setting, value = _what_to_set(command)
    feed = await scene.catalog.feed(name)
    await show_work(message)
    await answer(message, await change(scene, feed, setting, value))


async def remove(message: Message, command: CommandObject, deps: CommandDeps, words: Words) -> None:
    """Do /removefeed NAME."""
    feed = await deps.catalog.remove_feed(_name(command))
    again = copyable(f"/addfeed {feed.url}")
    await answer(message, words.say("removed", title=_title(feed), again=again))


async def pause(message: Message, command: CommandObject, deps: CommandDeps, words: Words) -> None:
    """Do /pause NAME."""
    feed = await deps.catalog.pause_feed(_name(command))
    again = copyable(f"/resume {feed.name}")
    await answer(message, words.say("paused", title=_title(feed), again=again))


async def resume(message: Message, command: CommandObject, scene: Scene) -> None:
    """Do /resume NAME [all|N|none]; without the last it is asked for, if it matters."""
    name, how = _name_and_how(command)
    feed, words = await scene.catalog.feed(name), scene.words
    missed = may_have_missed(feed)
    if missed and how is None:
        await scene.put(ask_how(feed, words))
        return
    newest = read_how(how) if how is not None else None
    resumed = await scene.catalog.resume_feed(feed.name, newest=newest)
    every = words.span(resumed.every or scene.deps.every)
    said = words.say("resumed", title=_title(resumed), every=every)
    goes_out = what_goes_out(newest, words) if missed or newest is not None else ""
    await answer(message, lines(said, goes_out))


async def show(message: Message, command: CommandObject, deps: CommandDeps, words: Words) -> None:
    """Show /feeds, and its further pages: /feeds 2 or, as one tap, /feeds_2."""
    rows = await deps.catalog.store.list_feeds()
    if not rows:
        await answer(message, words.say("feeds.none", example=example("addfeed", words)))
        return
    page = _page(command)
    await answer(message, list_feeds(rows, page=page, words=words, every=deps.every))


def _tell_followed(followed: Followed, deps: CommandDeps, words: Words) -> Text:
    feed = followed.feed
    every = words.span(feed.every or deps.every)
    key = "added.known" if followed.known else "added.new"
    said = words.say(key, title=followed.title, every=every, name=copyable(feed.name))
    return lines(said, _newest(followed, words), *_what_next(followed, words))


def _newest(followed: Followed, words: Words) -> Text | str:
    if followed.known:
        return ""
    if not followed.headline:
        return words.say("added.empty")
    return words.say("added.newest", headline=followed.headline)


def _what_next(followed: Followed, words: Words) -> Iterator[Text]:
    """Say what happens next, and what keeps it from happening."""
    feed, place = followed.feed, followed.to
    if place is None:
        again = copyable(f"/addfeed {feed.url} {words.sample_channel()}")
        yield words.say("added.goes_nowhere", example=again)
        return
    yield words.say("added.goes_to", place=known_as(place.title, place.name))
    if place.state is not DestinationState.OPEN:
        yield closed(place, words)
    if feed.state is not FeedState.ACTIVE:
        again = copyable(f"/resume {feed.name}")
        yield words.say("paused", title=followed.title, again=again)


def _title(feed: Feed) -> str:
    return known_as(feed.title, feed.name)


def _url_and_place(command: CommandObject) -> tuple[str, str | None]:
    match (command.args or "").split():
        case [url]:
            return url, None
        case [url, place]:
            return url, place
        case _:
            raise Usage("addfeed")


def _name(command: CommandObject) -> str:
    match (command.args or "").split():
        case [name]:
            return name
        case _:
            raise Usage(command.command.lower())


def _name_and_how(command: CommandObject) -> tuple[str, str | None]:
    match (command.args or "").split():
        case [name]:
            return name, None
        case [name, how]:
            return name, how
        case _:
            raise Usage("resume")


def _what_to_set(command: CommandObject) -> tuple[str, Setting, str]:
    """Read a name, what to set, and all the rest as its value."""
    match (command.args or "").split(maxsplit=2):
        case [name, word, value]:
            for setting in SETTINGS:
                if word.lower() == setting:
                    return name, setting, value
    raise Usage("setfeed")


def _page(command: CommandObject) -> int:
    tapped = command.regexp_match["page"] if command.regexp_match else None
    typed = tapped or (command.args or "").strip()
    return int(typed) if typed.isdecimal() else 1
