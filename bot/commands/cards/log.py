"""The card of who changed what and when; the last change of a thing can be taken back from here."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final

from aiogram.types import InlineKeyboardButton
from aiogram.utils.formatting import Text

from bot.commands.adding import check_place
from bot.commands.cards.scene import Gone, Scene, Shown, Turn
from bot.commands.cards.taps import SHOW, Tap, back, button
from bot.commands.judging import OfFeed
from bot.commands.rights import Subject, may, realm
from bot.commands.words import Words, joined, lines, plain
from feeds.catalog import is_undoable
from feeds.catalog.probe import shown as shown_url
from feeds.errors import UnknownName
from feeds.model import DestinationState
from feeds.model.people import Change, LoggedChange

CARD: Final = "log"
PAGE: Final = 8  # changes on a page
UNDOS_MAX: Final = 3  # offered on a page
NAME_MAX, VALUE_MAX = 48, 40  # UTF-16 units
PAIRS_MAX: Final = 3  # settings named
SPANS: Final = frozenset({"every", "max_age"})  # settings kept in seconds
KNOWN: Final = frozenset(
    {
        *("feed.add", "feed.set", "feed.pause", "feed.resume", "feed.remove"),
        *("destination.add", "destination.set", "destination.pause", "destination.resume"),
        *("destination.remove", "destination.test", "destination.secret"),
        *("route.add", "route.set", "route.remove"),
        *("delivery.retry", "delivery.confirm", "delivery.drop", "delivery.resend"),
        *("delivery.delete", "burst.publish", "burst.skip", "burst.roll_up"),
        *("person.claim", "person.join", "person.invite", "person.dismiss", "undo"),
    }
)


async def show(scene: Scene, on: int, more: str = "") -> Shown:  # noqa: ARG001  # as every card
    """Show one page; `more` is the change that it begins after."""
    words, before = scene.words, int(more) if more.isdecimal() else None
    found = await scene.catalog.log(before=before, among=realm(scene), limit=PAGE + 1)
    shown = found[:PAGE]
    if not shown:
        return Shown(text=words.say("log.none"), rows=((back(words, "home"),),))
    undoable = [
        logged
        for logged in shown
        if is_undoable(logged) and await may(scene, f"{CARD}.undo", _subject(logged))
    ][:UNDOS_MAX]
    places = {logged.id: at for at, logged in enumerate(shown, 1)}
    undos = [_undo(logged, places[logged.id], words) for logged in undoable]
    turning = []
    if before is not None:
        turning.append(button(words, CARD, SHOW, label="«"))
    if len(found) > PAGE:
        turning.append(button(words, CARD, SHOW, 0, str(shown[-1].id), label="›"))
    told = [Text(f"{places[logged.id]}. ", _line(logged, words)) for logged in shown]
    return Shown(
        text=joined([words.say("log.head"), *told], "\n"),
        rows=(undos, turning, [back(words, "home")]),
    )


async def press(scene: Scene, tap: Tap) -> Turn:
    """Take a change back."""
    if tap.deed != "undo":
        return Turn(card=await show(scene, 0))
    await _check(scene, (await scene.catalog.logged(tap.on)).change)
    await scene.catalog.undo(tap.on)
    return Turn(said=scene.words.label("log.undone"), card=await show(scene, 0))


async def _check(scene: Scene, change: Change) -> None:
    """Ask Telegram, where taking a change back lets something go out again; raises Refusal."""
    if change.destination is not None and change.before.get("state") == DestinationState.OPEN:
        place = await scene.catalog.store.destination_by(change.destination)
        if place is not None:
            await check_place(scene.bot, place, scene.person)


async def place_of(scene: Scene, tap: Tap) -> Subject:
    """Concern the destination of a change, else its feed."""
    if tap.deed == SHOW:
        return None
    try:
        return _subject(await scene.catalog.logged(tap.on))
    except UnknownName as error:
        raise Gone("log.gone", back_to=CARD) from error


def _subject(logged: LoggedChange) -> Subject:
    change = logged.change
    if change.destination is None and change.feed is not None:
        return OfFeed(feed=change.feed)
    return change.destination


def _undo(logged: LoggedChange, no: int, words: Words) -> InlineKeyboardButton:
    return button(words, CARD, "undo", logged.id, label=words.label("tap.log.undo", no=no))


def _line(logged: LoggedChange, words: Words) -> Text:
    change = logged.change
    who = plain(logged.person_name, NAME_MAX) or (
        words.say("log.somebody") if change.person is not None else words.say("log.command_line")
    )
    said = lines(
        Text(words.brief(logged.at), " · ", who, ": ", _deed(logged, words)),
        _settings(change.before, change.after, words) if change.what.endswith(".set") else "",
    )
    return Text(said, " ", words.say("log.was_undone")) if logged.undone_at is not None else said


def _deed(logged: LoggedChange, words: Words) -> Text:
    change = logged.change
    what = str(change.after.get("what", "")) if change.what == "undo" else change.what
    if what not in KNOWN:
        return Text(plain(change.what, NAME_MAX))
    named: dict[str, Text | str | int] = {
        "feed": plain(logged.feed_name or "?", NAME_MAX),
        "place": plain(logged.destination_name or "?", NAME_MAX),
    }
    said = _counted(what, change.after, named, words)
    return Text(words.say("log.undo"), " ", said) if change.what == "undo" else said


def _counted(
    what: str, after: Mapping[str, object], named: dict[str, Text | str | int], words: Words
) -> Text:
    count = after.get("count")
    if what.startswith(("delivery.", "burst.")) and isinstance(count, int):
        return words.count(f"log.{what}", count, **named)
    return words.say(f"log.{what}", **named)


def _settings(before: Mapping[str, object], after: Mapping[str, object], words: Words) -> Text:
    names: Sequence[str] = [name for name in after if name in before][:PAIRS_MAX]
    pairs = [
        f"{plain(name, VALUE_MAX)}: {_value(name, before, words)} → {_value(name, after, words)}"
        for name in names
    ]
    left = len(after) - len(names)
    more = [", ", words.count("status.more", left)] if left > 0 else []
    return Text("   ", ", ".join(pairs), *more)


def _value(name: str, values: Mapping[str, object], words: Words) -> str:
    value = values[name]
    if value is None:
        return "–"
    if name in SPANS and isinstance(value, int):
        return words.span(timedelta(seconds=value))
    return plain(shown_url(str(value)) if name == "url" else str(value), VALUE_MAX)
