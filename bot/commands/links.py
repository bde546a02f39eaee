"""Links that are simply sent: looked at, and shown as a card with what can be done with them."""

import re
from typing import Any, Final

from aiogram import Router
from aiogram.types import Message

from bot.commands.answers import answer
from bot.commands.cards import found as card
from bot.commands.cards.scene import Scene
from bot.commands.channels import take_in
from bot.commands.finds import LINKS_MAX, Find, load, look, save
from bot.commands.words import Words
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


def router() -> Router:
    """Make the router of links; it comes after all that is said in talks."""
    made = Router(name="links")
    made.message.register(hear, are_links)
    return made


def links_in(text: str | None) -> list[str]:
    """Read a message that is nothing but links, each once; an empty list: it is something else."""
    parts = (text or "").split()
    if not all(len(part) <= LINK_MAX and LINK.fullmatch(part) for part in parts):
        return []
    return list(dict.fromkeys(parts))


async def are_links(message: Message) -> bool | dict[str, Any]:
    """Let pass what is one link or several."""
    found = links_in(message.text)
    return {"found": found} if found else False


async def hear(message: Message, scene: Scene, words: Words, found: list[str]) -> None:
    """Look at links; one to a chat in Telegram is a channel to add."""
    if len(found) == 1 and TELEGRAM.fullmatch(found[0]):
        await take_in(scene, found[0])
    elif len(found) > LINKS_MAX:
        await answer(message, words.count("found.too_many", LINKS_MAX))
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
            find = find.with_refused(url, str(error))
    await save(scene, find)
    await scene.put(await card.show(scene, on), on)
