"""Webhooks, and hooks into chats of other services: how they come to the bot. And /addwebhook."""

from typing import Final

from aiogram import Router
from aiogram.filters import Command, CommandObject
from aiogram.types import Message

from bot.commands.asking import ask_for_hook
from bot.commands.cards import deck
from bot.commands.cards.hook import choice
from bot.commands.cards.scene import Scene
from bot.commands.places import called
from bot.commands.refusal import Refusal
from bot.commands.wizards.talking import begin, end
from bot.commands.words import lines

WIZARD: Final = "hook"


def register(made: Router) -> None:
    """Register what is heard of webhooks."""
    made.message.register(add, Command("addwebhook", ignore_case=True))


async def add(_message: Message, command: CommandObject, scene: Scene) -> None:
    """Do /addwebhook [URL]."""
    typed = (command.args or "").split()
    if not typed:
        await ask_for_hook(scene)
    elif len(typed) > 1:
        raise Refusal("hook.what")
    else:
        await take_in(scene, typed[0])


async def take_in(scene: Scene, typed: str) -> None:
    """Add a URL, or ask what it is where it may be more than one thing; raises BeritaError."""
    kinds = scene.deps.kinds.likely(typed)
    if len(kinds) == 1:
        await take_in_as(scene, kinds[0], typed)
        return
    for kind in kinds:  # what cannot be used is said at once
        scene.catalog.reach().addresses.read(kind, typed)
    await begin(scene, WIZARD, {"url": typed})
    await scene.put(choice(kinds, scene.words))


async def take_in_as(scene: Scene, kind: str, typed: str) -> None:
    """Add a URL as a destination of this kind, and show its card; raises BeritaError."""
    added = await scene.catalog.add_destination(kind, typed)
    await end(scene)
    place, words = added.destination, scene.words
    await scene.say(
        lines(
            words.say("hook.added", place=called(place)),
            words.say("hook.signed") if added.secret_made else "",
        )
    )
    await deck.show(scene, "ch", place.id)
