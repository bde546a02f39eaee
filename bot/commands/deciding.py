"""Presses of buttons under notices: one tap decides; a stale one shows how things are by now."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from aiogram import F, Router
from aiogram.types import CallbackQuery

from bot.commands.adding import check_place
from bot.commands.answers import toast
from bot.commands.border import told
from bot.commands.buttons import ID_MAX, Deed, Press
from bot.commands.cards.scene import Scene
from bot.commands.notices import Teller
from bot.commands.rights import may
from bot.commands.way import why_not
from bot.commands.words import Words
from feeds.catalog import Catalog
from feeds.errors import BeritaError
from feeds.model import Admin, DestinationState
from feeds.store.rows import Decided

OF_BURSTS: Final = frozenset({Deed.PUBLISH, Deed.SKIP, Deed.ROLL_UP})
ANSWERED_WITHIN: Final = timedelta(seconds=1)  # a press; what it asks for may take longer


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of a press."""

    said: str
    done: bool  # False: nothing was changed by it


def register(made: Router) -> None:
    """Register what is heard of presses under notices."""
    is_press = Press.filter((F.on > 0) & (F.on <= ID_MAX))
    made.callback_query.register(press, is_press, is_his)
    made.callback_query.register(refuse, is_press)


def register_last(made: Router) -> None:
    """Register what comes last: whatever else is pressed is answered, too."""
    made.callback_query.register(no_button)


async def press(
    query: CallbackQuery, callback_data: Press, scene: Scene, words: Words, teller: Teller
) -> None:
    """Do what a button says, and answer within a second, even if doing it takes longer."""
    who = Admin(person=query.from_user.id, name=query.from_user.full_name)
    async with asyncio.TaskGroup() as tasks:
        doing = tasks.create_task(decide(callback_data, scene, by=who, words=words))
        await asyncio.wait([doing], timeout=ANSWERED_WITHIN.total_seconds())
        await toast(query, doing.result().said if doing.done() else "")
    if doing.result().done:
        scene.deps.ring_notices()  # everybody's message is changed, this one with them
        if callback_data.deed in OF_BURSTS:
            await teller.refresh_held()  # its incident goes on while more is held there
    elif query.message is not None:
        await teller.refresh(who.person, query.message.message_id)


async def is_his(_query: CallbackQuery, callback_data: Press, scene: Scene) -> bool:
    """Let pass what somebody may decide (a filter): about his own channel, or all as an owner."""
    if scene.who.is_owner:
        return True
    place: int | None = callback_data.on
    if callback_data.deed is not Deed.RESUME:
        found = await scene.catalog.store.delivery_story(callback_data.on)
        place = found.destination.id if found is not None else None
    return await may(scene, f"notice.{callback_data.deed}", place)


async def refuse(query: CallbackQuery, words: Words) -> None:
    """Answer a press that is not his."""
    await toast(query, words.label("card.not_yours"), alert=True)


async def no_button(query: CallbackQuery) -> None:
    """Answer a press of something that is no button of ours."""
    await toast(query)


async def decide(press: Press, scene: Scene, *, by: Admin, words: Words) -> Answer:
    """Do one deed; what cannot be done is an answer, too."""
    try:
        if press.deed is Deed.RESUME:
            return await _resume(press, scene, by=by, words=words)
        return await _decide(press, scene.catalog, by=by, words=words)
    except BeritaError as error:
        return Answer(said=told(error, words).as_kwargs()["text"], done=False)


async def _decide(press: Press, catalog: Catalog, *, by: Admin, words: Words) -> Answer:
    decided = await _deed(press, catalog, by)
    if decided.changed:
        return Answer(said=words.label(f"done.{press.deed}"), done=True)
    found = await catalog.store.delivery_story(press.on)
    state = found.delivery.state if found is not None else "unknown"
    return Answer(said=why_not(decided, state, words), done=False)


async def _deed(press: Press, catalog: Catalog, by: Admin) -> Decided:
    match press.deed:
        case Deed.CONFIRM:
            return await catalog.confirm_delivery(press.on, by=by)
        case Deed.RETRY:
            return await catalog.retry_deliveries([press.on], by=by)
        case Deed.DROP:
            return await catalog.drop_deliveries([press.on], by=by)
        case Deed.PUBLISH:
            return await catalog.decide_burst(press.on, "publish", by=by)
        case Deed.SKIP:
            return await catalog.decide_burst(press.on, "skip", by=by)
        case Deed.ROLL_UP:
            return await catalog.decide_burst(press.on, "roll_up", by=by)
        case Deed.RESUME:
            raise AssertionError("is about a destination")


async def _resume(press: Press, scene: Scene, *, by: Admin, words: Words) -> Answer:
    """Open a parked destination, if Telegram agrees; what was paused since then stays paused."""
    place = await scene.catalog.store.destination_by(press.on)
    if place is None:
        return Answer(said=words.label("destination.unknown"), done=False)
    if place.state is not DestinationState.PARKED:
        return Answer(said=words.label(f"destination.{place.state}"), done=False)
    await check_place(scene.bot, place, by.person)
    await scene.catalog.resume_destination(place.name, by=by)
    return Answer(said=words.label("done.resume"), done=True)
