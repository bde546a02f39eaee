"""The card of one feed: where it goes, its newest headlines, its health, and what can be done."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Final

from aiogram.utils.formatting import Bold, Text

from bot.commands.adding import check_place
from bot.commands.cards.choosing import LABEL_MAX, number_of, page_of, place_label, turning
from bot.commands.cards.scene import Gone, Rows, Scene, Shown, Turn
from bot.commands.cards.taps import SHOW, Tap, back, button
from bot.commands.cards.undoing import take_back, undo_row
from bot.commands.going_on import ask_how, what_goes_out
from bot.commands.judging import OfFeed
from bot.commands.reasons import tell_reason
from bot.commands.rights import may, places_of, realm
from bot.commands.words import Words, copyable, known_as, lines, plain
from feeds.catalog.probe import shown as shown_url
from feeds.model import Feed, FeedState
from feeds.store.card_rows import FeedCard, PlaceOfFeed

NAME: Final = "fd"
LATELY: Final = timedelta(days=7)  # headlines no older than this are shown
TITLE_MAX, HEADLINE_MAX, ERROR_MAX = 100, 150, 160  # UTF-16 units
PLACES_MAX: Final = 6  # shown


async def show(scene: Scene, on: int, more: str = "") -> Shown:  # noqa: ARG001  # as every card
    """Show a feed."""
    found = await scene.catalog.store.feed_card(on, since=scene.now() - LATELY)
    if found is None:
        raise Gone("feed.gone", back_to="fds")
    his = realm(scene)
    if his is not None:  # where else it goes is no matter of a steward's
        places = tuple(each for each in found.places if each.destination in his)
        found = replace(found, places=places)
    may_change = await may(scene, f"{NAME}.pause", OfFeed(feed=on))
    return Shown(text=_text(found, scene), rows=_rows(found, scene.words, may_change=may_change))


async def press(scene: Scene, tap: Tap) -> Turn:
    """Do what a button says."""
    feed = await scene.catalog.store.feed_by(tap.on)
    if feed is None:
        raise Gone("feed.gone", back_to="fds")
    match tap.deed:
        case "preview":
            await scene.errands.start(scene, "sample", feed.id)
            return Turn(said=scene.words.label("found.sample_comes"))
        case "choose":
            return Turn(card=await _choose(scene, feed, number_of(tap.more)))
        case "resume":
            return Turn(card=ask_how(feed, scene.words))
        case "remove":
            return Turn(card=_sure(feed, scene.words))
        case "removing":
            await scene.catalog.remove_feed(feed.name)
            said = scene.words.say("feed.removed", title=_title(feed), again=_url(feed, scene))
            return Turn(card=Shown(text=said, rows=((back(scene.words, "fds"),),)))
        case _:
            toast = await _change(scene, feed, tap)
            return Turn(card=await show(scene, feed.id), said=toast)


async def place_of(scene: Scene, tap: Tap) -> OfFeed:  # noqa: ARG001  # as every card
    """Concern this very feed, and the destination that it shall go to."""
    return OfFeed(feed=tap.on, to=number_of(tap.more) if tap.deed == "to" else None)


async def _change(scene: Scene, feed: Feed, tap: Tap) -> str:
    words = scene.words
    match tap.deed:
        case "pause":
            await scene.catalog.pause_feed(feed.name)
            return words.label("feed.rests")
        case "resuming":
            newest = None if tap.more == "all" else number_of(tap.more)
            await scene.catalog.resume_feed(feed.name, newest=newest)
            return f"{words.label('feed.goes_on')} {what_goes_out(newest, words)}"
        case "to":
            place = await scene.catalog.destination(tap.more)
            await check_place(scene.bot, place, scene.person)
            await scene.catalog.add_route(feed.name, place.name)
            return words.label("feed.goes_there", place=known_as(place.title, place.name))
        case "undo":
            return await take_back(scene, tap)
        case _:
            return ""


async def _choose(scene: Scene, feed: Feed, page: int) -> Shown:
    """Offer the destinations that there are."""
    words, places = scene.words, await places_of(scene)
    rows = [
        [button(words, NAME, "to", feed.id, f"{row.id}", label=place_label(row))]
        for row in page_of(places, page)
    ]
    new = [button(words, "chs", "channel")] if await may(scene, "chs.channel", None) else []
    last = [*new, back(words, NAME, feed.id)]
    return Shown(
        text=words.say("found.where"),
        rows=(*rows, turning(words, len(places), page, card=NAME, deed="choose", on=feed.id), last),
    )


def _sure(feed: Feed, words: Words) -> Shown:
    """Ask before something is taken away."""
    yes = button(words, NAME, "removing", feed.id, style="danger")
    return Shown(
        text=words.say("feed.sure", title=_title(feed)),
        rows=((yes,), (back(words, NAME, feed.id),)),
    )


def _text(found: FeedCard, scene: Scene) -> Text:
    words, feed = scene.words, found.feed
    error = feed.memory.last_error
    return lines(
        Text("📰 ", Bold(_title(feed))),
        _url(feed, scene),
        Text(_state(feed, scene), " · ", copyable(feed.name)),
        Text("⚠️ ", tell_reason(error, words, ERROR_MAX)) if error else "",
        tell_reason(feed.state_reason, words, ERROR_MAX) if feed.state is FeedState.GONE else "",
        *_places(found, words),
        *(Text("• ", plain(each, HEADLINE_MAX)) for each in found.headlines),
    )


def _url(feed: Feed, scene: Scene) -> Text:
    """Show its address; a key in it is for owners alone."""
    return copyable(feed.url if scene.who.is_owner else shown_url(feed.url))


def _state(feed: Feed, scene: Scene) -> Text:
    words = scene.words
    match feed.state:
        case FeedState.ACTIVE:
            every = words.span(feed.every or scene.deps.every)
            return Text("🟢 ", words.say("feeds.every", every=every))
        case FeedState.PAUSED:
            return Text("⏸ ", words.say("feeds.paused"))
        case FeedState.GONE:
            return Text("⚫ ", words.say("feeds.gone"))


def _places(found: FeedCard, words: Words) -> Iterator[Text]:
    if not found.places:
        yield words.say("feed.goes_nowhere")
    for each in found.places[:PLACES_MAX]:
        yield Text("→ ", known_as(each.title, each.name, LABEL_MAX))
    if (more := len(found.places) - PLACES_MAX) > 0:
        yield words.count("status.more", more)


def _rows(found: FeedCard, words: Words, *, may_change: bool) -> Rows:
    on = found.feed.id
    rests = found.feed.state is not FeedState.ACTIVE
    routes = [
        [button(words, "rt", SHOW, each.route, label=_way_label(each, words))]
        for each in found.places[:PLACES_MAX]
    ]
    change = [
        button(words, NAME, "resume" if rests else "pause", on),
        button(words, "fs", SHOW, on, label=words.label("tap.fd.settings")),
        button(words, NAME, "remove", on, style="danger"),
    ]
    return (
        *routes,
        [button(words, NAME, "choose", on), button(words, NAME, "preview", on)],
        *((change, undo_row(NAME, found, words)) if may_change else ()),
        [back(words, "fds")],
    )


def _way_label(place: PlaceOfFeed, words: Words) -> str:
    return words.label("tap.fd.route", place=known_as(place.title, place.name, LABEL_MAX))


def _title(feed: Feed) -> str:
    return known_as(feed.title, feed.name, TITLE_MAX)
