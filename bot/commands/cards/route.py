"""The card of one route: how a feed looks at a place, each button with its value, and undo."""

from collections.abc import Iterator
from typing import Any, Final

from aiogram.types import InlineKeyboardButton
from aiogram.utils.formatting import Bold, Text

from bot.commands.asking import ask_for_hashtags
from bot.commands.cards.choosing import LABEL_MAX, value_of
from bot.commands.cards.scene import Gone, Rows, Scene, Shown, Turn
from bot.commands.cards.taps import SHOW, Tap, back, button
from bot.commands.places import called
from bot.commands.words import Words, known_as, lines, plain
from feeds.catalog import RouteChanges, is_undoable
from feeds.model import Layout, Origin, RouteOptions
from feeds.store.card_rows import RouteCard
from feeds.store.rows import RouteRow

NAME: Final = "rt"
LENGTHS: Final = (0, 120, 200, 400, 800, 1_500)
LANGUAGES: Final = ("default", "id", "en")
TOGGLES: Final = {  # deed → option
    "silent": "silent",
    "preview": "preview",
    "source": "source",
    "time": "time",
    "from_tags": "hashtags_from_tags",
}
RULE_MAX: Final = 120  # UTF-16 units


async def show(scene: Scene, on: int, more: str = "") -> Shown:  # noqa: ARG001  # as every card
    """Show a route."""
    return shown(await card_of(scene, on), scene.words)


async def press(scene: Scene, tap: Tap) -> Turn:
    """Do what a button says; one that shows another value than there is now only shows that."""
    found, words = await card_of(scene, tap.on), scene.words
    match tap.deed:
        case "hashtags":
            await ask_for_hashtags(scene, found)
            return Turn()
        case "summary":
            return Turn(card=_lengths(found, words))
        case "undo":
            await _take_back(scene, tap)
            return Turn(card=await show(scene, tap.on), said=words.label("log.undone"))
        case _:
            changes = _changes(tap, found.route.options)
            if changes is None:
                return Turn(card=shown(found, words), said=words.label("route.changed"), alert=True)
            await scene.catalog.change_route(row_of(found), changes)
            return Turn(card=await show(scene, tap.on), said=words.label("route.set"))


async def _take_back(scene: Scene, tap: Tap) -> None:
    """Undo a change, if it is this very route's: the press was judged by the route alone."""
    logged = await scene.catalog.logged(int(tap.more) if tap.more.isdecimal() else 0)
    if logged.change.route != tap.on:
        raise Gone("route.gone", back_to="fds")
    await scene.catalog.undo(logged.id)


async def place_of(scene: Scene, tap: Tap) -> int | None:
    """Concern the place that the route leads to."""
    place = await scene.catalog.store.place_of_route(tap.on)
    if place is None:
        raise Gone("route.gone", back_to="fds")
    return place


async def card_of(scene: Scene, route: int) -> RouteCard:
    """Read a route with its ends; raises Gone."""
    found = await scene.catalog.store.route_card(route)
    if found is None:
        raise Gone("route.gone", back_to="fds")
    return found


def row_of(found: RouteCard) -> RouteRow:
    """Give a route as deeds take it."""
    return RouteRow(route=found.route, feed=found.feed.name, destination=found.destination.name)


def shown(found: RouteCard, words: Words) -> Shown:
    """Show a route that was read."""
    options = found.route.options
    ours = found.route.origin is not Origin.FILE
    return Shown(
        text=lines(
            Text("⚙️ ", Bold(title_of(found))),
            *_filter(options, words),
            words.say("route.has_template") if options.template else "",
            "" if ours else words.say("route.of_file"),
        ),
        rows=_rows(found, words) if ours else [[back(words, "fd", found.feed.id)]],
    )


def title_of(found: RouteCard) -> str:
    """Name a route by its ends."""
    feed = known_as(found.feed.title, found.feed.name, LABEL_MAX)
    return f"{feed} → {plain(called(found.destination), LABEL_MAX)}"


def _filter(options: RouteOptions, words: Words) -> Iterator[Text]:
    if options.filter:
        yield words.count("route.filter", len(options.filter))
        yield from (Text("• ", plain(rule, RULE_MAX)) for rule in options.filter[:6])


def _changes(tap: Tap, options: RouteOptions) -> RouteChanges | None:
    """Say what a press changes; None: its button shows what is no more."""
    if tap.deed in TOGGLES:
        option = TOGGLES[tap.deed]
        present = bool(getattr(options, option))
        new: dict[str, Any] = {option: not present}
        return RouteChanges(**new) if tap.more == _bit(present) else None
    value, _, seen = tap.more.partition(".")
    match tap.deed:
        case "layout" if tap.more == options.layout:
            other = Layout.CARD if options.layout is Layout.TITLE else Layout.TITLE
            return RouteChanges(layout=other)
        case "language" if tap.more == (options.language or LANGUAGES[0]):
            at = LANGUAGES.index(tap.more) if tap.more in LANGUAGES else 0
            return RouteChanges(language=LANGUAGES[(at + 1) % len(LANGUAGES)])
        case "length" if seen == str(options.summary_max) and value.isdecimal():
            return RouteChanges(summary_max=int(value))
        case _:
            return None


def _bit(value: bool) -> str:  # noqa: FBT001  # it is all there is
    return "1" if value else "0"


def _rows(found: RouteCard, words: Words) -> Rows:
    on, options = found.route.id, found.route.options
    layout = words.label("tap.rt.layout", value=words.label(f"route.layout.{options.layout}"))
    language = options.language or LANGUAGES[0]
    spoken = words.label("tap.rt.language", value=words.label(f"route.language.{language}"))
    tags = " ".join(f"#{tag}" for tag in options.hashtags) or words.label("route.none")
    filters = str(len(options.filter)) if options.filter else words.label("route.none")
    own = words.label("route.own" if options.template else "route.none")
    last = _undo(found, words)
    return [
        [
            button(words, NAME, "layout", on, options.layout, label=layout),
            button(words, NAME, "summary", on, label=_length(options.summary_max, words)),
        ],
        [_toggle(words, found, "source"), _toggle(words, found, "time")],
        [_toggle(words, found, "silent"), _toggle(words, found, "preview")],
        [
            button(words, NAME, "hashtags", on, label=_cut(words, "tap.rt.hashtags", tags)),
            _toggle(words, found, "from_tags"),
        ],
        [button(words, NAME, "language", on, language, label=spoken)],
        [
            button(words, "rf", SHOW, on, label=words.label("tap.rt.filter", value=filters)),
            button(words, "rx", SHOW, on, label=words.label("tap.rt.template", value=own)),
        ],
        [last] if last else [],
        [back(words, "fd", found.feed.id)],
    ]


def _toggle(words: Words, found: RouteCard, deed: str) -> InlineKeyboardButton:
    present = bool(getattr(found.route.options, TOGGLES[deed]))
    label = f"{'✅' if present else '◻️'} {words.label(f'tap.rt.{deed}')}"
    return button(words, NAME, deed, found.route.id, _bit(present), label=label)


def _undo(found: RouteCard, words: Words) -> InlineKeyboardButton | None:
    change = found.change
    if change is None or not is_undoable(change):
        return None
    return button(words, NAME, "undo", found.route.id, f"{change.id}")


def _lengths(found: RouteCard, words: Words) -> Shown:
    """Offer lengths of a summary; each button knows which one was there."""
    on, present = found.route.id, found.route.options.summary_max
    made = [
        value_of(
            words,
            NAME,
            "length",
            on,
            value=f"{length}",
            present=f"{present}",
            label=f"{length or words.label('route.none')}",
        )
        for length in LENGTHS
    ]
    return Shown(
        text=words.say("route.how_long", title=title_of(found)),
        rows=[made[:3], made[3:], [back(words, NAME, on)]],
    )


def _length(units: int, words: Words) -> str:
    return words.label("tap.rt.summary", value=str(units) if units else words.label("route.none"))


def _cut(words: Words, key: str, value: str) -> str:
    return words.label(key, value=plain(value, 20))
