"""The card of who looks after a channel besides the owners: inviting, and taking away again."""

from typing import Final

from bot.commands.cards.scene import Gone, Scene, Shown, Turn
from bot.commands.cards.taps import Tap, back, button
from bot.commands.places import called
from bot.commands.refusal import Refusal
from bot.commands.words import lines, plain
from feeds.model import Destination

CARD: Final = "adm"
KIND: Final = "telegram"
SHOWN_MAX: Final = 12
NAME_MAX: Final = 32  # UTF-16 units


async def show(scene: Scene, on: int, more: str = "") -> Shown:  # noqa: ARG001  # as every card
    """Show who looks after a channel."""
    place, words = await _found(scene, on), scene.words
    people = await scene.catalog.store.stewards_of(place.id)
    named = [f"• {plain(each.name, NAME_MAX) or each.id}" for each in people[:SHOWN_MAX]]
    head = (
        words.count("adm.head", len(people), place=called(place))
        if people
        else words.say("adm.none", place=called(place))
    )
    rows = [
        [
            button(
                words,
                CARD,
                "away",
                place.id,
                str(each.id),
                label=words.label("tap.adm.away", person=plain(each.name, NAME_MAX) or each.id),
                style="danger",
            )
        ]
        for each in people[:SHOWN_MAX]
    ]
    return Shown(
        text=lines(head, *named, words.say("adm.hint")),
        rows=([button(words, CARD, "invite", place.id)], *rows, [back(words, "ch", place.id)]),
    )


async def press(scene: Scene, tap: Tap) -> Turn:
    """Make an invitation, or take somebody away."""
    place, words = await _found(scene, tap.on), scene.words
    if tap.deed == "away" and tap.more.isdecimal():
        await scene.catalog.dismiss(int(tap.more), place.id)
        return Turn(said=words.label("adm.gone"), card=await show(scene, place.id))
    if tap.deed != "invite":
        return Turn(card=await show(scene, place.id))
    if place.kind != KIND:
        raise Refusal("adm.no_chat")
    await _invite(scene, place)
    return Turn()


async def place_of(scene: Scene, tap: Tap) -> int | None:  # noqa: ARG001  # as every card
    """Concern this very destination."""
    return tap.on


async def _invite(scene: Scene, place: Destination) -> None:
    """Say the link in a message of its own, to be passed on."""
    made = await scene.catalog.make_invite(place.id, scene.deps.dice)
    me = await scene.bot.me()
    link = f"https://t.me/{me.username}?start={made.code}"
    until = scene.words.moment(made.expires_at)
    said = scene.words.say("adm.invited", place=called(place), link=link, until=until)
    await scene.say(said)


async def _found(scene: Scene, destination: int) -> Destination:
    place = await scene.catalog.store.destination_by(destination)
    if place is None:
        raise Gone("channel.gone", back_to="chs")
    return place
