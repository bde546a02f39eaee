"""What /addfeed does: adds a feed and, if asked, the channel to publish it in.

Both are checked before either is written; a feed that is here already gets one more place to go.
"""

from dataclasses import dataclass, replace
from typing import Final

import structlog
from aiogram import Bot
from aiogram.exceptions import (
    AiogramError,
    ClientDecodeError,
    TelegramBadRequest,
    TelegramForbiddenError,
)
from aiogram.types import (
    ChatMemberAdministrator,
    ChatMemberMember,
    ChatMemberOwner,
    ChatMemberRestricted,
    ResultChatMemberUnion,
)

from bot.commands.refusal import Refusal
from bot.commands.words import known_as
from feeds.catalog import Catalog
from feeds.catalog.probe import checked_url
from feeds.model import Destination, Feed
from feeds.ports import ResolvedAddress

KIND: Final = "telegram"

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """A feed that is watched now, and where it goes, if somewhere was named."""

    feed: Feed
    title: str
    known: bool  # it was here before
    headline: str | None  # of its newest story; None where there is none, or it was not looked at
    to: Destination | None = None


async def follow(catalog: Catalog, bot: Bot, *, url: str, to: str | None, person: int) -> Followed:
    """Add a feed and, with `to`, its route; raises BeritaError."""
    place = await _checked_place(catalog, bot, to, person) if to is not None else None
    known = await catalog.store.find_feed_by_url(checked_url(url)) if place is not None else None
    if known is not None:
        followed = Followed(feed=known, title=_title(known, ""), known=True, headline=None)
    else:
        added = await catalog.add_feed(url)
        title, headline = _title(added.feed, added.title), next(iter(added.headlines), None)
        followed = Followed(feed=added.feed, title=title, known=False, headline=headline)
    if place is None or to is None:
        return followed
    destination = place if isinstance(place, Destination) else await _add_place(catalog, to)
    await catalog.add_route(followed.feed.name, destination.name)
    return replace(followed, to=destination)


def _title(feed: Feed, found: str) -> str:
    return known_as(feed.title or found, feed.name)


async def _checked_place(
    catalog: Catalog, bot: Bot, typed: str, person: int
) -> Destination | ResolvedAddress:
    """Find where stories shall go, and make sure that they may."""
    if not _is_address(typed):
        place = await catalog.destination(typed)
        await check_place(bot, place, person)
        return place
    found = await find_place(catalog, typed)
    if isinstance(found, Destination):
        await check_place(bot, found, person)
    else:
        await check_may_post(bot, found)
        await check_asker(bot, found, person)
    return found


async def find_place(catalog: Catalog, typed: str) -> Destination | ResolvedAddress:
    """Find the destination that a chat is, or a chat that may become one; raises AddressError."""
    resolved = await catalog.reach().addresses.resolve(KIND, typed)
    for row in await catalog.store.list_destinations():
        if (row.kind, row.address) == (KIND, resolved.address):
            return row.destination
    return resolved


async def check_place(bot: Bot, place: Destination, person: int) -> None:
    """Check anew that we may post at a destination, and that this person is an admin there.

    Raises Refusal. Only Telegram's chats are asked about, and only those whose number is known.
    """
    if place.kind == KIND and place.address.lstrip("-").partition("/")[0].isdecimal():
        chat = ResolvedAddress(address=place.address, title=place.title)
        await check_may_post(bot, chat)
        await check_asker(bot, chat, person)


def _is_address(typed: str) -> bool:
    return typed.startswith(("@", "-")) or "t.me/" in typed


async def _add_place(catalog: Catalog, typed: str) -> Destination:
    return (await catalog.add_destination(KIND, typed)).destination


async def check_may_post(bot: Bot, chat: ResolvedAddress) -> None:
    """Ask Telegram about our own standing in a chat; raises Refusal."""
    place = f"“{chat.title}”" if chat.title else chat.address
    number = int(chat.address.partition("/")[0])  # a topic is posted in by the chat's rights
    try:
        standing = await bot.get_chat_member(number, bot.id)
    except (TelegramForbiddenError, TelegramBadRequest):
        raise Refusal("refused.not_inside", place=place) from None
    except AiogramError as error:
        if isinstance(error, ClientDecodeError) and isinstance(error.data, dict):
            # A Bot API server older than our aiogram leaves out fields: the first post will tell.
            log.warning("standing in a chat could not be read", chat=number)
            return
        raise Refusal("refused.no_answer", place=place) from error
    if not may_post(standing):
        inside = isinstance(standing, ChatMemberAdministrator | ChatMemberRestricted)
        raise Refusal("refused.may_not_post" if inside else "refused.not_inside", place=place)


async def check_asker(bot: Bot, chat: ResolvedAddress, person: int) -> None:
    """Ask Telegram whether somebody is an administrator of a chat who may post; raises Refusal."""
    place = f"“{chat.title}”" if chat.title else chat.address
    number = int(chat.address.partition("/")[0])
    if number == person:
        return  # his own chat with us
    try:
        standing = await bot.get_chat_member(number, person)
    except (TelegramForbiddenError, TelegramBadRequest):
        raise Refusal("refused.admins_unseen", place=place) from None
    except AiogramError as error:
        if isinstance(error, ClientDecodeError) and _says_administrator(error.data):
            return
        raise Refusal("refused.no_answer", place=place) from error
    if not administers(standing):
        raise Refusal("refused.not_yours", place=place)


def administers(standing: ResultChatMemberUnion) -> bool:
    """Judge a person's standing: in a channel an administrator may post or is none to us."""
    match standing:
        case ChatMemberOwner():
            return True
        case ChatMemberAdministrator():
            return standing.can_post_messages is not False
        case _:
            return False


def _says_administrator(raw: object) -> bool:
    """Read an answer of a Bot API server older than our aiogram."""
    found = raw.get("result") if isinstance(raw, dict) else None
    return isinstance(found, dict) and found.get("status") in {"creator", "administrator"}


def may_post(standing: ResultChatMemberUnion) -> bool:
    """Judge a standing: `can_post_messages` is said of channels alone, and there it decides."""
    match standing:
        case ChatMemberOwner() | ChatMemberMember():
            return True
        case ChatMemberAdministrator():
            return standing.can_post_messages is not False
        case ChatMemberRestricted():
            return standing.can_send_messages
        case _:
            return False
