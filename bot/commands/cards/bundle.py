"""The card of a whole set-up that was sent as a file: told, asked about, taken in, summed up."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Final

from aiogram.utils.formatting import Text

from bot.commands.adding import KIND, check_asker, check_may_post, check_place, find_place
from bot.commands.border import reason_of
from bot.commands.bundled import Sent, forget, keep, load
from bot.commands.cards.scene import Scene, Shown, Turn
from bot.commands.cards.taps import Tap, back, button
from bot.commands.files import fetched
from bot.commands.refusal import Refusal
from bot.commands.words import copyable, joined, lines, plain
from feeds.catalog import Bundle, Imported, read_file
from feeds.errors import BeritaError, StoreError
from feeds.model import Destination

NAME: Final = "bd"
CHUNK: Final = 25  # items taken in between two edits of the message
NAME_MAX, WHY_MAX = 80, 160  # UTF-16 units


async def show(scene: Scene, on: int, more: str = "") -> Shown:  # noqa: ARG001  # as every card
    """Tell what a file holds and ask, or tell what came of it."""
    sent, words = await load(scene, on), scene.words
    if sent.over:
        return _summary(sent, scene)
    held = [
        words.count("status.feeds", sent.feeds),
        words.count("status.destinations", sent.destinations),
        words.count("bundle.routes", sent.routes),
    ]
    return Shown(
        text=lines(
            Text("🗂 ", joined(held, " · ")),
            Text("⚠️ ", words.count("bundle.faults", sent.faults)) if sent.faults else "",
            words.say("bundle.ask"),
        ),
        rows=(
            [button(words, NAME, "take", on, style="success")],
            [button(words, NAME, "cancel", on)],
        ),
    )


async def press(scene: Scene, tap: Tap) -> Turn:
    """Begin, or let it be; what has begun goes on, and what is over is told once more."""
    if scene.errands.is_under_way(scene.person, "bundle", tap.on):
        return Turn()
    sent, words = await load(scene, tap.on), scene.words
    if sent.over:
        return Turn(card=_summary(sent, scene))
    if tap.deed == "cancel":
        await forget(scene, tap.on)
        said = words.say("found.cancelled")
        return Turn(card=Shown(text=said, rows=((back(words, "home"),),)))
    if tap.deed != "take":
        return Turn(said=words.label("card.unknown"), alert=True)
    if scene.errands.is_any_under_way("bundle"):  # each would take the other's names for taken
        raise Refusal("bundle.another")
    scene.errands.check_room(scene.person)
    await scene.put(_shown(sent, scene), tap.on)
    await scene.errands.start(scene, "bundle", tap.on)
    return Turn()


async def place_of(scene: Scene, tap: Tap) -> int | None:  # noqa: ARG001  # as every card
    """Concern the bot as a whole."""
    return None


async def work_off(scene: Scene, on: int) -> None:
    """Take everything in (an errand); what is there already stays as it is.

    Cut off, it begins anew, and counts only what was not counted before.
    """
    sent, counted = await load(scene, on), 0
    bundle = read_file(await fetched(scene.bot, sent.file), "json")
    async for item in _items(scene, bundle):
        counted += 1
        if counted <= sent.done:
            continue
        sent = sent.after(item.outcome, _why(item, scene))
        if sent.done % CHUNK == 0:
            await keep(scene, sent)
            await scene.put(_shown(sent, scene), on)
    await scene.put(_summary(sent, scene), on)
    await keep(scene, replace(sent, over=True))


async def _items(scene: Scene, bundle: Bundle) -> AsyncIterator[Imported]:
    """Take in what may be; places where this person may make nothing go out come first, refused."""
    refused = {name: error async for name, error in _refused(scene, bundle)}
    for name, error in refused.items():
        if any(place.name == name for place in bundle.destinations):
            yield Imported(what="destination", called=name, outcome="failed", error=error)
    for route in bundle.routes:
        if (found := refused.get(route.destination)) is not None:
            called = f"{route.feed} → {route.destination}"
            yield Imported(what="route", called=called, outcome="failed", error=found)
    allowed = replace(
        bundle,
        destinations=tuple(each for each in bundle.destinations if each.name not in refused),
        routes=tuple(each for each in bundle.routes if each.destination not in refused),
    )
    async for item in scene.catalog.import_bundle(allowed):
        yield item


async def _refused(scene: Scene, bundle: Bundle) -> AsyncIterator[tuple[str, BeritaError]]:
    """Ask Telegram about every chat of a file, those that its routes alone name included."""
    chats = [
        (place.name, place.address)
        for place in bundle.destinations
        if place.kind == KIND and place.address is not None
    ]
    named = {route.destination for route in bundle.routes} - {name for name, _ in chats}
    for name, address in (*chats, *((name, None) for name in sorted(named))):
        try:
            await _check(scene, name, address)
        except StoreError:
            raise
        except BeritaError as error:
            yield name, error


async def _check(scene: Scene, name: str, address: str | None) -> None:
    """Check that both may post in a chat, known or not; raises BeritaError."""
    if address is None:
        place = await scene.catalog.store.destination_by(name)
    else:
        found = await find_place(scene.catalog, address)
        if not isinstance(found, Destination):
            await check_may_post(scene.bot, found)
            await check_asker(scene.bot, found, scene.person)
            return
        place = found
    if place is not None:
        await check_place(scene.bot, place, scene.person)


def _why(item: Imported, scene: Scene) -> str:
    """Say why an item was not taken in, in one line; empty where it was."""
    if item.outcome != "failed":
        return ""
    called = plain(item.called, NAME_MAX)
    if item.number:
        called = scene.words.label(f"bundle.item.{item.what}", no=item.number)
    if item.error is None:
        return called
    reason = str(reason_of(item.error, scene.words).as_kwargs()["text"])
    return f"{called} – {plain(reason, WHY_MAX)}"


def _shown(sent: Sent, scene: Scene) -> Shown:
    said = scene.words.say("bundle.progress", done=sent.done, total=sent.total)
    return Shown(text=Text("⏳ ", said))


def _summary(sent: Sent, scene: Scene) -> Shown:
    words, left = scene.words, sent.failed - len(sent.whys)
    text = lines(
        Text("✅ ", words.count("bundle.added", sent.added)),
        words.count("bundle.known", sent.known) if sent.known else "",
        Text("⚠️ ", words.count("bundle.failed", sent.failed)) if sent.failed else "",
        *(Text("· ", copyable(why, NAME_MAX + WHY_MAX)) for why in sent.whys),
        words.count("status.more", left) if left > 0 else "",
        words.say("bundle.next") if sent.failed else "",
    )
    return Shown(text=text, rows=((button(words, "chs", "show"), back(words, "home")),))
