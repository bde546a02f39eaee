"""/preview: a feed's newest story, sent to the admin exactly as its channel would get it."""

import json
from typing import Final

from aiogram import Bot, Router
from aiogram.filters import Command, CommandObject
from aiogram.methods import SendMessage
from aiogram.types import Message

from bot.commands.answers import answer, send, show_work
from bot.commands.deps import CommandDeps
from bot.commands.refusal import Usage
from bot.commands.words import Words
from feeds.catalog import Catalog
from feeds.model import Feed, Origin, RouteOptions

KIND: Final = "telegram"


def register(made: Router) -> None:
    """Register what is heard of /preview."""
    made.message.register(preview, Command("preview", ignore_case=True))


async def preview(
    message: Message, command: CommandObject, bot: Bot, deps: CommandDeps, words: Words
) -> None:
    """Do /preview URL or NAME."""
    typed = (command.args or "").strip()
    if not typed:
        raise Usage("preview")
    await show_work(message)
    body = await render_newest(deps, typed)
    if body is None:
        await answer(message, words.say("preview.empty"))
    else:
        await send(bot, as_message(body, chat=message.chat.id))


async def render_newest(deps: CommandDeps, typed: str) -> bytes | None:
    """Render the newest story of a feed we have, in the way of its first channel, or of any URL."""
    feed = await deps.catalog.store.feed_by(typed)
    if feed is None and not _is_url(typed):
        feed = await deps.catalog.feed(typed)  # raises UnknownName, with the near ones
    if feed is None:
        return await deps.preview(typed, origin=Origin.ADMIN, options=RouteOptions(), language=None)
    options, language = await _way_of(deps.catalog, feed)
    return await deps.preview(feed.url, origin=feed.origin, options=options, language=language)


def as_message(body: bytes, *, chat: int) -> SendMessage:
    """Read the JSON that Telegram's render made, for another chat."""
    return SendMessage.model_validate(json.loads(body) | {"chat_id": chat, "parse_mode": None})


async def _way_of(catalog: Catalog, feed: Feed) -> tuple[RouteOptions, str | None]:
    """Find how a feed looks in the first channel it goes to, else how it would by default."""
    places = {row.id: row.destination for row in await catalog.store.list_destinations()}
    for row in await catalog.list_routes():
        place = places.get(row.route.destination)
        if row.route.feed == feed.id and place is not None and place.kind == KIND:
            return row.route.options, place.options.language
    return RouteOptions(), None


def _is_url(typed: str) -> bool:
    return "." in typed or "://" in typed
