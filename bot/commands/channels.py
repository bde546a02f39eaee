"""Channels, groups and topics: how they come to the bot. And /channels."""

from typing import Final

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.types import Message, ReplyKeyboardRemove

from bot.commands.adding import KIND, check_asker, check_may_post, check_place, find_place
from bot.commands.cards import deck
from bot.commands.cards.scene import Gone, Scene, Shown
from bot.commands.cards.taps import button
from bot.commands.places import called
from bot.commands.refusal import Whole
from bot.commands.rights import may
from bot.commands.wizards.talking import begin, end, open_talk
from bot.commands.words import known_as
from feeds.model import Destination
from feeds.model.people import Talk

WIZARD: Final = "channel"
TAKEN: Final = "taken"  # no wizard's: the talk is over, and Telegram may tell of its end twice


def register(made: Router) -> None:
    """Register what is heard of channels."""
    made.message.register(show, Command("channels", ignore_case=True))
    made.message.register(hear_shared, F.chat_shared)


async def show(_message: Message, scene: Scene) -> None:
    """Show /channels."""
    await deck.show(scene, "chs")


async def hear_shared(message: Message, scene: Scene) -> None:
    """Take in the chat that somebody chose by a button; its number is but a claim."""
    assert message.chat_shared is not None, "filtered"
    chat = message.chat_shared.chat_id
    talk = await open_talk(scene)
    if talk is not None and talk.kind == TAKEN and talk.data.get("chat") == chat:
        await end(scene)  # Telegram told of our promotion first, and it was taken in by that
        return
    await take_in(scene, str(chat))


async def take_in(scene: Scene, typed: str) -> None:
    """Check a chat and keep it as a destination, then show what comes next; raises BeritaError."""
    place = await _kept(scene, typed)
    talk = await open_talk(scene)
    asked = talk if talk is not None and talk.kind == WIZARD else None
    if asked is not None:
        await end(scene)
    await _tell_taken(scene, place, asked)


async def hear_promoted(scene: Scene, chat: int, title: str) -> None:
    """Take in a chat where somebody has just made us administrator, if he was asked for one.

    Whoever was not is offered to have it taken in.
    """
    talk = await open_talk(scene)
    if talk is None or talk.kind != WIZARD:
        if await _is_ours(scene, chat):
            return
        use = button(scene.words, "chs", "take", more=str(chat))
        said = scene.words.say("channel.offer", place=known_as(title, str(chat)))
        await scene.put(Shown(text=said, rows=((use,),)))
        return
    place = await _kept(scene, str(chat))
    await begin(scene, TAKEN, {"chat": chat})
    await _tell_taken(scene, place, talk)


async def _is_ours(scene: Scene, chat: int) -> bool:
    """Tell whether a chat, or a topic of it, is a destination already."""
    rows = await scene.catalog.store.list_destinations()
    return any((row.kind, row.address.partition("/")[0]) == (KIND, str(chat)) for row in rows)


async def _kept(scene: Scene, typed: str) -> Destination:
    """Find the destination that a chat is, or make it one, if both of us may post there."""
    known = await find_place(scene.catalog, typed)
    subject = known.id if isinstance(known, Destination) else None
    if not await may(scene, "ch.show" if subject else "talk.channel", subject):
        raise Whole("card.not_yours")
    if isinstance(known, Destination):
        await check_place(scene.bot, known, scene.person)
        return known
    await check_may_post(scene.bot, known)
    await check_asker(scene.bot, known, scene.person)
    added = (await scene.catalog.add_destination(KIND, known.address)).destination
    if scene.who.is_owner:
        return added
    await scene.catalog.bring(added.id, scene.name)
    return added


async def _tell_taken(scene: Scene, place: Destination, asked: Talk | None) -> None:
    """Say so, taking the buttons away that asked for it; then go on with a feed that waits."""
    said = scene.words.say("channel.added", place=called(place))
    await scene.say(said, ReplyKeyboardRemove())
    waits = asked.data.get("find") if asked is not None else None
    if isinstance(waits, int):
        try:
            await scene.put(await deck.CARDS["fn"].show(scene, waits), waits)
        except Gone:
            waits = None
    if waits is None:
        await deck.show(scene, "ch", place.id)
