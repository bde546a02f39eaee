"""PURE: what a message that was forwarded to the bot tells of where it stood, and of its story.

Of a channel's post Telegram names channel and message. Of a post in a group it names the sender
alone: the bot itself, a group in whose name somebody writes, or nobody. Such a post is known again
by the links in it.
"""

from dataclasses import dataclass
from typing import Final

from aiogram.types import Message, MessageOriginChat, MessageOriginHiddenUser, MessageOriginUser

LINKS_MAX: Final = 10  # of one message that are looked up


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A post of a group's, as far as Telegram tells; `place` is its chat, None: unknown."""

    place: str | None = None
    is_ours: bool = False  # beyond doubt


def group_of(message: Message, bot: int) -> Group | None:
    """Tell whether a message may be a post of ours in a group; None: somebody else's."""
    match message.forward_origin:
        case MessageOriginUser(sender_user=sender) if sender.id == bot:
            return Group(is_ours=True)
        case MessageOriginChat(sender_chat=chat):
            return Group(place=str(chat.id))
        case MessageOriginHiddenUser():
            return Group()
    return None


def links_of(message: Message) -> list[str]:
    """Give the links in a message, each once, in their order; at most LINKS_MAX."""
    said = message.text or message.caption or ""
    found = dict[str, None]()
    for each in message.entities or message.caption_entities or ():
        link = each.url if each.type == "text_link" else None
        link = each.extract_from(said) if each.type == "url" else link
        if link:
            found[link] = None
    return list(found)[:LINKS_MAX]
