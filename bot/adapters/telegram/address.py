"""PURE: what people type for a Telegram chat or topic, and the one form it is stored in.

Canonical forms: `-1001234567890` (a chat), `-1001234567890/42` (a topic of it) and, until it is
resolved, `@name` or `@name/42` in lower case (Telegram does not tell the cases apart). General,
topic 1, is addressed by leaving the topic out: sending 1 gives "message thread not found".
"""

import re
from dataclasses import dataclass

from feeds.errors import AddressError

WORKS = (
    "use @channelname, the chat's number such as -1001234567890, or -1001234567890/42 for a topic"
)

# Names that people choose have 5 to 32 characters; those sold by auction may have four.
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{2,30}[A-Za-z0-9]")
NUMBER = re.compile(r"-?[0-9]{1,16}")
HOSTS = frozenset({"t.me", "telegram.me", "telegram.dog"})
RESERVED = frozenset({"joinchat", "addstickers", "addlist", "share", "proxy", "iv", "setlanguage"})
CHAT_ID_MAX = 2**52  # Bot API, Chat: "at most 52 significant bits"
TOPIC_MAX = 2**31 - 1
GENERAL = 1
SUPERGROUP_PREFIX = "-100"  # t.me/c/123 is the chat -100123


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A chat, by number or by `@name`, and a topic of it, or None."""

    chat: int | str
    topic: int | None = None

    def __str__(self) -> str:
        return f"{self.chat}" if self.topic is None else f"{self.chat}/{self.topic}"

    @property
    def is_resolved(self) -> bool:
        """Tell whether the chat is named by its number."""
        return isinstance(self.chat, int)


def parse(typed: str) -> Address:
    """Read an address as people write it, canonical ones included; raises AddressError."""
    text = typed.strip()
    if not text:
        raise AddressError(f"No chat is given: {WORKS}.", "error.chat.none")
    link = _link_path(text)
    parts = text.split("/") if link is None else link
    if link is not None:
        _refuse_invitation(typed, parts)
        parts = _chat_of_link(parts)
    return Address(chat=_chat(typed, parts[0]), topic=_topic(typed, parts[1:]))


def _link_path(text: str) -> list[str] | None:
    """Split the path of a t.me link, or None if this is no link."""
    bare = re.sub(r"^https?://", "", text, flags=re.IGNORECASE)
    host, slash, path = re.split(r"[?#]", bare, maxsplit=1)[0].partition("/")
    if host.lower().removeprefix("www.") in HOSTS and slash:
        return [part for part in path.split("/") if part]
    if bare != text:
        raise AddressError(
            f"{text} is no link to a Telegram chat: {WORKS}.", "error.chat.unlike", typed=text
        )
    return None


def _refuse_invitation(typed: str, path: list[str]) -> None:
    if path and (path[0].startswith("+") or path[0].lower() == "joinchat"):
        raise AddressError(
            f"{typed} is an invitation, which bots cannot use: add the bot to the chat as an"
            " administrator, then give the chat's number, such as -1001234567890.",
            "error.chat.invitation",
            typed=typed,
        )
    if not path or path[0].lower() in RESERVED:
        raise AddressError(f"{typed} names no chat: {WORKS}.", "error.chat.unlike", typed=typed)


def _chat_of_link(path: list[str]) -> list[str]:
    """Bring t.me/name/7, t.me/s/name and t.me/c/123/45/6 into chat and topic; a message is dropped.

    A link into a topic is chat/topic/message; chat/number may be either and is read as a topic:
    resolving it refuses a number that a chat without topics was given.
    """
    if path[0] == "c" and len(path) > 1:
        return [f"{SUPERGROUP_PREFIX}{path[1]}", *path[2:3]]
    if path[0] == "s" and len(path) > 1:
        return [f"@{path[1]}"]
    return [f"@{path[0]}", *path[1:2]]


def _chat(typed: str, text: str) -> int | str:
    if NUMBER.fullmatch(text):
        number = int(text)
        if number != 0 and abs(number) < CHAT_ID_MAX:
            return number
        raise AddressError(
            f"{typed} is no chat's number: {WORKS}.", "error.chat.unlike", typed=typed
        )
    name = text.removeprefix("@")
    if NAME.fullmatch(name):
        if name != text:
            return f"@{name.lower()}"
        raise AddressError(
            f"{typed} is no Telegram address; for the channel of that name: @{typed}.",
            "error.chat.without_at",
            typed=typed,
            name=f"@{typed}",
        )
    raise AddressError(
        f"{typed} is no Telegram address: {WORKS}.", "error.chat.unlike", typed=typed
    )


def _topic(typed: str, parts: list[str]) -> int | None:
    if not parts:
        return None
    if len(parts) > 1 or not re.fullmatch(r"[0-9]{1,10}", parts[0]):
        raise AddressError(
            f"{typed}: a topic is one number after the chat, as in -1001234567890/42.",
            "error.chat.topic",
            typed=typed,
        )
    topic = int(parts[0])
    if not GENERAL <= topic <= TOPIC_MAX:
        raise AddressError(
            f"{typed}: a topic is a number from 1 to {TOPIC_MAX}.", "error.chat.topic", typed=typed
        )
    return None if topic == GENERAL else topic
