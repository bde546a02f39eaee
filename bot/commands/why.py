"""/why LINK, and published posts that are forwarded to the bot: the way of a story."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from aiogram import Router
from aiogram.filters import Command, CommandObject
from aiogram.types import Message, MessageOriginChannel
from aiogram.utils.formatting import Text

from bot.commands.answers import answer, show_work
from bot.commands.cards import deck
from bot.commands.cards.scene import Scene, Shown
from bot.commands.cards.taps import button
from bot.commands.forwarded import Group, group_of, links_of
from bot.commands.places import called
from bot.commands.reasons import tell_reason
from bot.commands.refusal import Usage
from bot.commands.rights import may
from bot.commands.way import MARKS
from bot.commands.words import Words, copyable, lines, plain
from feeds.catalog import Catalog, Neighbour, Why
from feeds.errors import AddressError
from feeds.model import FeedState
from feeds.store.rows import DeliveryStory

KIND: Final = "telegram"
NAME_MAX, TITLE_MAX = 64, 120  # UTF-16 units
_POST: Final = re.compile(
    r"(?:https?://)?(?:www\.)?t\.me/(?:c/(\d{1,16})|([A-Za-z]\w{3,31}))(?:/\d{1,10})?/(\d{1,10})/?"
)


def register(made: Router) -> None:
    """Register what is heard of /why."""
    made.message.register(ask, Command("why", ignore_case=True))


def forwards_router() -> Router:
    """Make the router of posts that are forwarded to the bot: it hears nothing else."""
    made = Router(name="forwards")
    made.message.register(ask_of_post)
    return made


async def ask(message: Message, command: CommandObject, scene: Scene) -> None:
    """Do /why LINK; also with a story's id, a delivery's number or the link of a post."""
    match (command.args or "").split():
        case [asked]:
            await show_work(message)
            await _tell(message, scene, await _look(scene.catalog, asked))
        case _:
            raise Usage("why")


async def ask_of_post(message: Message, scene: Scene) -> None:
    """Tell the way of a post that was forwarded from a channel or a group of ours."""
    origin = message.forward_origin
    if isinstance(origin, MessageOriginChannel):
        place, number = str(origin.chat.id), str(origin.message_id)
        await _tell(message, scene, await scene.catalog.why_post(KIND, place, number), post=True)
    elif (group := group_of(message, scene.bot.id)) is not None:
        await _ask_of_group(message, scene, group)
    else:
        await answer(message, scene.words.say("why.not_a_post"))


async def _ask_of_group(message: Message, scene: Scene, group: Group) -> None:
    """Find a group's post by the story it links to, where that stands in Telegram."""
    why = await scene.catalog.why_linked(links_of(message))
    seen = [await scene.catalog.store.delivery_story(each) for each in why.deliveries]
    posts = [each for each in seen if each is not None and _stands(each, group.place)]
    if posts:
        here = replace(why, deliveries=tuple(each.delivery.id for each in posts))
        await _tell(message, scene, here, post=True)
        return
    key = "why.which_post" if group.is_ours or group.place else "why.not_a_post"
    await answer(message, scene.words.say(key))


def _stands(told: DeliveryStory, place: str | None) -> bool:
    """Tell whether it became a message of Telegram's, of this chat if it is known."""
    destination = told.destination
    in_place = place in {None, destination.address.partition("/")[0]}
    return destination.kind == KIND and told.delivery.message_id is not None and in_place


async def _look(catalog: Catalog, asked: str) -> Why:
    post = _POST.fullmatch(asked)
    if post is None:
        return await catalog.why(asked)
    inside, name, number = post.groups()
    if inside is not None:
        return await catalog.why_post(KIND, f"-100{inside}", number)
    try:
        place = await catalog.reach().addresses.resolve(KIND, f"@{name}")
    except AddressError:
        return Why()
    return await catalog.why_post(KIND, place.address, number)


async def _tell(message: Message, scene: Scene, why: Why, *, post: bool = False) -> None:
    """Show the one way, or offer several; of nothing found say what could be."""
    found = [told for each in why.deliveries if (told := await _visible(scene, each)) is not None]
    if len(found) == 1:
        await deck.show(scene, "way", found[0].delivery.id)
    elif found:
        await scene.put(_several(found, scene.words))
    elif not await may(scene, "why.unknown", None):
        await answer(message, scene.words.say("why.not_here"))
    else:
        await answer(message, _unknown(why, scene.words, post=post))


async def _visible(scene: Scene, delivery: int) -> DeliveryStory | None:
    told = await scene.catalog.store.delivery_story(delivery)
    if told is None or not await may(scene, "way.show", told.destination.id):
        return None
    return told


def _several(found: list[DeliveryStory], words: Words) -> Shown:
    story = found[0].story
    title = plain(story.title if story else "", TITLE_MAX)
    rows = [
        (
            button(
                words,
                "way",
                "show",
                told.delivery.id,
                label=f"{MARKS[told.delivery.state]} {called(told.destination)}",
            ),
        )
        for told in found
    ]
    return Shown(text=words.count("why.several", len(found), title=title), rows=rows)


def _unknown(why: Why, words: Words, *, post: bool) -> Text:
    if post:
        return words.say("why.no_such_post")
    if why.is_story:
        return words.say("why.goes_nowhere", example=copyable("berita route add FEED PLACE"))
    if why.before:
        feed, seen_at = why.before[0]
        return words.say("why.before", feed=plain(feed, NAME_MAX), moment=words.moment(seen_at))
    if not why.site:
        return words.say("why.nothing")
    if not why.neighbours:
        again = copyable(f"/addfeed https://{plain(why.site, NAME_MAX)}/")
        return words.say("why.no_feed", site=why.site, example=again)
    told = [_neighbour(each, words) for each in why.neighbours]
    return lines(words.say("why.unknown", site=why.site), *told, *_hints(why, words))


def _neighbour(near: Neighbour, words: Words) -> Text:
    row = near.feed
    name = copyable(row.name)
    if row.state is not FeedState.ACTIVE:
        return Text("⏸ ", words.say("why.feed_rests", feed=name))
    if near.holds is None:
        error = tell_reason(row.last_error, words, TITLE_MAX) or "–"
        return Text("🟡 ", words.say("why.feed_silent", feed=name, reason=error))
    if near.holds:
        due = words.moment(row.next_poll_at)
        return Text("🟢 ", words.say("why.feed_has_it", feed=name, moment=due))
    return Text("⚪ ", words.say("why.feed_lacks_it", feed=name))


def _hints(why: Why, words: Words) -> Iterator[Text]:
    if not any(near.holds for near in why.neighbours):
        yield words.say("why.other_link")
