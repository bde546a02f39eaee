"""The card of a title, to filter by a word of it: tried on real stories before it is kept."""

from hashlib import sha256
from typing import Final

from aiogram.types import InlineKeyboardButton
from aiogram.utils.formatting import Bold, Text

from bot.commands.asking import about, ask_for_rule
from bot.commands.cards.choosing import number_of
from bot.commands.cards.route import card_of, title_of
from bot.commands.cards.scene import Gone, Rows, Scene, Shown, Turn
from bot.commands.cards.taps import SHOW, Tap, back, button
from bot.commands.drafts import dry_run
from bot.commands.wizards.talking import begin
from bot.commands.words import Words, lines, plain
from feeds.filters import title_words
from feeds.model import Origin
from feeds.store.card_rows import RouteCard

NAME: Final = "fw"
HEAD: Final = "none title:"  # how the rule begins
WORDS_MAX: Final = 12
IN_A_ROW: Final = 3
TITLE_MAX, LABEL_MAX = 160, 24  # UTF-16 units


async def show(scene: Scene, on: int, more: str = "") -> Shown:  # noqa: ARG001  # as every card
    """Show the words of a delivery's title."""
    title, found = await _read(scene, on)
    return _shown(on, title, found, scene.words)


async def press(scene: Scene, tap: Tap) -> Turn:
    """Try a word on the newest stories, or ask for others; nothing is kept here."""
    title, found = await _read(scene, tap.on)
    words = scene.words
    if found.route.origin is Origin.FILE:
        card = _shown(tap.on, title, found, words)
        return Turn(card=card, said=words.label("route.of_file"), alert=True)
    if tap.deed == "own":
        await ask_for_rule(scene, found, head=HEAD)
        return Turn()
    word = _word_at(tap.more, title)
    if tap.deed != "word" or word is None:
        card = _shown(tap.on, title, found, words)
        return Turn(card=card, said=words.label("fw.changed"), alert=True)
    rules = [f"{HEAD} {word}"]
    if rules[0].casefold() in (each.casefold() for each in found.route.options.filter):
        return Turn(said=words.label("fw.known"), alert=True)
    card = await dry_run(scene, found, rules)
    seen = list(found.route.options.filter)
    await begin(scene, "filter", about(found) | {"head": HEAD, "rules": rules, "seen": seen})
    return Turn(card=card)


async def place_of(scene: Scene, tap: Tap) -> int | None:
    """Concern the place that the delivery's route leads to."""
    _, found = await _read(scene, tap.on)
    return found.destination.id


async def _read(scene: Scene, delivery: int) -> tuple[str, RouteCard]:
    """Read the title of a delivery, and the route it came by; raises Gone."""
    told = await scene.catalog.store.delivery_story(delivery)
    if told is None:
        raise Gone("delivery.unknown")
    if told.route is None or told.story is None:
        raise Gone("route.gone", back_to="fds")
    return told.story.title, await card_of(scene, told.route.id)


def _shown(on: int, title: str, found: RouteCard, words: Words) -> Shown:
    ours = found.route.origin is not Origin.FILE
    key = "fw.which" if title_words(title, words_max=1) else "fw.wordless"
    return Shown(
        text=lines(
            Text("🔎 ", Bold(title_of(found))),
            Text("“", plain(title, TITLE_MAX) or words.say("notice.untitled"), "”"),
            words.say(key if ours else "route.of_file"),
        ),
        rows=(*(_rows(on, title, found, words) if ours else ()), [back(words, "way", on)]),
    )


def _rows(on: int, title: str, found: RouteCard, words: Words) -> Rows:
    made = [
        _button(words, on, at, word)
        for at, word in enumerate(title_words(title, words_max=WORDS_MAX))
    ]
    rules = words.label("tap.fw.filter")
    return (
        *(made[at : at + IN_A_ROW] for at in range(0, len(made), IN_A_ROW)),
        [
            button(words, NAME, "own", on),
            button(words, "rf", SHOW, found.route.id, label=rules),
        ],
    )


def _button(words: Words, on: int, at: int, word: str) -> InlineKeyboardButton:
    more = f"{at}.{_mark(word)}"
    return button(words, NAME, "word", on, more, label=plain(word, LABEL_MAX))


def _word_at(more: str, title: str) -> str | None:
    """Find the word that a button means; None: the title has another one there by now."""
    number, _, mark = more.partition(".")
    found = title_words(title, words_max=WORDS_MAX)
    at = number_of(number) if number.isdecimal() else len(found)
    return found[at] if at < len(found) and _mark(found[at]) == mark else None


def _mark(word: str) -> str:
    """Tell one word from another in a few letters: the word itself may be too long for a button."""
    return sha256(word.encode()).hexdigest()[:8]
