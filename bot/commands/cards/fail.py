"""The card of all that waits for attention: doubts, bursts held, places shut, feeds that fail."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from aiogram.types import InlineKeyboardButton
from aiogram.utils.formatting import Text

from bot.commands.adding import check_place
from bot.commands.cards.scene import Gone, Scene, Shown, Turn
from bot.commands.cards.taps import SHOW, Style, Tap, back, button
from bot.commands.notices.doubts import reason_told
from bot.commands.notices.held import reason_of_burst
from bot.commands.reasons import tell_reason
from bot.commands.rights import realm
from bot.commands.way import MARKS
from bot.commands.words import Words, copyable, joined, known_as, lines, plain
from feeds.backlog import cannot_roll_up
from feeds.catalog.deliveries import BurstDeed
from feeds.model import DeliveryState, DestinationState
from feeds.store import IllPost, IllThing, Troubles
from feeds.store.rows import Burst

CARD: Final = "fail"
PAGE: Final = 5  # troubles on a page
PLACES_MAX: Final = 2  # whose failures may be sent again all at once
TITLE_MAX, NAME_MAX, REASON_MAX, LABEL_MAX = 100, 48, 120, 24  # UTF-16 units
BURST_DEEDS: Final[dict[str, BurstDeed]] = {
    "publish": "publish",
    "skip": "skip",
    "roll_up": "roll_up",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One trouble as it is shown; its buttons follow its number."""

    text: Text
    buttons: tuple[tuple[str, int, str], ...] = ()  # (card, id, deed)


async def show(scene: Scene, on: int, more: str = "") -> Shown:  # noqa: ARG001  # as every card
    """Show one page; `more` is its number, the first is 0."""
    troubles = await scene.catalog.troubles(among=realm(scene))
    items, words = list(_items(troubles, scene.words)), scene.words
    if not items:
        return Shown(text=words.say("fail.none"), rows=((back(words, "home"),),))
    last = (len(items) - 1) // PAGE
    page = min(int(more) if more.isdecimal() else 0, last)
    shown = items[page * PAGE : (page + 1) * PAGE]
    told = [Text(f"{at}. ", item.text) for at, item in enumerate(shown, page * PAGE + 1)]
    rows = [
        [_button(words, at, *each) for each in item.buttons]
        for at, item in enumerate(shown, page * PAGE + 1)
    ]
    turning = [
        button(words, CARD, SHOW, 0, str(to), label=label)
        for to, label in ((page - 1, "‹"), (page + 1, "›"))
        if 0 <= to <= last
    ]
    return Shown(
        text=joined([_heading(troubles, words), *told], "\n\n"),
        rows=(*rows, *_all_of(troubles.posts, words), turning, [back(words, "home")]),
    )


async def press(scene: Scene, tap: Tap) -> Turn:
    """Decide on a burst, open a place, send a place's failures again."""
    words, catalog = scene.words, scene.catalog
    if tap.deed in BURST_DEEDS:
        decided = await catalog.decide_burst(tap.on, BURST_DEEDS[tap.deed], by=scene.by)
        said = words.label(f"done.{tap.deed}" if decided.changed else "fail.decided")
    elif tap.deed == "resume":
        said = await _resume(scene, tap.on)
    elif tap.deed == "all" and tap.more == "yes":
        said = str(
            words.count("fail.all_go", await catalog.retry_failed(tap.on)).as_kwargs()["text"]
        )
    elif tap.deed == "all":
        return Turn(card=await _asked(scene, tap.on))
    else:
        said = words.label("card.unknown")
    scene.deps.ring_notices()
    return Turn(said=said, card=await show(scene, 0))


async def place_of(scene: Scene, tap: Tap) -> int | None:
    """Concern the destination of a burst, or that which is named; None: the whole list."""
    if tap.deed in BURST_DEEDS:
        told = await scene.catalog.store.delivery_story(tap.on)
        if told is None:
            raise Gone("delivery.unknown", back_to=CARD)
        return told.destination.id
    return tap.on or None


async def _resume(scene: Scene, destination: int) -> str:
    place = await scene.catalog.store.destination_by(destination)
    if place is None:
        raise Gone("destination.unknown", back_to=CARD)
    if place.state is DestinationState.OPEN:
        return scene.words.label("destination.open")
    await check_place(scene.bot, place, scene.person)
    await scene.catalog.resume_destination(place.name, by=scene.by)
    return scene.words.label("done.resume")


async def _asked(scene: Scene, destination: int) -> Shown:
    place, words = await scene.catalog.store.destination_by(destination), scene.words
    if place is None:
        raise Gone("destination.unknown", back_to=CARD)
    sure = button(words, CARD, "all", destination, "yes", label=words.label("button.retry"))
    said = words.say("fail.sure", place=known_as(place.title, place.name, NAME_MAX))
    return Shown(text=said, rows=((sure,), (back(words, CARD),)))


def _items(troubles: Troubles, words: Words) -> Iterator[Item]:
    doubts = [post for post in troubles.posts if post.state is DeliveryState.IN_DOUBT]
    failed = [post for post in troubles.posts if post.state is not DeliveryState.IN_DOUBT]
    yield from (_post(post, words) for post in doubts)
    yield from (_burst(burst, words) for burst in troubles.bursts)
    yield from (_thing(thing, words) for thing in troubles.things)
    yield from (_post(post, words) for post in failed)


def _post(post: IllPost, words: Words) -> Item:
    title = plain(post.title, TITLE_MAX) or words.say("notice.untitled")
    where = words.say(
        "fail.post", title=title, place=known_as(post.place_title, post.place_name, NAME_MAX)
    )
    why = Text(words.brief(post.at), ": ", reason_told(post.reason, words))
    text = lines(Text(MARKS[post.state], " ", where), why)
    return Item(text=text, buttons=(("way", post.id, SHOW),))


def _burst(burst: Burst, words: Words) -> Item:
    reason = reason_of_burst(burst.reason, words)
    said = words.count("notice.burst", burst.count, reason=reason)
    deeds = ["publish", "skip"]
    if cannot_roll_up(burst.kind) is None:
        deeds.append("roll_up")
    place = plain(burst.destination, NAME_MAX)
    return Item(
        text=Text("✋ ", place, ": ", said),
        buttons=tuple((CARD, burst.id, deed) for deed in deeds),
    )


def _thing(thing: IllThing, words: Words) -> Item:
    name, why = copyable(thing.name), tell_reason(thing.why, words, REASON_MAX) or "–"
    if thing.what == "feed":
        return Item(text=Text("🟡 ", words.say("fail.feed", feed=name, reason=why)))
    said = words.say(f"fail.place.{thing.state}", place=name, reason=why)
    return Item(text=Text("⏸ ", said), buttons=((CARD, thing.id, "resume"),))


def _heading(troubles: Troubles, words: Words) -> Text:
    counted = Counter({str(state): number for state, number in troubles.counts.items()})
    counted |= Counter(thing.what for thing in troubles.things)
    counted["held"] = len(troubles.bursts)
    keys = ("in_doubt", "held", "place", "feed", "failed")
    said = [words.count(f"fail.count.{key}", counted[key]) for key in keys if counted[key]]
    return joined(said, " · ")


def _all_of(posts: Sequence[IllPost], words: Words) -> Iterator[list[InlineKeyboardButton]]:
    failed = [post for post in posts if post.state is DeliveryState.FAILED]
    names = {post.place: known_as(post.place_title, post.place_name, LABEL_MAX) for post in failed}
    for place, number in Counter(post.place for post in failed).most_common(PLACES_MAX):
        if number > 1:
            label = words.label("tap.fail.all", place=names[place])
            yield [button(words, CARD, "all", place, label=label)]


def _button(words: Words, number: int, card: str, on: int, deed: str) -> InlineKeyboardButton:
    said = words.label("tap.fail.look" if deed == SHOW else f"button.{deed}")
    style: Style | None = "danger" if deed == "skip" else None
    return button(words, card, deed, on, label=f"{number} · {said}", style=style)
