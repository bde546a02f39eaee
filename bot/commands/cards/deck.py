"""All cards by name, and what a press of a button on one of them does."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Final, Protocol

from aiogram import F, Router
from aiogram.exceptions import TelegramRetryAfter
from aiogram.types import CallbackQuery
from aiogram.utils.formatting import Text

from bot.commands.answers import TOAST_MAX, toast
from bot.commands.border import told
from bot.commands.buttons import ID_MAX
from bot.commands.cards import (
    adm,
    bundle,
    channel,
    channels,
    deliveries,
    fail,
    feed,
    feed_settings,
    feeds,
    found,
    home,
    hook,
    lang,
    log,
    replay,
    route,
    route_filter,
    route_template,
    secret,
    settings,
    subscriptions,
    title_word,
    way,
)
from bot.commands.cards.scene import Gone, Scene, Shown, Turn
from bot.commands.cards.taps import SHOW, Tap, back
from bot.commands.refusal import Whole
from bot.commands.rights import Subject, may
from feeds.errors import BeritaError

ANSWERED_WITHIN: Final = timedelta(seconds=1)  # a press; what it asks for may take longer


class Card(Protocol):
    """A module of `bot.commands.cards` that shows one kind of thing."""

    async def show(self, scene: Scene, on: int, more: str = "") -> Shown:
        """Say how the thing is by now; raises Gone, BeritaError."""
        ...

    async def press(self, scene: Scene, tap: Tap) -> Turn:
        """Do what a button says, any deed but SHOW; raises Gone, BeritaError."""
        ...

    async def place_of(self, scene: Scene, tap: Tap) -> Subject:
        """Tell which destination or feed a press concerns; None: the bot as a whole."""
        ...


CARDS: Final[Mapping[str, Card]] = {
    "home": home,
    "chs": channels,
    "ch": channel,
    "cs": settings,
    "sec": secret,
    "dl": deliveries,
    "ra": replay,
    "wh": hook,
    "fds": feeds,
    "fd": feed,
    "fs": feed_settings,
    "fn": found,
    "rt": route,
    "rf": route_filter,
    "rx": route_template,
    "om": subscriptions,
    "bd": bundle,
    "way": way,
    "fw": title_word,
    "fail": fail,
    "log": log,
    "adm": adm,
    "lang": lang,
}


def register(made: Router) -> None:
    """Register what is heard of presses on cards."""
    made.callback_query.register(press, Tap.filter((F.on >= 0) & (F.on <= ID_MAX)))


async def press(query: CallbackQuery, callback_data: Tap, scene: Scene) -> None:
    """Do what a button says, and answer within a second, even if doing it takes longer."""
    try:
        turn, in_toast = await _done_and_answered(query, callback_data, scene)
    except ExceptionGroup as group:
        raise group.exceptions[0] from None  # the deed's own: at the border they are told apart
    if turn.card is not None:
        await scene.put(turn.card, scene.at)
    if turn.said and not in_toast:
        await scene.say(Text(turn.said))


async def _done_and_answered(query: CallbackQuery, tap: Tap, scene: Scene) -> tuple[Turn, bool]:
    """Give what came of it, and whether the toast has said that."""
    async with asyncio.TaskGroup() as tasks:
        doing = tasks.create_task(turn_of(tap, scene))
        await asyncio.wait([doing], timeout=ANSWERED_WITHIN.total_seconds())
        turn = doing.result() if doing.done() else Turn()
        fits = len(turn.said) <= TOAST_MAX
        await toast(query, turn.said if fits else "", alert=turn.alert and fits)
        in_toast = doing.done() and fits
    return doing.result(), in_toast


async def turn_of(tap: Tap, scene: Scene) -> Turn:  # noqa: PLR0911  # a way it may end each
    """Do it if this person may; what cannot be done shows the card as it is by now."""
    card, words = CARDS.get(tap.card), scene.words
    if card is None:
        return Turn(said=words.label("card.unknown"), alert=True)
    try:
        if not await may(scene, f"{tap.card}.{tap.deed}", await card.place_of(scene, tap)):
            return Turn(said=words.label("card.not_yours"), alert=True)
        if tap.deed == SHOW:
            return Turn(card=await card.show(scene, tap.on, tap.more))
        return await card.press(scene, tap)
    except Gone as gone:
        return Turn(card=_gone(gone, scene))
    except TelegramRetryAfter:
        return Turn(said=words.label("card.slower"), alert=True)
    except BeritaError as error:
        said = str(told(error, words).as_kwargs()["text"])
        return Turn(said=said, alert=True, card=await _as_it_is(card, tap, scene))


async def show(scene: Scene, name: str, on: int = 0, more: str = "") -> int:
    """Put a card anew into the chat, as a command asks for it; gives its message."""
    tap = Tap(card=name, deed=SHOW, on=on, more=more)
    try:
        if not await may(scene, f"{name}.{SHOW}", await CARDS[name].place_of(scene, tap)):
            raise Whole("card.not_yours")
        shown = await CARDS[name].show(scene, on, more)
    except Gone as gone:
        shown = _gone(gone, scene)
    return await scene.put(shown)


def _gone(gone: Gone, scene: Scene) -> Shown:
    said = scene.words.say(gone.key, **gone.values)
    return Shown(text=said, rows=((back(scene.words, gone.back_to),),))


async def _as_it_is(card: Card, tap: Tap, scene: Scene) -> Shown | None:
    try:
        return await card.show(scene, tap.on)
    except Gone as gone:
        return _gone(gone, scene)
    except BeritaError:
        return None
