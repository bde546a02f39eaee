"""The chats, people and posts of the loopback Bot API, and who may post where."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.servers.bot_api_faults import bad, forbidden

ADMIN_RIGHTS = (
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_send_welcome_messages",
)
RESTRICTIONS = (
    "can_send_messages",
    "can_send_audios",
    "can_send_documents",
    "can_send_photos",
    "can_send_videos",
    "can_send_video_notes",
    "can_send_voice_notes",
    "can_send_polls",
    "can_send_other_messages",
    "can_add_web_page_previews",
    "can_react_to_messages",
    "can_edit_tag",
    "can_change_info",
    "can_invite_users",
    "can_pin_messages",
    "can_manage_topics",
)
INSIDE = frozenset({"creator", "administrator", "member", "restricted"})
TELEGRAM = 777000  # the service that copies a channel's posts into the group they are discussed in


@dataclass(slots=True, kw_only=True)
class Member:
    """A person's, or the bot's, standing in a chat; `rights` are those that differ from usual."""

    user: int
    status: str
    rights: dict[str, bool] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Post:
    """A message that was taken."""

    id: int
    at: float
    sender: int  # a user's id, or the channel's
    text: str
    entities: list[dict[str, Any]] = field(default_factory=list)
    thread: int | None = None
    edited_at: float | None = None
    markup: Any = None
    preview: Any = None
    silent: bool = False
    origin: dict[str, Any] | None = None  # of a forwarded one
    on_behalf_of: int | None = None  # the channel whose post this is a copy of, made by Telegram


@dataclass(slots=True, kw_only=True)
class Chat:
    """A private chat, group, supergroup or channel."""

    id: int
    type: str
    title: str = ""
    username: str | None = None
    topics: dict[int, bool] = field(default_factory=dict)  # thread → open
    members: dict[int, Member] = field(default_factory=dict)
    posts: dict[int, Post] = field(default_factory=dict)
    moved_to: int | None = None
    discussed_in: int | None = None  # the group that a channel is linked to
    numbers: Any = field(default_factory=lambda: itertools.count(1))

    def brief(self) -> dict[str, Any]:
        """Give the chat as a Chat of the Bot API."""
        named = {"first_name": self.title} if self.type == "private" else {"title": self.title}
        found = {"id": self.id, "type": self.type, **named}
        if self.username:
            found["username"] = self.username
        return found | ({"is_forum": True} if self.topics else {})


class Chats:
    """All chats of one bot; the bot is a member of those it was put into."""

    def __init__(self, bot: int, now: Callable[[], float]) -> None:
        self.bot = bot
        self._now = now
        self.chats: dict[int, Chat] = {}
        self.users: dict[int, dict[str, Any]] = {}
        self.add_user(TELEGRAM, "Telegram")

    def add_user(self, user: int, name: str, *, is_bot: bool = False, **more: Any) -> None:
        self.users[user] = {"id": user, "is_bot": is_bot, "first_name": name, **more}

    def add(self, chat: Chat, *, bot: str = "administrator", **rights: bool) -> Chat:
        """Open a chat with the bot in the given standing."""
        self.chats[chat.id] = chat
        chat.members[self.bot] = Member(user=self.bot, status=bot, rights=rights)
        return chat

    def find(self, ref: Any) -> Chat:
        """Find a chat by number or @name; raises the Bot API's 400s."""
        text = str(ref if ref is not None else "").strip()
        if not text:
            raise bad("chat_id is empty")
        if text.startswith("@"):
            named = (c for c in self.chats.values() if c.username)
            chat = next((c for c in named if f"@{c.username}".lower() == text.lower()), None)
        else:
            number = text.removeprefix("-")
            chat = self.chats.get(int(text)) if number.isdecimal() else None
        if chat is None:
            raise bad("chat not found")
        return chat

    def find_post(self, chat: Chat, ref: Any, deed: str) -> Post:
        text = str(ref if ref is not None else "")
        if not text.isdecimal():
            raise bad("message identifier is not specified")
        post = chat.posts.get(int(text))
        if post is None:
            raise bad(f"message to {deed} not found")
        return post

    def check_may_post(self, chat: Chat, thread: int | None) -> None:
        """Raise what Telegram answers a bot that may not post there."""
        if chat.moved_to is not None:
            raise bad(
                "group chat was upgraded to a supergroup chat", migrate_to_chat_id=chat.moved_to
            )
        self._check_standing(chat)
        if thread is not None and thread not in chat.topics:
            raise bad("message thread not found")
        if thread is not None and not chat.topics[thread]:
            raise bad("TOPIC_CLOSED")

    def _check_standing(self, chat: Chat) -> None:
        me = chat.members.get(self.bot) or Member(user=self.bot, status="left")
        if chat.type == "private":
            if me.status == "kicked":
                raise forbidden("bot was blocked by the user")
            if me.status == "left":
                raise forbidden("bot can't initiate conversation with a user")
            return
        if me.status == "kicked":
            raise forbidden(f"bot was kicked from the {chat.type} chat")
        if me.status == "left":
            raise forbidden(f"bot is not a member of the {chat.type} chat")
        if chat.type == "channel" and not self.right(chat, self.bot, "can_post_messages"):
            raise bad("need administrator rights in the channel chat")
        if me.status == "restricted" and not me.rights.get("can_send_messages"):
            raise bad("not enough rights to send text messages to the chat")

    def right(self, chat: Chat, user: int, name: str) -> bool:
        """Tell whether someone has an administrator's right."""
        member = chat.members.get(user)
        if member is None or member.status not in {"creator", "administrator"}:
            return False
        return member.status == "creator" or member.rights.get(name, True)

    def put(self, chat: Chat, text: str, *, sender: int | None = None, **fields: Any) -> Post:
        """Take a message; a channel's posts are the channel's, others the bot's unless told."""
        author = sender or (chat.id if chat.type == "channel" else self.bot)
        post = Post(id=next(chat.numbers), at=self._now(), sender=author, text=text, **fields)
        chat.posts[post.id] = post
        return post

    def discuss(self, channel: Chat, post: Post) -> dict[str, Any] | None:
        """Copy a channel's post into the group linked to it; gives what a bot there is told."""
        if channel.discussed_in is None:
            return None
        group = self.chats[channel.discussed_in]
        copy = self.put(
            group,
            post.text,
            sender=TELEGRAM,
            entities=post.entities,
            origin=post.origin or self.origin(channel, post),
            on_behalf_of=channel.id,
        )
        inside = group.members[self.bot].status in INSIDE
        return self.message(group, copy) if inside else None

    def origin(self, source: Chat, post: Post) -> dict[str, Any]:
        """Tell where a forwarded post comes from."""
        date = {"date": int(post.at)}
        if source.type == "channel":
            where = {"chat": source.brief(), "message_id": post.id}
            return {"type": "channel"} | where | date
        return {"type": "user", "sender_user": self.users[post.sender]} | date

    def message(self, chat: Chat, post: Post) -> dict[str, Any]:
        """Give a post as a Message of the Bot API; a channel's has no `from`."""
        found: dict[str, Any] = {
            "message_id": post.id,
            "date": int(post.at),
            "chat": chat.brief(),
            "text": post.text,
        }
        if post.sender in self.users:
            found["from"] = self.users[post.sender]
        else:
            found["sender_chat"] = chat.brief()
        if post.on_behalf_of is not None:
            found["sender_chat"] = self.chats[post.on_behalf_of].brief()
        optional = {
            "is_automatic_forward": True if post.on_behalf_of is not None else None,
            "entities": post.entities or None,
            "message_thread_id": post.thread,
            "is_topic_message": True if post.thread else None,
            "edit_date": int(post.edited_at) if post.edited_at else None,
            "link_preview_options": post.preview,
            "forward_origin": post.origin,
            "reply_markup": post.markup if "inline_keyboard" in (post.markup or {}) else None,
        }
        return found | {name: value for name, value in optional.items() if value is not None}

    def member(self, chat: Chat, user: int) -> dict[str, Any]:
        """Give someone's standing as a ChatMember of the Bot API; raises its 400s."""
        if user not in self.users:
            raise bad("user not found")
        member = chat.members.get(user) or Member(user=user, status="left")
        found: dict[str, Any] = {"status": member.status, "user": self.users[user]}
        match member.status:
            case "creator":
                found["is_anonymous"] = False
            case "administrator":
                found |= {"can_be_edited": False, "is_anonymous": False}
                found |= {name: member.rights.get(name, True) for name in ADMIN_RIGHTS}
                extra = ("can_post_messages", "can_edit_messages")
                names = extra if chat.type == "channel" else ("can_pin_messages",)
                found |= {name: member.rights.get(name, True) for name in names}
            case "restricted":
                found |= {"is_member": True, "until_date": 0}
                found |= {name: member.rights.get(name, False) for name in RESTRICTIONS}
            case "kicked":
                found["until_date"] = 0
        return found

    def full(self, chat: Chat) -> dict[str, Any]:
        """Give the chat as a ChatFullInfo of the Bot API."""
        return chat.brief() | {
            "accent_color_id": 0,
            "max_reaction_count": 11,
            "accepted_gift_types": dict.fromkeys(
                (
                    "unlimited_gifts",
                    "limited_gifts",
                    "unique_gifts",
                    "premium_subscription",
                    "gifts_from_channels",
                ),
                False,
            ),
        }
