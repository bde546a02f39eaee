"""All wizards by kind; what is no command goes to the one whose talk is open. And /cancel."""

from collections.abc import Mapping
from typing import Any, Final, Protocol

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import Message, ReplyKeyboardRemove

from bot.commands.cards.scene import Scene
from bot.commands.judging import OfFeed
from bot.commands.refusal import Refusal
from bot.commands.rights import Subject, may
from bot.commands.wizards import (
    channel,
    feed,
    feed_setting,
    hashtags,
    hook,
    rules,
    setting,
    template,
)
from bot.commands.wizards.talking import end, open_talk
from bot.commands.words import Words
from feeds.model.people import Talk


class Wizard(Protocol):
    """A module of `bot.commands.wizards` that asks for one kind of thing."""

    async def hear(self, scene: Scene, talk: Talk, message: Message) -> None:
        """Take an answer; raises BeritaError, after which the question still stands."""
        ...


WIZARDS: Final[Mapping[str, Wizard]] = {
    "channel": channel,
    "feed": feed,
    "hashtags": hashtags,
    "filter": rules,
    "template": template,
    "setting": setting,
    "feed_every": feed_setting,
    "feed_name": feed_setting,
    "feed_url": feed_setting,
    "hook": hook,
}


def register(made: Router) -> None:
    """Register what is said in talks; it comes after all commands."""
    made.message.register(cancel, Command("cancel", ignore_case=True))
    made.message.register(hear, in_a_talk)


async def cancel(_message: Message, scene: Scene, words: Words) -> None:
    """Do /cancel."""
    talk = await open_talk(scene)
    await end(scene)
    asked = talk is not None and talk.kind in WIZARDS
    said = words.say("talk.cancelled" if asked else "talk.none")
    await scene.say(said, ReplyKeyboardRemove())  # those that a wizard may have shown


async def in_a_talk(_message: Message, scene: Scene) -> bool | dict[str, Any]:
    """Let pass what is said while a talk is open, with that talk."""
    talk = await open_talk(scene)
    return {"talk": talk} if talk is not None and talk.kind in WIZARDS else False


async def hear(message: Message, scene: Scene, talk: Talk) -> None:
    """Hand the message to the talk's wizard, if this person may still answer there."""
    if not await may(scene, f"talk.{talk.kind}", _subject(talk)):
        await end(scene)
        raise Refusal("talk.not_yours")
    await WIZARDS[talk.kind].hear(scene, talk, message)


def _subject(talk: Talk) -> Subject:
    feed, place = talk.data.get("feed"), talk.data.get("destination")
    if isinstance(feed, int):
        return OfFeed(feed=feed)
    return place if isinstance(place, int) else None
