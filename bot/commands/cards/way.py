"""The card of a delivery: its way, and what may still be done about it or about its post."""

from collections.abc import Iterator
from typing import Final

from aiogram.types import InlineKeyboardButton

from bot.commands.cards.deliveries import back_to
from bot.commands.cards.scene import Gone, Scene, Shown, Turn
from bot.commands.cards.taps import Style, Tap, back, button
from bot.commands.deleting import delete_post
from bot.commands.judging import OfFeed
from bot.commands.refusal import Whole
from bot.commands.rights import Subject
from bot.commands.way import tell_way, why_not
from bot.commands.words import Words, copyable, known_as, lines, plain
from feeds.model import DeliveryState
from feeds.store.rows import Decided, DeliveryStory

KIND: Final = "telegram"
CARD: Final = "way"
DELETED: Final = "its post was deleted by an admin"
SURE: Final = frozenset({"resend", "delete"})  # asked for twice
YES: Final = "yes"  # before the link of a button that was asked for twice
FAILURES: Final = "fail"  # the card of them
ILL: Final = frozenset({DeliveryState.IN_DOUBT, DeliveryState.FAILED, DeliveryState.HELD})
DEEDS: Final = {
    DeliveryState.WAITING: ("drop",),
    DeliveryState.HELD: ("retry", "drop"),
    DeliveryState.IN_DOUBT: ("confirm", "retry", "drop"),
    DeliveryState.FAILED: ("retry", "drop"),
    DeliveryState.DROPPED: ("retry",),
    DeliveryState.SENT: ("resend", "delete"),
    DeliveryState.SENDING: (),
}


async def show(scene: Scene, on: int, more: str = "") -> Shown:
    """Tell the way of a delivery; `more`: FAILURES, or the page it was listed on. Raises Gone."""
    told = await _found(scene, on)
    text = tell_way(told, scene.words)
    from_failures = more == FAILURES or told.delivery.state in ILL
    to = FAILURES if from_failures else "home"
    leads_back = back_to(more, scene.words) or back(scene.words, to)
    return Shown(text=text, rows=(*_rows(told, more, scene.words), (leads_back,)))


async def press(scene: Scene, tap: Tap) -> Turn:
    """Decide about the delivery, act on its post, or rest its feed."""
    told, words = await _found(scene, tap.on), scene.words
    if tap.deed in SURE and not tap.more.startswith(YES):
        return Turn(card=_asked(told, tap, words))
    came_from = tap.more.removeprefix(YES)
    if tap.deed == "rest":
        return await _rest(scene, told, came_from)
    decided = await _decided(scene, told, tap.deed)
    if not decided.changed:
        said = why_not(decided, told.delivery.state, words)
        return Turn(said=said, card=await show(scene, tap.on, came_from))
    scene.deps.ring_notices()
    if not came_from and told.delivery.state in ILL:
        came_from = FAILURES
    return Turn(said=words.label(f"done.{tap.deed}"), card=await show(scene, tap.on, came_from))


async def place_of(scene: Scene, tap: Tap) -> Subject:
    """Concern the delivery's destination, or the feed that shall rest."""
    told = await _found(scene, tap.on)
    if tap.deed == "rest" and told.source is not None:
        return OfFeed(feed=told.source.id)
    return told.destination.id


async def _found(scene: Scene, delivery: int) -> DeliveryStory:
    now = scene.catalog.clock.now()
    told = await scene.catalog.store.delivery_story(delivery, now=now)
    if told is None:
        raise Gone("delivery.unknown")
    return told


async def _decided(scene: Scene, told: DeliveryStory, deed: str) -> Decided:
    catalog, delivery = scene.catalog, told.delivery.id
    match deed:
        case "confirm":
            return await catalog.confirm_delivery(delivery, by=scene.by)
        case "retry":
            return await catalog.retry_deliveries([delivery], by=scene.by)
        case "drop":
            return await catalog.drop_deliveries([delivery], by=scene.by)
        case "resend":
            return await catalog.resend_delivery(delivery, by=scene.by)
        case "delete":
            await delete_post(scene.bot, told)
            return await catalog.note_deleted(delivery, by=scene.by)
        case _:
            raise Whole("card.unknown")


async def _rest(scene: Scene, told: DeliveryStory, came_from: str) -> Turn:
    feed = await scene.catalog.store.feed_by(told.source.id) if told.source is not None else None
    if feed is None:
        raise Gone("feed.unknown")
    await scene.catalog.pause_feed(feed.name)
    again = copyable(f"/resume {feed.name}")
    said = scene.words.label("paused", title=known_as(feed.title, feed.name), again=again)
    return Turn(said=said, alert=True, card=await show(scene, told.delivery.id, came_from))


def _rows(told: DeliveryStory, more: str, words: Words) -> Iterator[list[InlineKeyboardButton]]:
    """Make the buttons of its deeds, each of which knows where the card leads back to."""
    on = told.delivery.id
    if told.goes_out_with is not None:
        label = words.label("tap.way.roll_up")
        yield [button(words, CARD, "show", told.goes_out_with, more, label=label)]
    else:
        deeds = [deed for deed in DEEDS[told.delivery.state] if _fits(deed, told)]
        yield [_deed(words, deed, on, more) for deed in deeds]
    if told.route is not None:
        card, by = ("fw", on) if told.story is not None else ("rf", told.route.id)
        yield [
            button(words, card, "show", by, label=words.label("tap.way.filter")),
            button(words, "rt", "show", told.route.id, label=words.label("tap.way.looks")),
        ]
    if told.source is not None:
        label = words.label("tap.way.rest", feed=plain(told.source.name, 32))
        yield [button(words, CARD, "rest", on, more, label=label)]


def _fits(deed: str, told: DeliveryStory) -> bool:
    place, delivery = told.destination, told.delivery
    if deed == "delete":
        is_there = delivery.message_id is not None and delivery.reason != DELETED
        return place.kind == KIND and is_there
    return deed != "resend" or not delivery.is_roll_up


def _deed(words: Words, deed: str, on: int, more: str) -> InlineKeyboardButton:
    style: Style | None = "danger" if deed in ("drop", "delete", "resend") else None
    return button(words, CARD, deed, on, more, label=words.label(f"button.{deed}"), style=style)


def _asked(told: DeliveryStory, tap: Tap, words: Words) -> Shown:
    on, deed, more = told.delivery.id, tap.deed, tap.more
    title = plain(told.story.title if told.story else "", 120) or words.say("notice.untitled")
    sure = words.label(f"button.{deed}")
    return Shown(
        text=lines(words.say(f"sure.{deed}", post=title)),
        rows=(
            (button(words, CARD, deed, on, f"{YES}{more}", label=sure, style="danger"),),
            (button(words, CARD, "show", on, more, label=words.label("tap.back")),),
        ),
    )
