"""What a test does behind the loopback Bot API's back: people who talk, press, promote and kick."""

import itertools
import re
from typing import Any

from tests.servers.bot_api_chats import Chat, Member
from tests.servers.bot_api_faults import Fault, How
from tests.servers.bot_api_methods import Backend
from tests.servers.bot_api_text import utf16

URL = re.compile(r"https?://\S+")  # Telegram finds more
MANY = 1_000_000  # `times` of a fault that stays


class Control:
    """The deeds of a test, in process or by POST /control/<deed> with a JSON object."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._chats = backend.chats
        self._numbers = itertools.count(1)

    def channel(
        self, chat: int, name: str = "", title: str = "", bot: str = "administrator"
    ) -> Chat:
        """Open a channel; without a name it is a private one."""
        return self._open(chat, "channel", name, title, bot)

    def group(self, chat: int, title: str = "", bot: str = "member") -> Chat:
        return self._open(chat, "group", "", title, bot)

    def supergroup(
        self,
        chat: int,
        name: str = "",
        title: str = "",
        bot: str = "member",
        topics: tuple[int, ...] = (),
    ) -> Chat:
        opened = self._open(chat, "supergroup", name, title, bot)
        opened.topics = dict.fromkeys(topics, True)
        return opened

    def user(self, user: int, name: str = "Ani", bot: str = "member") -> Chat:
        """Let there be a person; `bot="left"`: who has not started it, "kicked": who blocked it."""
        self._chats.add_user(user, name, language_code="id")
        opened = Chat(id=user, type="private", title=name)
        opened.members[user] = Member(user=user, status="member")
        return self._chats.add(opened, bot=bot)

    def _open(self, chat: int, kind: str, name: str, title: str, bot: str) -> Chat:
        named = name.removeprefix("@") or None
        opened = Chat(id=chat, type=kind, title=title or named or kind, username=named)
        return self._chats.add(opened, bot=bot)

    def say(self, user: int, text: str, chat: int | None = None) -> int:
        """Have a person write to the bot, in private unless a chat is named."""
        where = self._chats.find(user if chat is None else chat)
        entities = []
        if text.startswith("/"):
            length = utf16(text.split(maxsplit=1)[0])
            entities.append({"type": "bot_command", "offset": 0, "length": length})
        entities += [
            {
                "type": "url",
                "offset": utf16(text[: found.start()]),
                "length": utf16(found[0]),
            }
            for found in URL.finditer(text)
        ]
        post = self._chats.put(where, text, sender=user, entities=entities)
        return self._backend.updates.put("message", self._chats.message(where, post))

    def forward(
        self, user: int, chat: int, message_id: int, origin: dict[str, Any] | None = None
    ) -> int:
        """Have a person forward a post to the bot, in private; a group's names its sender alone.

        `origin`: what is told of where it stood, if that is something else.
        """
        source, where = self._chats.find(chat), self._chats.find(user)
        seen = source.posts.get(message_id)
        told = {"type": "channel", "chat": source.brief(), "message_id": message_id}
        if seen is not None:
            told = self._chats.origin(source, seen)
        told = {"date": int(self._backend.now())} | (origin or told)
        text, entities = (seen.text, seen.entities) if seen is not None else ("…", [])
        post = self._chats.put(where, text, sender=user, entities=entities, origin=told)
        return self._backend.updates.put("message", self._chats.message(where, post))

    def share(self, user: int, chat: int, request: int = 1) -> int:
        """Have a person choose a chat by a button that asks for one; it need not be his."""
        where, shared = self._chats.find(user), self._chats.find(chat)
        post = self._chats.put(where, "", sender=user)
        told = self._chats.message(where, post)
        del told["text"]
        named = {"title": shared.title} | ({"username": shared.username} if shared.username else {})
        told["chat_shared"] = {"request_id": request, "chat_id": chat, **named}
        return self._backend.updates.put("message", told)

    def send_file(self, user: int, name: str, data: bytes, size: int | None = None) -> int:
        """Have a person send a file in private; `size` is what Telegram says of it."""
        where = self._chats.find(user)
        post = self._chats.put(where, "", sender=user)
        file = f"{user}-{post.id}"
        self._backend.files[file] = data
        told = self._chats.message(where, post)
        del told["text"]
        told["document"] = {
            "file_id": file,
            "file_unique_id": file,
            "file_name": name,
            "file_size": len(data) if size is None else size,
        }
        return self._backend.updates.put("message", told)

    def link(self, channel: int, group: int) -> None:
        """Let a channel's posts be discussed in a group: Telegram copies each of them there."""
        self._chats.find(channel).discussed_in = self._chats.find(group).id

    def post(self, channel: int, text: str) -> int:
        """Have somebody else post in a channel; the bot there is told. Gives the message's id."""
        where = self._chats.find(channel)
        post = self._chats.put(where, text)
        self._backend.updates.put("channel_post", self._chats.message(where, post))
        self._backend.discuss(where, post)
        return post.id

    def press(
        self, user: int, chat: int, message_id: int, data: str, *, too_old: bool = False
    ) -> int:
        """Have a person press a button under a post; one too old is told without its text."""
        where = self._chats.find(chat)
        post = self._chats.find_post(where, message_id, "press")
        old = {"chat": where.brief(), "message_id": post.id, "date": 0}
        query = f"q{next(self._numbers)}"
        self._backend.queries[query] = False
        value = {
            "id": query,
            "from": self._chats.users[user],
            "chat_instance": str(chat),
            "message": old if too_old else self._chats.message(where, post),
            "data": data,
        }
        return self._backend.updates.put("callback_query", value)

    def standing(
        self, chat: int, user: int, status: str, by: int | None = None, **rights: bool
    ) -> int | None:
        """Promote, demote, kick or let back somebody; the bot is told of its own."""
        where = self._chats.find(chat)
        before = self._chats.member(where, user)
        where.members[user] = Member(user=user, status=status, rights=rights)
        if user == self._backend.bot:
            change = {
                "chat": where.brief(),
                "from": self._chats.users[by or user],
                "date": int(self._backend.now()),
                "old_chat_member": before,
                "new_chat_member": self._chats.member(where, user),
            }
            return self._backend.updates.put("my_chat_member", change)
        return None

    def bot(self, chat: int, status: str, by: int | None = None, **rights: bool) -> int:
        """Give the bot another standing in a chat; gives the number of the update it is told by."""
        told = self.standing(chat, self._backend.bot, status, by, **rights)
        assert told is not None, "the bot is told of its own standing"
        return told

    def upgrade(self, chat: int, to: int) -> None:
        """Turn a group into a supergroup with another number."""
        old = self._chats.find(chat)
        old.moved_to = to
        self._open(to, "supergroup", "", old.title, old.members[self._backend.bot].status)

    def topic(self, chat: int, thread: int, open: bool = True) -> None:  # noqa: A002  # as people say
        self._chats.find(chat).topics[thread] = open

    def fault(self, how: str, **fields: Any) -> None:
        """Plan a fault; the fields are those of Fault, `times=0` means for ever."""
        if fields.get("times") == 0:
            fields["times"] = MANY
        self._backend.faults.plan(Fault(how=How(how), **fields))

    def posts(self, chat: int | str) -> list[dict[str, Any]]:
        """List the posts of a chat in order, with when they came."""
        return [
            {
                "message_id": post.id,
                "at": post.at,
                "text": post.text,
                "entities": post.entities,
                "thread": post.thread,
                "edited_at": post.edited_at,
                "preview": post.preview,
                "silent": post.silent,
                "markup": post.markup,
            }
            for post in self._chats.find(chat).posts.values()
        ]

    def calls(self, method: str | None = None) -> list[dict[str, Any]]:
        """List the calls that were made, answered or not."""
        return [c for c in self._backend.calls if method in {None, c["method"]}]

    def answers(self) -> list[dict[str, Any]]:
        """List the answers the bot gave to presses."""
        return self._backend.answers

    def violations(self) -> list[dict[str, Any]]:
        return self._backend.limits.listed()

    def enforce(self, on: bool = True) -> None:
        self._backend.limits.enforce = on

    def clear_faults(self) -> None:
        self._backend.faults.clear()

    def reset(self) -> None:
        """Forget posts, calls, faults, updates and violations; chats and people stay."""
        for chat in self._chats.chats.values():
            chat.posts.clear()
        self._backend.calls.clear()
        self._backend.answers.clear()
        self._backend.faults.clear()
        self._backend.limits.clear()
        self._backend.updates.clear()


DEEDS = frozenset(name for name in vars(Control) if not name.startswith("_"))
