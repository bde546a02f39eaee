"""The card that sends again what was given up for one destination, of a day or of some."""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Final

from aiogram.utils.formatting import Bold, Text

from bot.commands.adding import check_place
from bot.commands.cards.channel import show as show_place
from bot.commands.cards.choosing import place_on
from bot.commands.cards.scene import Scene, Shown, Turn
from bot.commands.cards.taps import Tap, back, button
from bot.commands.places import called
from bot.commands.words import Words, lines
from feeds.model import Destination

NAME: Final = "ra"
SPANS: Final[Mapping[str, timedelta]] = MappingProxyType(
    {"24": timedelta(hours=24), "72": timedelta(days=3), "168": timedelta(days=7)}
)


async def show(scene: Scene, on: int, more: str = "") -> Shown:  # noqa: ARG001  # as every card
    """Offer the spans, each with how many posts were given up within it."""
    place, words = await place_on(scene, on), scene.words
    counts = await scene.catalog.count_failed(on, list(SPANS.values()))
    made = [
        button(words, NAME, "ask", on, code, label=f"{words.span(span)}: {count}")
        for (code, span), count in zip(SPANS.items(), counts, strict=True)
        if count
    ]
    said = words.say("replay.since" if made else "replay.none")
    return Shown(text=_told(place, said), rows=(made, [back(words, "ch", on)]))


async def press(scene: Scene, tap: Tap) -> Turn:
    """Ask with the number of posts, or let them go out again."""
    place, words = await place_on(scene, tap.on), scene.words
    span = SPANS.get(tap.more)
    if span is None or tap.deed not in {"ask", "go"}:
        card = await show(scene, tap.on)
        return Turn(card=card, said=words.label("card.unknown"), alert=True)
    if tap.deed == "ask":
        (count,) = await scene.catalog.count_failed(tap.on, [span])
        return Turn(card=_sure(place, tap.more, count, words))
    await check_place(scene.bot, place, scene.person)
    count = await scene.catalog.retry_since(scene.now() - span, to=str(place.id))
    scene.deps.ring_notices()
    said = str(words.count("fail.all_go", count).as_kwargs()["text"])
    return Turn(card=await show_place(scene, tap.on), said=said)


async def place_of(scene: Scene, tap: Tap) -> int | None:  # noqa: ARG001  # as every card
    """Concern this very destination."""
    return tap.on


def _sure(place: Destination, code: str, count: int, words: Words) -> Shown:
    """Ask with the number; where nothing is left of it there is nothing to ask."""
    if not count:
        said, rows = words.say("replay.none"), []
    else:
        said = words.count("replay.sure", count, span=words.span(SPANS[code]))
        rows = [button(words, NAME, "go", place.id, code, label=words.label("button.retry"))]
    return Shown(text=_told(place, said), rows=(rows, [back(words, NAME, place.id)]))


def _told(place: Destination, said: Text) -> Text:
    return lines(Text("🔁 ", Bold(called(place))), said)
