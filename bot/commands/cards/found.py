"""The card of links that were sent: what is there, and where its stories shall go."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from aiogram.types import InlineKeyboardButton
from aiogram.utils.formatting import Bold, Text

from bot.commands import finds
from bot.commands.adding import check_place
from bot.commands.asking import ask_for_channel
from bot.commands.cards.choosing import LABEL_MAX, name_of, number_of, page_of, place_label, turning
from bot.commands.cards.scene import Gone, Scene, Shown, Turn
from bot.commands.cards.taps import SHOW, Tap, back, button
from bot.commands.finds import Find, FoundFeed, Taken
from bot.commands.places import called, closed
from bot.commands.rights import may, places_of
from bot.commands.words import Words, copyable, fitted, joined, known_as, lines, plain
from feeds.model import DestinationState, FeedState
from feeds.store.card_rows import PlaceName

NAME: Final = "fn"
STARTS: Final = (0, 1, 3, 10, None)  # of the first poll: from now, the newest N, all
TITLE_MAX, URL_MAX, HEADLINE_MAX, WHY_MAX = 100, 100, 150, 300  # UTF-16 units
TOLD_MAX: Final = 3_600  # UTF-16 units of what is told of links; hints take the rest
KNOWN_MAX: Final = 5  # feeds that are named after they were published
DAY, WEEK, MONTH = 7.0, 1.0, 7 / 30.4  # stories a week that make one a day, a week, a month


async def show(scene: Scene, on: int, more: str = "") -> Shown:  # noqa: ARG001  # as every card
    """Show what was found, with the buttons that fit."""
    find, words = await finds.load(scene, on), scene.words
    if find.to is not None:
        return await _done(scene, find, find.to)
    if not find.looked:
        return Shown(text=words.count("found.looking", len(find.links)))
    places = await places_of(scene)
    return Shown(text=_text(find, words), rows=_rows(find, places, words))


async def press(scene: Scene, tap: Tap) -> Turn:  # noqa: PLR0911  # one for each button
    """Do what a button says."""
    find = await finds.load(scene, tap.on)
    if find.to is not None:  # decided: a double tap must not hide how
        return Turn(card=await show(scene, tap.on))
    match tap.deed:
        case "publish":
            return await _publish(scene, find, tap.more)
        case "choose":
            return Turn(card=await _choose(scene, find, number_of(tap.more)))
        case "start":
            return await _next_start(scene, find)
        case "preview":
            return await _preview(scene, find)
        case "channel":
            return await _new_channel(scene, find)
        case "pick" | "again":
            return await _look_again(scene, find, tap)
        case _:
            return await _cancel(scene, find)


async def place_of(scene: Scene, tap: Tap) -> int | None:  # noqa: ARG001  # as every card
    """Concern the destination that is published at."""
    return number_of(tap.more) or None if tap.deed == "publish" else None


async def _publish(scene: Scene, find: Find, chosen: str) -> Turn:
    place = await scene.catalog.destination(chosen)
    await check_place(scene.bot, place, scene.person)
    taken = [
        await scene.catalog.take_in(each.url, each.title, start=find.start, to=place)
        for each in find.feeds
    ]
    done = tuple(Taken(feed=feed.id, known=known) for feed, known in taken)
    await finds.save(scene, replace(find, to=place.id, taken=done))
    return Turn(card=await show(scene, find.at))


async def _done(scene: Scene, find: Find, to: int) -> Shown:
    """Say what goes where, when it begins, and what keeps it from beginning."""
    place, words = await scene.catalog.store.destination_by(to), scene.words
    if place is None:
        raise Gone("channel.gone", back_to="chs")
    is_open = place.state is DestinationState.OPEN
    begins = is_open and not all(each.known for each in find.taken)
    said = lines(
        Text("✅ ", words.count("found.added", len(find.taken), place=called(place))),
        _begin(find.start, words, "found.done") if begins else "",
        "" if is_open else closed(place, words),
        *await _known(scene, [each.feed for each in find.taken if each.known]),
    )
    one = [button(words, "fd", SHOW, find.taken[0].feed, label=words.label("tap.fd.open"))]
    home = [button(words, "home", SHOW, label=words.label("tap.home.open"))]
    return Shown(text=said, rows=(one if len(find.taken) == 1 else [], home))


async def _known(scene: Scene, ids: Sequence[int]) -> list[Text]:
    """Say of feeds that were here before that nothing old of theirs comes, and which rest."""
    words, told = scene.words, list[Text]()
    for id_ in ids[:KNOWN_MAX]:
        feed = await scene.catalog.store.feed_by(id_)
        if feed is not None:
            title = known_as(feed.title, feed.name, TITLE_MAX)
            rests = feed.state is not FeedState.ACTIVE
            key = "found.known_rests" if rests else "found.known"
            told.append(Text("⏸ " if rests else "• ", words.say(key, title=title)))
    more = len(ids) - KNOWN_MAX
    return [*told, words.count("status.more", more)] if more > 0 else told


async def _choose(scene: Scene, find: Find, page: int) -> Shown:
    words, places = scene.words, await places_of(scene)
    rows = [
        [button(words, NAME, "publish", find.at, f"{row.id}", label=place_label(row))]
        for row in page_of(places, page)
    ]
    new = [button(words, NAME, "channel", find.at)] if await _may_bring(scene) else []
    return Shown(
        text=words.say("found.where"),
        rows=(
            *rows,
            turning(words, len(places), page, card=NAME, deed="choose", on=find.at),
            [*new, back(words, NAME, find.at)],
        ),
    )


async def _may_bring(scene: Scene) -> bool:
    """Tell whether somebody may add a channel."""
    return await may(scene, f"{NAME}.channel", None)


async def _next_start(scene: Scene, find: Find) -> Turn:
    """Go on to the next way to begin."""
    at = STARTS.index(find.start) if find.start in STARTS else 0
    changed = STARTS[(at + 1) % len(STARTS)]
    await finds.save(scene, replace(find, start=changed))
    return Turn(card=await show(scene, find.at))


async def _preview(scene: Scene, find: Find) -> Turn:
    await scene.errands.start(scene, "sample_find", find.at)
    return Turn(said=scene.words.label("found.sample_comes"))


async def _cancel(scene: Scene, find: Find) -> Turn:
    await finds.forget(scene, find.at)
    said = scene.words.say("found.cancelled")
    return Turn(card=Shown(text=said, rows=((back(scene.words, "home"),),)))


async def _new_channel(scene: Scene, find: Find) -> Turn:
    await ask_for_channel(scene, find.at)
    return Turn()


async def _look_again(scene: Scene, find: Find, tap: Tap) -> Turn:
    offered = [each.url for each in find.offered]
    chosen = offered[number_of(tap.more) : number_of(tap.more) + 1] if tap.deed == "pick" else []
    await finds.look_again(scene, find, tuple(chosen) or find.links)
    return Turn()  # the card comes by itself, once there is something to show


def _text(find: Find, words: Words) -> Text:
    parts: list[Text] = [_told_feed(each, words, alone=len(find.feeds) == 1) for each in find.feeds]
    parts += [Text("⚠️ ", plain(each.why, WHY_MAX)) for each in find.refused]
    hints = [words.say("found.refused_hint")] if find.refused else []
    if find.offered:
        hints.append(words.count("found.page", len(find.offered)))
    if not parts and not hints:
        hints.append(words.say("found.nothing"))
    told = [fitted(parts, "\n\n", words, units_max=TOLD_MAX)] if parts else []
    return joined([*told, *hints], "\n\n")


def _told_feed(found: FoundFeed, words: Words, *, alone: bool) -> Text:
    told = [plain(each, HEADLINE_MAX) for each in found.headlines]
    return lines(
        Text("📰 ", Bold(known_as(found.title, found.url, TITLE_MAX))),
        copyable(found.url) if alone else copyable(found.url, URL_MAX),
        *([Text("• ", each) for each in told] if alone else told[:1]),
        words.say("added.empty") if not told else "",
        _pace(found.per_week, words) if told else "",
    )


def _pace(per_week: float | None, words: Words) -> Text | str:
    if per_week is None:
        return ""
    for key, least in (("day", DAY), ("week", WEEK), ("month", MONTH)):
        if per_week >= least:
            return words.count(f"found.per_{key}", round(per_week / least))
    return words.say("found.seldom")


def _begin(start: int | None, words: Words, key: str) -> Text:
    if start is None:
        return words.say(f"{key}_all")
    return words.count(f"{key}_newest", start) if start else words.say(f"{key}_now")


def _rows(
    find: Find, places: Sequence[PlaceName], words: Words
) -> list[list[InlineKeyboardButton]]:
    offered = [
        [
            button(
                words,
                NAME,
                "pick",
                find.at,
                f"{number}",
                label=known_as(each.title, each.url, LABEL_MAX),
            )
        ]
        for number, each in enumerate(find.offered)
    ]
    again = [[button(words, NAME, "again", find.at)]] if find.refused else []
    ways = _ways(find, places, words) if find.feeds else []
    return [*offered, *again, *ways, [button(words, NAME, "cancel", find.at)]]


def _ways(
    find: Find, places: Sequence[PlaceName], words: Words
) -> list[list[InlineKeyboardButton]]:
    """Offer the one channel there is, or to choose, or to add a first one."""
    if not places:
        first = button(words, NAME, "channel", find.at, style="primary")
    elif len(places) == 1:
        label = words.label("tap.fn.publish", place=name_of(places[0]))
        first = button(
            words, NAME, "publish", find.at, f"{places[0].id}", label=label, style="primary"
        )
    else:
        first = button(words, NAME, "choose", find.at, style="primary")
    begin = str(_begin(find.start, words, "found.start").as_kwargs()["text"])
    rows = [[first]]
    if len(places) == 1:
        rows.append([button(words, NAME, "choose", find.at, label=words.label("tap.fn.elsewhere"))])
    shown = [button(words, NAME, "preview", find.at)] if len(find.feeds) == 1 else []
    return [*rows, [*shown, button(words, NAME, "start", find.at, label=begin)]]
