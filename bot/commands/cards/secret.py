"""The card of a webhook's secret: told to owners under a spoiler, changed when they are sure."""

from contextlib import suppress
from hashlib import sha256
from typing import Final

from aiogram.exceptions import TelegramBadRequest
from aiogram.methods import DeleteMessage
from aiogram.utils.formatting import Bold, Spoiler, Text

from bot.commands.answers import send
from bot.commands.cards import settings
from bot.commands.cards.choosing import place_on
from bot.commands.cards.scene import Scene, Shown, Turn
from bot.commands.cards.taps import Tap, back, button
from bot.commands.places import called
from bot.commands.words import lines
from feeds.model import Destination

NAME: Final = "sec"


async def show(scene: Scene, on: int, more: str = "") -> Shown:  # noqa: ARG001  # as every card
    """Ask whether the secret shall be changed; it is not in this card."""
    return _sure(await place_on(scene, on), scene)


async def press(scene: Scene, tap: Tap) -> Turn:
    """Tell the secret in a message of its own, take that away, or make a new secret."""
    if tap.deed == "hide":
        return await _hide(scene)
    place, words = await place_on(scene, tap.on), scene.words
    match tap.deed:
        case "tell":
            await _tell(scene, place, await scene.catalog.secret_of(str(place.id)))
            return Turn()
        case "rotating" if tap.more == _mark(place):
            return await _rotate(scene, place)
        case "rotating":
            card = await settings.show(scene, place.id)
            return Turn(card=card, said=words.label("route.changed"), alert=True)
        case _:
            return Turn(said=words.label("card.unknown"), alert=True)


async def place_of(scene: Scene, tap: Tap) -> int | None:  # noqa: ARG001  # as every card
    """Concern this very destination."""
    return tap.on


async def _tell(scene: Scene, place: Destination, secret: str) -> None:
    hide = button(scene.words, NAME, "hide", place.id)
    said = scene.words.say("secret.told", place=called(place))
    await scene.put(Shown(text=lines(said, Spoiler(secret)), rows=((hide,),)))


async def _hide(scene: Scene) -> Turn:
    """Delete the message whose button was pressed; one too old for that is emptied."""
    with suppress(TelegramBadRequest):
        if scene.at is not None:
            await send(scene.bot, DeleteMessage(chat_id=scene.person, message_id=scene.at))
            return Turn()
    return Turn(card=Shown(text=scene.words.say("secret.hidden")))


async def _rotate(scene: Scene, place: Destination) -> Turn:
    declared = scene.deps.kinds.secrets_declared
    rotated = await scene.catalog.change_secret(place, declared=declared)
    await _tell(scene, place, rotated.secret)
    until = rotated.old_until
    said = scene.words.label("secret.made" if until is None else "secret.rotated")
    return Turn(card=await settings.show(scene, place.id), said=said)


def _sure(place: Destination, scene: Scene) -> Shown:
    words, until = scene.words, place.old_secret_until
    lately = until is not None and scene.now() < until
    yes = button(words, NAME, "rotating", place.id, _mark(place), style="danger")
    return Shown(
        text=lines(
            Text("🔑 ", Bold(called(place))),
            words.say("secret.sure"),
            words.say("secret.twice") if lately else "",
        ),
        rows=((yes,), (back(words, settings.NAME, place.id),)),
    )


def _mark(place: Destination) -> str:
    """Tell one secret from the next in a few letters, of which nothing can be guessed."""
    return sha256(f"berita:{place.id}:{place.secret}".encode()).hexdigest()[:8]
