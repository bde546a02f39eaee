"""The card of one destination: what goes there, its queue, its health, and what can be done."""

from collections.abc import Iterator
from typing import Final

from aiogram.utils.formatting import Bold, Text

from bot.commands.adding import check_place
from bot.commands.asking import ask_for_feed
from bot.commands.cards.choosing import LABEL_MAX
from bot.commands.cards.scene import Gone, Rows, Scene, Shown, Turn
from bot.commands.cards.taps import SHOW, Tap, back, button
from bot.commands.places import called, failing, is_failing
from bot.commands.reasons import tell_reason
from bot.commands.words import Words, copyable, known_as, lines, plain
from feeds.model import DeliveryState, Destination, DestinationState, FeedState
from feeds.store.card_rows import FeedOfPlace, PlaceCard

NAME: Final = "ch"
KIND: Final = "telegram"
FEEDS_MAX: Final = 8  # shown
REASON_MAX: Final = 120  # UTF-16 units


async def show(scene: Scene, on: int, more: str = "") -> Shown:  # noqa: ARG001  # as every card
    """Show a destination."""
    found = await scene.catalog.store.place_card(on)
    if found is None:
        raise Gone("channel.gone", back_to="chs")
    return Shown(
        text=_text(found, scene), rows=_rows(found, scene.words, people=_has_people(found, scene))
    )


async def press(scene: Scene, tap: Tap) -> Turn:
    """Do what a button says; what makes something go out there is checked with Telegram anew."""
    place = await scene.catalog.store.destination_by(tap.on)
    if place is None:
        raise Gone("channel.gone", back_to="chs")
    match tap.deed:
        case "feed":
            await ask_for_feed(scene)
            return Turn()
        case "remove":
            return Turn(card=_sure(place, scene.words))
        case "removing":
            await scene.catalog.remove_destination(place.name)
            said = scene.words.say("channel.removed", place=called(place))
            return Turn(card=Shown(text=said, rows=((back(scene.words, "chs"),),)))
        case _:
            toast = await _change(scene, place, tap.deed)
            return Turn(card=await show(scene, place.id), said=toast)


async def place_of(scene: Scene, tap: Tap) -> int | None:  # noqa: ARG001  # as every card
    """Concern this very destination."""
    return tap.on


async def _change(scene: Scene, place: Destination, deed: str) -> str:
    match deed:
        case "pause":
            await scene.catalog.pause_destination(place.name)
            return scene.words.label("channel.pauses")
        case "resume":
            await check_place(scene.bot, place, scene.person)
            await scene.catalog.resume_destination(place.name, by=scene.by)
            scene.deps.ring_notices()
            return scene.words.label("channel.goes_on")
        case "test":
            await check_place(scene.bot, place, scene.person)
            queued = await scene.catalog.test_destination(place.name)
            return scene.words.label("channel.test_waits" if queued.blocked else "channel.tested")
        case _:
            return ""


def _sure(place: Destination, words: Words) -> Shown:
    """Ask before something is taken away."""
    yes = button(words, NAME, "removing", place.id, style="danger")
    key = "channel.sure" if place.kind == KIND else "hook.sure"
    return Shown(
        text=words.say(key, place=called(place)),
        rows=((yes,), (back(words, NAME, place.id),)),
    )


def _text(found: PlaceCard, scene: Scene) -> Text:
    words, place = scene.words, found.destination
    undecided = sum(found.undecided.values())
    return lines(
        Text("📢 " if place.kind == KIND else "🔗 ", Bold(called(place))),
        Text(copyable(place.name), " · ", plain(place.kind)),
        "" if place.kind == KIND else plain(scene.deps.kinds.shown(place.kind, place.address)),
        failing(place, words) if is_failing(place) else _state(place, words),
        "",
        *_feeds(found.feeds, words),
        words.count("status.waiting", found.waiting) if found.waiting else "",
        Text("❓ ", words.count("channel.undecided", undecided)) if undecided else "",
        words.say("channel.last", ago=words.ago(found.last_sent_at, now=scene.now())),
    )


def _state(place: Destination, words: Words) -> Text:
    match place.state:
        case DestinationState.OPEN:
            return Text("🟢 ", words.say("channel.open"))
        case DestinationState.PAUSED:
            return Text("⏸ ", words.say("channel.paused"))
        case DestinationState.PARKED:
            reason = tell_reason(place.state_reason, words, REASON_MAX)
            return Text("⚠️ ", words.say("channel.parked", reason=reason))


def _feeds(feeds: tuple[FeedOfPlace, ...], words: Words) -> Iterator[Text]:
    if not feeds:
        yield words.say("channel.no_feeds")
        return
    yield words.count("channel.feeds", len(feeds))
    for each in feeds[:FEEDS_MAX]:
        mark = "⏸ " if each.state is not FeedState.ACTIVE else "⚠️ " if each.failing else ""
        yield Text("• ", mark, known_as(each.title, each.name, LABEL_MAX))
    if (more := len(feeds) - FEEDS_MAX) > 0:
        yield words.count("status.more", more)


def _has_people(found: PlaceCard, scene: Scene) -> bool:
    """Tell whether others may be invited there, by who looks at it."""
    return scene.who.is_owner and found.destination.kind == KIND


def _rows(found: PlaceCard, words: Words, *, people: bool) -> Rows:
    on = found.destination.id
    is_open = found.destination.state is DestinationState.OPEN
    feeds = [
        [button(words, "fd", SHOW, each.feed, label=known_as(each.title, each.name, LABEL_MAX))]
        for each in found.feeds[:FEEDS_MAX]
    ]
    return (
        *feeds,
        [button(words, NAME, "feed", on), button(words, NAME, "test", on)],
        [button(words, "cs", SHOW, on), button(words, "dl", SHOW, on, "w0")],
        [button(words, "ra", SHOW, on)] if found.undecided.get(DeliveryState.FAILED) else [],
        [
            button(words, NAME, "pause" if is_open else "resume", on),
            button(words, NAME, "remove", on, style="danger"),
        ],
        [button(words, "adm", SHOW, on)] if people else [],
        [back(words, "chs")],
    )
