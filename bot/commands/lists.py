"""Lists of feeds as OPML files: sent to the bot, and asked for by /export."""

from typing import Final

from aiogram import Bot, F, Router
from aiogram.exceptions import AiogramError
from aiogram.filters import Command
from aiogram.methods import SendDocument
from aiogram.types import BufferedInputFile, Document, Message

from bot.commands.answers import bot_of, send, show_work
from bot.commands.cards import subscriptions
from bot.commands.cards.scene import Scene
from bot.commands.listed import FEEDS_MAX, List, save
from bot.commands.refusal import Refusal
from bot.commands.wizards.talking import end, open_talk
from feeds.catalog import read_file

FILE_BYTES_MAX: Final = 1_000_000
CHUNK_BYTES: Final = 64 * 1024
DOWNLOAD_SECONDS: Final = 30
FILE_NAME: Final = "berita.opml"


def router() -> Router:
    """Make the router of lists."""
    made = Router(name="lists")
    made.message.register(export, Command("export", ignore_case=True))
    made.message.register(take, F.document)
    return made


async def export(message: Message, scene: Scene) -> None:
    """Do /export: send all feeds as a file."""
    data = await scene.catalog.export_file("opml")
    file = BufferedInputFile(data, filename=FILE_NAME)
    said = scene.words.say("list.exported").as_kwargs()["text"]
    method = SendDocument(chat_id=scene.person, document=file, caption=said, protect_content=False)
    await send(bot_of(message), method)


async def take(message: Message, scene: Scene) -> None:
    """Read a list and ask where its feeds shall go; nothing is looked at yet."""
    assert message.document is not None, "filtered"
    await show_work(message)
    found = read_file(await _fetched(scene, message.document), "opml").feeds
    if len(found) > FEEDS_MAX:
        raise Refusal("list.too_many", most=FEEDS_MAX, held=len(found))
    talk = await open_talk(scene)
    if talk is not None and talk.kind == "feed":
        await end(scene)  # a list is an answer, too
    at = await scene.say(scene.words.count("list.holds", len(found)))
    await save(scene, List(at=at, feeds=tuple((each.url, each.title) for each in found)))
    await scene.put(await subscriptions.show(scene, at), at)


async def _fetched(scene: Scene, document: Document) -> bytes:
    """Fetch a file from Telegram, as far as it is small enough; its size is but said."""
    if (document.file_size or 0) > FILE_BYTES_MAX:
        raise Refusal("list.too_large", megabytes=FILE_BYTES_MAX // 1_000_000)
    try:
        return await _downloaded(scene.bot, document.file_id)
    except AiogramError as error:
        raise Refusal("list.not_given") from error


async def _downloaded(bot: Bot, file_id: str) -> bytes:
    file = await bot.get_file(file_id)
    url = bot.session.api.file_url(bot.token, file.file_path or "")
    data = bytearray()
    async for chunk in bot.session.stream_content(
        url, timeout=DOWNLOAD_SECONDS, chunk_size=CHUNK_BYTES, raise_for_status=True
    ):
        data += chunk
        if len(data) > FILE_BYTES_MAX:
            raise Refusal("list.too_large", megabytes=FILE_BYTES_MAX // 1_000_000)
    return bytes(data)
