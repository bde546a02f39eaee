"""Links that are simply sent: looked at, and shown as a card with what can be done with them."""

import re
from typing import Any, Final

from aiogram import Router
from aiogram.types import Message

from bot.commands.border import reason_of
from bot.commands.cards import found as card
from bot.commands.cards.scene import Scene
from bot.commands.channels import take_in
from bot.commands.finds import Find, load, look, save
from feeds.errors import BeritaError, StoreError

TELEGRAM: Final = re.compile(
    r"(?:https?://)?(?:www\.)?t(?:elegram)?\.(?:me|dog)/\S+", re.IGNORECASE
)
LINK: Final = re.compile(
    r"[a-z][a-z0-9+.-]{1,20}://\S+"
    r"|[\w-]+(?:\.[\w-]+)*\.[^\W\d_]{2,}(?::\d+)?(?:[/?#]\S*)?",
    re.IGNORECASE,
)
LINK_MAX: Final = 2_000  # characters
MARKED: Final = frozenset({"url", "text_link"})  # kinds of entities (Bot API, MessageEntity)


def register(made: Router) -> None:
    """Register what is heard of links; it comes after all that is said in talks."""
    made.message.register(hear, are_links)


def links_in(text: str | None) -> list[str]:
    """Read a message that is nothing but links, each once; an empty list: it is something else."""
    parts = (text or "").split()
    if not all(len(part) <= LINK_MAX and LINK.fullmatch(part) for part in parts):
        return []
    return list(dict.fromkeys(parts))


def links_of(message: Message) -> list[str]:
    """Read the links of a message: nothing but links, or words with links among them.

    Phones share a page as its headline and its address. Chats in Telegram that are named among
    words are meant for readers.
    """
    text = message.text or message.caption or ""
    if (links := links_in(text)) or text.startswith("/"):
        return links
    marked = message.entities or message.caption_entities or []
    found = (
        each.url if each.type == "text_link" else each.extract_from(text)
        for each in marked
        if each.type in MARKED
    )
    fit = (each for each in found if each and len(each) <= LINK_MAX and LINK.fullmatch(each))
    return [each for each in dict.fromkeys(fit) if not TELEGRAM.fullmatch(each)]


async def are_links(message: Message) -> bool | dict[str, Any]:
    """Let pass what holds a link or several."""
    found = links_of(message)
    return {"found": found} if found else False


async def hear(_message: Message, scene: Scene, found: list[str]) -> None:
    """Look at links; one to a chat in Telegram is a channel to add."""
    if len(found) == 1 and TELEGRAM.fullmatch(found[0]):
        await take_in(scene, found[0])
    else:
        await look(scene, found)


async def look_now(scene: Scene, on: int) -> None:
    """Look at the links of a find (an errand), one after another, and show what is there."""
    asked = await load(scene, on)
    find = Find(at=asked.at, links=asked.links, start=asked.start, looked=True)
    for url in asked.links:
        try:
            find = find.with_seen(await scene.catalog.discover(url))
        except StoreError:
            raise
        except BeritaError as error:
            find = find.with_refused(url, str(reason_of(error, scene.words).as_kwargs()["text"]))
    await save(scene, find)
    await scene.put(await card.show(scene, on), on)
