"""Word for those whose wish a stop has cut off: it is not repeated, for part of it may be done."""

import structlog

from bot.commands.answers import CannotAnswer
from bot.commands.cards.scenes import Scenes
from bot.commands.words import Words
from feeds.errors import StoreError

log = structlog.get_logger()


async def tell_all_cut_off(scenes: Scenes) -> bool:
    """Tell everybody whose wish an earlier run took up and did not end, once.

    Called before this run takes any up. False: somebody could not be told.
    """
    store = scenes.deps.catalog.store
    try:
        found = await store.cut_off()
        told = {each: await tell_cut_off(scenes, each) for each in dict.fromkeys(found.values())}
        for update, person in found.items():
            if told[person]:
                await store.finish(update)
    except StoreError as error:
        log.warning("whose wishes were cut off is not known", why=str(error))
        return False
    return all(told.values())


async def tell_cut_off(scenes: Scenes, person: int, words: Words | None = None) -> bool:
    """Tell somebody that his last wish may not be done; strangers hear nothing.

    `words`: in his language, if it is known; else as he last spoke. False: he could not be told.
    """
    scene = await scenes.later(person)
    if scene.who.is_known:
        try:
            await scene.say((words or scene.words).say("cut_off"))
        except CannotAnswer as error:
            log.warning("an answer was not sent", why=type(error).__name__)
            return False
    return True
