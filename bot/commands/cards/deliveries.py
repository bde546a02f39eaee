"""The card of deliveries, of all places or of one: by pages and states, each leads to its way."""

from collections.abc import Mapping, Sequence
from typing import Final

from aiogram.types import InlineKeyboardButton
from aiogram.utils.formatting import Bold, Text

from bot.commands.cards.scene import Gone, Rows, Scene, Shown, Turn
from bot.commands.cards.taps import SHOW, Tap, back, button
from bot.commands.places import called
from bot.commands.rights import realm
from bot.commands.way import MARKS
from bot.commands.words import Words, known_as, lines, plain
from feeds.catalog.deliveries import PAGE, PAGES_MAX
from feeds.model import DeliveryState
from feeds.store.card_rows import DeliveryPage, ListedDelivery

NAME: Final = "dl"
ALL: Final = "a"
STATES: Final[Mapping[str, tuple[DeliveryState, ...]]] = {  # as buttons carry them
    ALL: (),
    "w": (DeliveryState.WAITING, DeliveryState.SENDING),
    "d": (DeliveryState.IN_DOUBT,),
    "f": (DeliveryState.FAILED,),
    "h": (DeliveryState.HELD,),
    "x": (DeliveryState.DROPPED,),
    "s": (DeliveryState.SENT,),
}
TEST: Final = "test"  # how the occasion of a test message begins
TITLE_MAX, PLACE_MAX = 80, 32  # UTF-16 units
LINK_MAX: Final = 15  # bytes: a button has 18 (`taps.Tap`), and a sure one says so besides
IN_A_ROW: Final = 4


async def show(scene: Scene, on: int, more: str = "") -> Shown:
    """Show one page; `on` is a destination, 0: all; `more`: a state's letter and the page."""
    state, page = _read(more)
    among = realm(scene) if on == 0 else (on,)
    found = await scene.catalog.page_of_deliveries(states=STATES[state], among=among, page=page)
    words = scene.words
    return Shown(
        text=lines(
            Text("📦 ", Bold(await _heading(scene, on))),
            *(_line(at, each, scene, on) for at, each in enumerate(found.rows, 1)),
            "" if found.rows else words.say("deliveries.none"),
        ),
        rows=(
            *_by(
                IN_A_ROW,
                [_opens(at, each, link(on, more)) for at, each in enumerate(found.rows, 1)],
            ),
            _turning(found, state, page, on, words),
            *_by(IN_A_ROW, [_chooses(each, state, found, on, words) for each in STATES]),
            [back(words, "ch", on) if on else back(words, "home")],
        ),
    )


async def press(scene: Scene, tap: Tap) -> Turn:
    """Show it again: it has no deeds of its own."""
    return Turn(card=await show(scene, tap.on), said=scene.words.label("card.unknown"), alert=True)


async def place_of(scene: Scene, tap: Tap) -> int | None:  # noqa: ARG001  # as every card
    """Concern one destination, or, all being shown, what is anybody's own."""
    return tap.on or None


def link(on: int, more: str) -> str:
    """Write where a delivery's own card leads back to; empty where that does not fit."""
    state, page = _read(more)
    written = f"{NAME}{state}{page}.{on}"
    return written if len(written) <= LINK_MAX else ""


def back_to(more: str, words: Words) -> InlineKeyboardButton | None:
    """Make the button back to the page that a link names; None where it is no link."""
    where, _, on = more.removeprefix(NAME).partition(".")
    if not more.startswith(NAME) or where[:1] not in STATES or not on.isdecimal():
        return None
    return button(words, NAME, SHOW, int(on), where, label=words.label("tap.back"))


def _read(more: str) -> tuple[str, int]:
    state, page = more[:1], more[1:]
    if state not in STATES:
        return ALL, 0
    return state, min(int(page), PAGES_MAX - 1) if page.isdecimal() else 0


async def _heading(scene: Scene, on: int) -> str:
    if on == 0:
        return scene.words.label("deliveries.head")
    place = await scene.catalog.store.destination_by(on)
    if place is None:
        raise Gone("channel.gone", back_to="chs")
    return called(place)


def _line(at: int, row: ListedDelivery, scene: Scene, on: int) -> Text:
    words, place = scene.words, known_as(row.place_title, row.place_name, PLACE_MAX)
    said = Text(
        f"{at}. {MARKS[row.state]} ", words.brief(row.changed_at), " – ", _title(row, words)
    )
    return said if on else Text(said, " → ", place)


def _title(row: ListedDelivery, words: Words) -> Text | str:
    if row.members:
        return words.count("deliveries.roll_up", row.members)
    if title := plain(row.title, TITLE_MAX):
        return title
    if row.occasion.startswith(f"{TEST}:"):
        return words.say("way.test")
    return words.say("notice.untitled")


def _opens(at: int, row: ListedDelivery, leads_back: str) -> InlineKeyboardButton:
    """Make the button that opens the way of one, known by its number on the page."""
    data = Tap(card="way", deed=SHOW, on=row.id, more=leads_back)
    return InlineKeyboardButton(text=f"{at}", callback_data=data.pack())


def _chooses(
    state: str, present: str, found: DeliveryPage, on: int, words: Words
) -> InlineKeyboardButton:
    count = _total(found, state)
    mark = "• " if state == present else ""
    label = f"{mark}{words.label(f'deliveries.state.{state}')} {count}"
    return button(words, NAME, SHOW, on, f"{state}0", label=label)


def _total(found: DeliveryPage, state: str) -> int:
    among = STATES[state] or tuple(DeliveryState)
    return sum(found.counts.get(each, 0) for each in among)


def _turning(
    found: DeliveryPage, state: str, page: int, on: int, words: Words
) -> list[InlineKeyboardButton]:
    last = min((_total(found, state) - 1) // PAGE, PAGES_MAX - 1)
    return [
        button(words, NAME, SHOW, on, f"{state}{to}", label=label)
        for to, label in ((page - 1, "‹"), (page + 1, "›"))
        if 0 <= to <= max(last, page - 1)
    ]


def _by(width: int, buttons: Sequence[InlineKeyboardButton]) -> Rows:
    return [buttons[at : at + width] for at in range(0, len(buttons), width)]
