"""What each method of the loopback Bot API does, and the ledger of what took effect."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.servers.bot_api_chats import Chat, Chats, Post
from tests.servers.bot_api_faults import Faults, Refused, bad
from tests.servers.bot_api_limits import Limits
from tests.servers.bot_api_text import check_markup, checked_text
from tests.servers.bot_api_updates import Updates

Parameters = dict[str, Any]
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same"
    " as a current content and reply markup of the message"
)
TOAST_MAX = 200  # characters of the answer to a press
TOO_OLD = "query is too old and response timeout expired or query ID is invalid"


class Backend:
    """One bot's Telegram: chats, updates, limits, faults, and everything that was called."""

    def __init__(
        self,
        *,
        token: str,
        now: Callable[[], float],
        ledger: Path | None = None,
        enforce: bool = False,
    ) -> None:
        self.token = token
        self.now = now
        self.bot = int(token.partition(":")[0])
        self.chats = Chats(self.bot, now)
        self.chats.add_user(self.bot, "Berita", is_bot=True, username="berita_bot")
        self.updates = Updates()
        self.limits = Limits(now, enforce=enforce)
        self.faults = Faults()
        self.calls: list[dict[str, Any]] = []
        self.queries: dict[str, bool] = {}  # callback query → answered
        self.answers: list[Parameters] = []
        self.commands: dict[str, Any] = {}
        self.abouts: dict[str, Any] = {}  # short descriptions by language
        self.files: dict[str, bytes] = {}  # by their id, which is also their path
        self._ledger = ledger
        self.methods: dict[str, Callable[[Parameters], Any]] = {
            "getme": self._get_me,
            "getchat": lambda p: self.chats.full(self._readable_chat(p)),
            "getchatmember": self._get_chat_member,
            "getchatadministrators": self._get_chat_administrators,
            "sendmessage": self._send_message,
            "editmessagetext": self._edit_message_text,
            "editmessagereplymarkup": self._edit_message_reply_markup,
            "deletemessage": self._delete_message,
            "forwardmessage": self._forward_message,
            "copymessage": self._copy_message,
            "sendchataction": self._send_chat_action,
            "answercallbackquery": self._answer_callback_query,
            "setmycommands": self._set_my_commands,
            "getmycommands": lambda p: self.commands.get(_scope(p), []),
            "setmyshortdescription": lambda p: (
                self.abouts.update({str(p.get("language_code") or ""): p.get("short_description")})
                is None
            ),
            "deletemycommands": lambda p: self.commands.pop(_scope(p), True) is not None,
            "deletewebhook": lambda _: True,
            "getwebhookinfo": self._get_webhook_info,
            "getupdates": self._get_updates,
            "getfile": self._get_file,
            "senddocument": self._send_document,
        }

    def _get_me(self, _: Parameters) -> Any:
        abilities = ("can_join_groups", "can_read_all_group_messages", "supports_inline_queries")
        return self.chats.users[self.bot] | dict.fromkeys(abilities, False)

    def _readable_chat(self, parameters: Parameters) -> Chat:
        """Find a chat the bot may look at: its own, and public ones."""
        chat = self.chats.find(parameters.get("chat_id"))
        if chat.username is None and chat.type != "private":
            self._check_inside(chat)
        return chat

    def _check_inside(self, chat: Chat) -> None:
        status = chat.members[self.bot].status
        if status == "kicked":
            raise Refused(403, f"Forbidden: bot was kicked from the {chat.type} chat")
        if status == "left":
            raise Refused(403, f"Forbidden: bot is not a member of the {chat.type} chat")

    def _get_chat_member(self, parameters: Parameters) -> Any:
        chat = self._readable_chat(parameters)
        user = integer(parameters, "user_id")
        mine = chat.members[self.bot].status in {"creator", "administrator"}
        if chat.type == "channel" and user != self.bot and not mine:
            raise bad("member list is inaccessible")
        return self.chats.member(chat, user or 0)

    def _get_chat_administrators(self, parameters: Parameters) -> Any:
        chat = self._readable_chat(parameters)
        if chat.type == "private":
            raise bad("there are no administrators in the private chat")
        ranks = {"creator", "administrator"}
        found = [m.user for m in chat.members.values() if m.status in ranks]
        return [self.chats.member(chat, user) for user in found if user != self.bot]

    def _send_message(self, parameters: Parameters) -> Any:
        text, entities = _text(parameters)
        markup = structure(parameters, "reply_markup")
        check_markup(markup)
        chat = self.chats.find(parameters.get("chat_id"))
        thread = integer(parameters, "message_thread_id")
        self.chats.check_may_post(chat, thread)
        self.limits.count(chat.id)
        post = self.chats.put(
            chat,
            text,
            entities=entities,
            thread=thread,
            markup=markup,
            preview=structure(parameters, "link_preview_options"),
            silent=str(parameters.get("disable_notification", "")).lower() == "true",
        )
        self.discuss(chat, post)
        return self._taken("sendMessage", chat, post)

    def _get_file(self, parameters: Parameters) -> Any:
        file = str(parameters.get("file_id", ""))
        if file not in self.files:
            raise bad("wrong file_id or the file is temporarily unavailable")
        return {"file_id": file, "file_unique_id": file, "file_path": file}

    def _send_document(self, parameters: Parameters) -> Any:
        """Take a file; it is kept under the number of its message."""
        chat = self.chats.find(parameters.get("chat_id"))
        self.chats.check_may_post(chat, None)
        self.limits.count(chat.id)
        attached = str(parameters.get("document", "")).removeprefix("attach://")
        post = self.chats.put(chat, str(parameters.get("caption", "")))
        self.files[f"{chat.id}-{post.id}"] = parameters[attached]
        return self._taken("sendDocument", chat, post)

    def discuss(self, chat: Chat, post: Post) -> None:
        """Let a channel's post come up in the group linked to it."""
        if (told := self.chats.discuss(chat, post)) is not None:
            self.updates.put("message", told)

    def _edit_message_text(self, parameters: Parameters) -> Any:
        text, entities = _text(parameters, editing=True)
        return self._edit("editMessageText", parameters, text, entities)

    def _edit_message_reply_markup(self, parameters: Parameters) -> Any:
        return self._edit("editMessageReplyMarkup", parameters)

    def _edit(
        self,
        method: str,
        parameters: Parameters,
        text: str | None = None,
        entities: list[dict[str, Any]] | None = None,
    ) -> Any:
        """Change a post; its buttons go where none are given, its text stays."""
        markup = structure(parameters, "reply_markup")
        check_markup(markup)
        chat = self.chats.find(parameters.get("chat_id"))
        self.chats.check_may_post(chat, None)
        post = self.chats.find_post(chat, parameters.get("message_id"), "edit")
        if post.sender not in {self.bot, chat.id} or post.origin is not None:
            raise bad("message can't be edited")
        new = (post.text, post.entities) if text is None else (text, entities or [])
        if (*new, markup) == (post.text, post.entities, post.markup):
            raise bad(NOT_MODIFIED)
        self.limits.count(chat.id)
        (post.text, post.entities), post.markup = new, markup
        post.edited_at = self.now()
        return self._taken(method, chat, post)

    def _delete_message(self, parameters: Parameters) -> Any:
        chat = self.chats.find(parameters.get("chat_id"))
        post = self.chats.find_post(chat, parameters.get("message_id"), "delete")
        mine = post.sender in {self.bot, chat.id} or chat.type == "private"
        if not mine and not self.chats.right(chat, self.bot, "can_delete_messages"):
            raise bad("message can't be deleted")
        del chat.posts[post.id]
        self._taken("deleteMessage", chat, post)
        return True

    def _forward_message(self, parameters: Parameters) -> Any:
        return self._repost("forwardMessage", "forward", parameters)

    def _copy_message(self, parameters: Parameters) -> Any:
        return {"message_id": self._repost("copyMessage", "copy", parameters)["message_id"]}

    def _repost(self, method: str, deed: str, parameters: Parameters) -> dict[str, Any]:
        chat = self.chats.find(parameters.get("chat_id"))
        source = self.chats.find(parameters.get("from_chat_id"))
        thread = integer(parameters, "message_thread_id")
        self.chats.check_may_post(chat, thread)
        self._check_inside(source)
        post = self.chats.find_post(source, parameters.get("message_id"), deed)
        self.limits.count(chat.id)
        origin = self.chats.origin(source, post) if deed == "forward" else None
        again = self.chats.put(
            chat, post.text, entities=post.entities, thread=thread, origin=origin
        )
        self.discuss(chat, again)
        return self._taken(method, chat, again)

    def _send_chat_action(self, parameters: Parameters) -> Any:
        self.chats.check_may_post(self.chats.find(parameters.get("chat_id")), None)
        return True

    def _answer_callback_query(self, parameters: Parameters) -> Any:
        query = str(parameters.get("callback_query_id", ""))
        if self.queries.get(query, True):
            raise bad(TOO_OLD)
        if len(str(parameters.get("text", ""))) > TOAST_MAX:
            raise bad("MESSAGE_TOO_LONG")
        self.queries[query] = True
        self.answers.append(parameters)
        return True

    def _set_my_commands(self, parameters: Parameters) -> Any:
        commands = structure(parameters, "commands") or []
        if any(len(c["command"]) > 32 for c in commands):
            raise bad("command length must not exceed 32")
        if any(len(c["description"]) > 256 for c in commands):
            raise bad("command description length must not exceed 256")
        self.commands[_scope(parameters)] = commands
        return True

    def _get_webhook_info(self, _: Parameters) -> Any:
        pending = self.updates.waiting()
        return {"url": "", "has_custom_certificate": False, "pending_update_count": pending}

    async def _get_updates(self, parameters: Parameters) -> Any:
        return await self.updates.get(
            offset=integer(parameters, "offset") or 0,
            limit=integer(parameters, "limit") or 100,
            wait_seconds=float(parameters.get("timeout") or 0),
            allowed=structure(parameters, "allowed_updates"),
        )

    def _taken(self, method: str, chat: Chat, post: Post) -> dict[str, Any]:
        """Write what took effect into the ledger, which outlives this process."""
        if self._ledger is not None:
            line = {
                "at": self.now(),
                "method": method,
                "chat": chat.id,
                "thread": post.thread,
                "message_id": post.id,
                "text": post.text,
            }
            with self._ledger.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line, ensure_ascii=False) + "\n")
        return self.chats.message(chat, post)


def integer(parameters: Parameters, name: str) -> int | None:
    """Read a whole number, however it was sent; what is none counts as left out, as there."""
    text = str(parameters.get(name, "")).strip()
    return int(text) if text.removeprefix("-").isdecimal() else None


def structure(parameters: Parameters, name: str) -> Any:
    """Read a JSON parameter, from text or from a JSON body."""
    value = parameters.get(name)
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value) if value else None
    except ValueError:
        raise bad(f"can't parse {name} JSON object") from None


def _text(parameters: Parameters, *, editing: bool = False) -> tuple[str, list[dict[str, Any]]]:
    if parameters.get("parse_mode"):
        raise bad("this test server reads no parse_mode: send text and entities")
    entities = structure(parameters, "entities") or []
    return checked_text(str(parameters.get("text", "")), entities, editing=editing)


def _scope(parameters: Parameters) -> str:
    scope = structure(parameters, "scope") or {"type": "default"}
    return json.dumps([scope, parameters.get("language_code") or ""], sort_keys=True)
