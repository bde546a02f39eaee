"""The wizard that asks for a setting of a destination in words: its name, a number, a span."""

from typing import Final

from aiogram.types import Message

from bot.commands.cards import settings as card
from bot.commands.cards.scene import Scene
from bot.commands.refusal import Refusal
from bot.commands.settings import TYPED, changes_to, code_of, told
from bot.commands.spans import read_number, read_span
from bot.commands.wizards.talking import end, keep
from bot.commands.words import plain
from feeds.model.people import Talk

SHOWN_MAX: Final = 64  # UTF-16 units


async def hear(scene: Scene, talk: Talk, message: Message) -> None:
    """Set what is typed, if the value is still the one that it was asked for."""
    on, setting = talk.data.get("destination"), str(talk.data.get("setting"))
    assert isinstance(on, int), "it was begun with one"
    assert setting in TYPED, "none else is asked for"
    place = (await card.settings_of(scene, on)).destination
    changes = changes_to(setting, _code(setting, (message.text or "").strip()))
    if changes is None:
        raise Refusal(f"settings.what.{setting}")
    present = code_of(setting, place)
    if present != talk.data.get("seen"):
        await keep(scene, talk, seen=present)
        value = plain(told(setting, present, scene.words), SHOWN_MAX)
        raise Refusal("settings.changed", present=value)
    await scene.catalog.change_destination(place, changes)
    await end(scene)
    await scene.put(await card.show(scene, on))


def _code(setting: str, typed: str) -> str:
    """Write what was typed as a button would carry it; what cannot be one is empty."""
    if setting == "name":
        return typed
    if setting == "age":
        span = read_span(typed)
        return "" if span is None else str(int(span.total_seconds()))
    number = read_number(typed)
    if number is None:
        return ""
    return f"n{number}" if setting == "backlog" else str(number)
