"""The card of a destination's settings: each button with its value, choices in words, undo."""

from collections.abc import Iterator
from typing import Final

from aiogram.types import InlineKeyboardButton
from aiogram.utils.formatting import Bold, Text

from bot.commands.asking import ask_for_setting
from bot.commands.cards.choosing import value_of
from bot.commands.cards.scene import Gone, Rows, Scene, Shown, Turn
from bot.commands.cards.taps import SHOW, Tap, back, button
from bot.commands.places import called
from bot.commands.settings import (
    SETTINGS,
    TYPED,
    changes_to,
    code_of,
    obeyed,
    offered,
    toggled,
    told,
)
from bot.commands.words import Words, copyable, lines, plain
from feeds.catalog import is_undoable
from feeds.model import WEBHOOK, Destination, Event, Origin
from feeds.store.card_rows import PlaceSettings

NAME: Final = "cs"
VALUE_MAX: Final = 24  # UTF-16 units of a value on a button
ADDRESS_MAX: Final = 200  # UTF-16 units


async def show(scene: Scene, on: int, more: str = "") -> Shown:  # noqa: ARG001  # as every card
    """Show the settings of a destination."""
    return shown(await settings_of(scene, on), scene)


async def press(scene: Scene, tap: Tap) -> Turn:
    """Offer values or set one; a button drawn with another value than there is only shows that."""
    found, words = await settings_of(scene, tap.on), scene.words
    place = found.destination
    if place.origin is Origin.FILE:
        return Turn(card=shown(found, scene), said=words.label("settings.of_file"), alert=True)
    if tap.deed == "undo":
        await _take_back(scene, tap)
        return Turn(card=await show(scene, tap.on), said=words.label("log.undone"))
    if tap.deed == "type" and tap.more in {"name", *_obeyed(place, scene)} & TYPED:
        await ask_for_setting(scene, place, tap.more)
        return Turn()
    if tap.deed not in _obeyed(place, scene):
        return Turn(card=shown(found, scene), said=words.label("card.unknown"), alert=True)
    if not tap.more:
        return Turn(card=_choice(place, tap.deed, words))
    return await _set(scene, found, tap)


async def place_of(scene: Scene, tap: Tap) -> int | None:  # noqa: ARG001  # as every card
    """Concern this very destination."""
    return tap.on


async def settings_of(scene: Scene, place: int) -> PlaceSettings:
    """Read a destination with the last change of its settings; raises Gone."""
    found = await scene.catalog.store.place_settings(place)
    if found is None:
        raise Gone("channel.gone", back_to="chs")
    return found


def shown(found: PlaceSettings, scene: Scene) -> Shown:
    """Show settings that were read."""
    place, words = found.destination, scene.words
    declared = place.origin is Origin.FILE
    return Shown(
        text=lines(
            Text("⚙️ ", Bold(called(place))),
            Text(copyable(place.name), " · ", plain(place.kind)),
            plain(scene.deps.kinds.shown(place.kind, place.address), ADDRESS_MAX),
            words.count("settings.headers", len(place.options.headers))
            if place.options.headers
            else "",
            *(_line(place, each, words) for each in _obeyed(place, scene) if declared),
            words.say("route.of_file") if declared else "",
        ),
        rows=(
            *(() if declared else _rows(found, scene)),
            _secret(place, scene),
            [back(words, "ch", place.id)],
        ),
    )


async def _set(scene: Scene, found: PlaceSettings, tap: Tap) -> Turn:
    """Set a value, if the button was drawn with the one there is by now."""
    place, words = found.destination, scene.words
    code, _, seen = tap.more.partition(".")
    changes = changes_to(tap.deed, code)
    if changes is None or seen != code_of(tap.deed, place):
        return Turn(card=shown(found, scene), said=words.label("route.changed"), alert=True)
    changed = await scene.catalog.change_destination(place, changes)
    said = words.label("route.set")
    if tap.deed == "events":  # several of them are chosen one after another
        return Turn(card=_choice(changed, "events", words), said=said)
    return Turn(card=await show(scene, place.id), said=said)


async def _take_back(scene: Scene, tap: Tap) -> None:
    """Undo a change, if it is one of these very settings: by that alone the press was judged."""
    logged = await scene.catalog.logged(int(tap.more) if tap.more.isdecimal() else 0)
    if (logged.change.destination, logged.change.what) != (tap.on, "destination.set"):
        raise Gone("log.gone", back_to="chs")
    await scene.catalog.undo(logged.id)


def _obeyed(place: Destination, scene: Scene) -> tuple[str, ...]:
    return obeyed(place.kind, repeatable=place.kind in scene.deps.kinds.repeatable)


def _line(place: Destination, setting: str, words: Words) -> Text:
    value = told(setting, code_of(setting, place), words)
    return Text("• ", words.say(f"tap.cs.{setting}", value=value))


def _rows(found: PlaceSettings, scene: Scene) -> Rows:
    place, words = found.destination, scene.words
    name = words.label("tap.cs.name", value=plain(place.name, VALUE_MAX))
    made = [button(words, NAME, "type", place.id, "name", label=name)]
    made += [_opens(place, each, words) for each in SETTINGS if each in _obeyed(place, scene)]
    change = found.change
    undo = (
        [button(words, NAME, "undo", place.id, f"{change.id}")]
        if change is not None and is_undoable(change)
        else []
    )
    return (*([each] for each in made), undo)


def _secret(place: Destination, scene: Scene) -> list[InlineKeyboardButton]:
    """Lead owners to what signs for a webhook."""
    if place.kind != WEBHOOK or not scene.who.is_owner:
        return []
    made = [button(scene.words, "sec", "tell", place.id)] if place.secret else []
    if not (place.origin is Origin.FILE and place.name in scene.deps.kinds.secrets_declared):
        made.append(button(scene.words, "sec", SHOW, place.id))
    return made


def _opens(place: Destination, setting: str, words: Words) -> InlineKeyboardButton:
    """Make the button that shows a setting's value and opens its choice."""
    value = plain(told(setting, code_of(setting, place), words), VALUE_MAX)
    label = words.label(f"tap.cs.{setting}", value=value)
    return button(words, NAME, setting, place.id, label=label)


def _choice(place: Destination, setting: str, words: Words) -> Shown:
    """Offer the values of a setting; each button knows which one was there."""
    choices = _events(place, words) if setting == "events" else _values(place, setting, words)
    typed = [button(words, NAME, "type", place.id, setting)] if setting in TYPED else []
    return Shown(
        text=lines(
            Text("⚙️ ", Bold(called(place))),
            words.say(f"settings.ask.{setting}"),
            *(_explained(code, words) for code in offered(setting, place.kind))
            if setting == "doubt"
            else (),
        ),
        rows=(*([each] for each in choices), typed, [back(words, NAME, place.id)]),
    )


def _explained(code: str, words: Words) -> Text:
    """Say what a policy for doubts means."""
    return Text("• ", Bold(told("doubt", code, words)), ": ", words.say(f"settings.means.{code}"))


def _values(place: Destination, setting: str, words: Words) -> Iterator[InlineKeyboardButton]:
    present = code_of(setting, place)
    for code in offered(setting, place.kind):
        label = told(setting, code, words)
        yield value_of(words, NAME, setting, place.id, value=code, present=present, label=label)


def _events(place: Destination, words: Words) -> Iterator[InlineKeyboardButton]:
    """Offer each kind of event with its mark; the last one left stays."""
    present = code_of("events", place)
    for at, event in enumerate(Event):
        mark = "✅" if event in place.options.events else "◻️"
        after = toggled(present, at)
        yield button(
            words,
            NAME,
            "events",
            place.id,
            f"{present if after == '0' else after}.{present}",
            label=f"{mark} {words.label(f'settings.event.{at}')}",
        )
