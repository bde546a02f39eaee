"""Word for those whose wish a stop has cut off: it is not repeated, for part of it may be done."""

from contextlib import suppress

import structlog

from bot.commands.answers import CannotAnswer
from bot.commands.cards.scenes import Scenes
from bot.commands.words import Words
from feeds.errors import StoreError

log = structlog.get_logger()


async def tell_all_cut_off(scenes: Scenes) -> None:
    """Tell everybody whose wish an earlier run took up and did not end, once."""
    store = scenes.deps.catalog.store
    try:
        found = await store.cut_off()
        for person in dict.fromkeys(found.values()):
            await tell_cut_off(scenes, person)
        for update in found:
            await store.finish(update)
    except StoreError as error:
        log.warning("whose wishes were cut off is not known", why=str(error))


async def tell_cut_off(scenes: Scenes, person: int, words: Words | None = None) -> None:
    """Tell somebody that his last wish may not be done; strangers hear nothing.

    `words`: in his language, if it is known; else as he last spoke.
    """
    scene = await scenes.later(person)
    if scene.who.is_known:
        with suppress(CannotAnswer):
            await scene.say((words or scene.words).say("cut_off"))
