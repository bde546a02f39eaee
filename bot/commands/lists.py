"""Files that owners send and ask for: lists of feeds as OPML, set-ups as JSON. And /export."""

from typing import Final

from aiogram import F, Router
from aiogram.filters import Command, CommandObject
from aiogram.methods import SendDocument
from aiogram.types import BufferedInputFile, Document, Message

from bot.commands import bundled
from bot.commands.answers import bot_of, send, show_work
from bot.commands.cards import bundle, subscriptions
from bot.commands.cards.scene import Scene
from bot.commands.files import fetched
from bot.commands.listed import FEEDS_MAX, List, save
from bot.commands.refusal import Refusal
from bot.commands.wizards.talking import end, open_talk
from feeds.catalog import read_file

JSON: Final = "json"
ITEMS_MAX: Final = 2_000  # of a set-up: taken in one after another
FILE_NAME: Final = "berita"


def register(made: Router) -> None:
    """Register what is heard of files."""
    made.message.register(export, Command("export", ignore_case=True))
    made.message.register(take, F.document)


async def export(message: Message, command: CommandObject, scene: Scene) -> None:
    """Do /export [json]: send all feeds as a list, or all that can be set without its secrets."""
    as_json = (command.args or "").strip().lower() == JSON
    kind, key = ("json", "bundle.exported") if as_json else ("opml", "list.exported")
    data = await scene.catalog.export_file(
        "json" if as_json else "opml", is_key=scene.deps.kinds.is_key
    )
    file = BufferedInputFile(data, filename=f"{FILE_NAME}.{kind}")
    said = scene.words.say(key).as_kwargs()["text"]
    method = SendDocument(chat_id=scene.person, document=file, caption=said, protect_content=False)
    await send(bot_of(message), method)


async def take(message: Message, scene: Scene) -> None:
    """Read a file and ask what shall become of it; nothing is looked at or taken in yet."""
    assert message.document is not None, "filtered"
    await show_work(message)
    document = message.document
    data = await fetched(scene.bot, document.file_id, said_bytes=document.file_size or 0)
    if (document.file_name or "").lower().endswith(f".{JSON}"):
        await _take_bundle(scene, document, data)
    else:
        await _take_list(scene, data)


async def _take_list(scene: Scene, data: bytes) -> None:
    found = read_file(data, "opml").feeds
    if len(found) > FEEDS_MAX:
        raise Refusal("list.too_many", most=FEEDS_MAX, held=len(found))
    talk = await open_talk(scene)
    if talk is not None and talk.kind == "feed":
        await end(scene)  # a list is an answer, too
    at = await scene.say(scene.words.count("list.holds", len(found)))
    await save(scene, List(at=at, feeds=tuple((each.url, each.title) for each in found)))
    await scene.put(await subscriptions.show(scene, at), at)


async def _take_bundle(scene: Scene, document: Document, data: bytes) -> None:
    found = read_file(data, "json")
    if len(found) > ITEMS_MAX:
        raise Refusal("bundle.too_many", most=ITEMS_MAX, held=len(found))
    if not len(found):
        raise Refusal("bundle.empty")
    at = await scene.say(scene.words.say("bundle.read"))
    sent = bundled.Sent(
        at=at,
        file=document.file_id,
        feeds=len(found.feeds),
        destinations=len(found.destinations),
        routes=len(found.routes),
        faults=len(found.faults),
    )
    await bundled.keep(scene, sent)
    await scene.put(await bundle.show(scene, at), at)
