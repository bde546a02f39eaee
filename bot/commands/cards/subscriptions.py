"""The card of a list of feeds that was sent: where they shall go, and what became of them."""

import asyncio
from dataclasses import replace
from typing import Final

from aiogram.utils.formatting import Text

from bot.commands.adding import check_place
from bot.commands.cards.choosing import number_of, page_of, place_label, turning
from bot.commands.cards.scene import Scene, Shown, Turn
from bot.commands.cards.taps import SHOW, Tap, back, button
from bot.commands.listed import Progress, forget, keep, load, progress_of
from bot.commands.words import copyable, lines
from feeds.catalog import Bundle, BundledFeed, Imported, SeenFeed
from feeds.errors import BeritaError, StoreError

NAME: Final = "om"
CHUNK: Final = 25  # feeds looked at between two edits of the message
AT_ONCE: Final = 8  # looks
URL_MAX: Final = 100  # UTF-16 units of one that is shown


async def show(scene: Scene, on: int, more: str = "") -> Shown:
    """Ask where the feeds of a list shall go, or tell what came of it; `more`: a page of places."""
    progress = await progress_of(scene, on)
    if progress.over:
        return _summary(scene, progress)
    words, found = scene.words, await load(scene, on)
    places, page = await scene.catalog.store.place_names(), number_of(more)
    rows = [
        [button(words, NAME, "to", on, f"{row.id}", label=place_label(row))]
        for row in page_of(places, page)
    ]
    said = lines(words.count("list.holds", len(found.feeds)), words.say("found.where"))
    return Shown(
        text=said,
        rows=(
            *rows,
            turning(words, len(places), page, card=NAME, deed=SHOW, on=on),
            [button(words, NAME, "nowhere", on)],
            [button(words, NAME, "cancel", on)],
        ),
    )


async def press(scene: Scene, tap: Tap) -> Turn:
    """Begin, or let it be; what has begun goes on, and what is over is told once more."""
    if scene.errands.is_under_way(scene.person, "list", tap.on):
        return Turn()
    if (progress := await progress_of(scene, tap.on)).over:
        return Turn(card=_summary(scene, progress))
    found, words = await load(scene, tap.on), scene.words
    if tap.deed == "cancel":
        await forget(scene, tap.on)
        said = words.say("found.cancelled")
        return Turn(card=Shown(text=said, rows=((back(words, "home"),),)))
    to = number_of(tap.more) or None
    if to is not None:
        await check_place(scene.bot, await scene.catalog.destination(f"{to}"), scene.person)
    scene.errands.check_room(scene.person)
    await keep(scene, Progress(at=tap.on, to=to))
    await scene.put(_shown(Progress(at=tap.on), len(found.feeds), scene), tap.on)
    await scene.errands.start(scene, "list", tap.on)
    return Turn()


async def place_of(scene: Scene, tap: Tap) -> int | None:  # noqa: ARG001  # as every card
    """Concern the destination that the feeds go to."""
    return number_of(tap.more) or None if tap.deed == "to" else None


async def work_off(scene: Scene, on: int) -> None:
    """Look at the feeds of a list and add those that are there (an errand)."""
    found, progress = await load(scene, on), await progress_of(scene, on)
    total = len(found.feeds)
    while progress.done < total:
        chunk = found.feeds[progress.done : progress.done + CHUNK]
        progress = await _add(scene, progress, chunk)
        await keep(scene, progress)
        await scene.put(_shown(progress, total, scene), on)
    await scene.put(_summary(scene, progress), on)
    await keep(scene, replace(progress, over=True))
    await forget(scene, on)


async def _add(scene: Scene, progress: Progress, chunk: tuple[tuple[str, str], ...]) -> Progress:
    """Add what can be added of a few feeds; one after another, they share a name-giver."""
    looks = asyncio.Semaphore(AT_ONCE)

    async def look(url: str, title: str) -> BundledFeed | str:
        async with looks:
            return await _looked_at(scene, url, title)

    async with asyncio.TaskGroup() as tasks:
        looking = [tasks.create_task(look(url, title)) for url, title in chunk]
    results = [each.result() for each in looking]
    good = Bundle(feeds=tuple(each for each in results if isinstance(each, BundledFeed)))
    to = () if progress.to is None else (f"{progress.to}",)
    done = [item async for item in scene.catalog.import_bundle(good, to=to)]
    failed = tuple(item.called for item in done if item.outcome == "failed")
    dead = tuple(each for each in results if isinstance(each, str))
    return progress.after(
        len(chunk), added=_count(done, "added"), known=_count(done, "known"), dead=dead + failed
    )


async def _looked_at(scene: Scene, url: str, title: str) -> BundledFeed | str:
    """Give a feed that is there or was here before; of any other its URL."""
    try:
        if await scene.catalog.store.find_feed_by_url(url) is not None:
            return BundledFeed(url=url)
        seen = await scene.catalog.discover(url)
    except StoreError:
        raise
    except BeritaError:
        return url
    if not isinstance(seen, SeenFeed):
        return url
    return BundledFeed(url=seen.url, title=title or seen.title)


def _count(done: list[Imported], outcome: str) -> int:
    return sum(item.outcome == outcome for item in done)


def _shown(progress: Progress, total: int, scene: Scene) -> Shown:
    said = scene.words.say("list.progress", done=progress.done, total=total)
    return Shown(text=Text("⏳ ", said))


def _summary(scene: Scene, progress: Progress) -> Shown:
    words = scene.words
    left = progress.dead - len(progress.dead_urls)
    text = lines(
        Text("✅ ", words.count("list.added", progress.added)),
        words.count("list.known", progress.known) if progress.known else "",
        Text("⚠️ ", words.count("list.dead", progress.dead)) if progress.dead else "",
        *(Text("· ", copyable(url, URL_MAX)) for url in progress.dead_urls),
        words.count("status.more", left) if left else "",
        words.say("list.next") if progress.dead else "",
    )
    return Shown(text=text, rows=((button(words, "fds", SHOW), back(words, "home")),))
