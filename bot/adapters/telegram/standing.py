"""PURE: why a chat refuses us, by our standing there, in the words a send would be refused with."""

import json
from http import HTTPStatus

from bot.adapter import Gone
from bot.adapters.telegram.outcomes import Exchange, judge

FORBIDDEN, BAD = HTTPStatus.FORBIDDEN, HTTPStatus.BAD_REQUEST


def refusal_of(chat_type: str, status: str) -> str:
    """Give the reason to park a chat of this type ("private", "channel", …) at this status.

    `status` is that of a ChatMember (Bot API): "kicked", "left", "restricted", … The texts are
    those of tdlib/telegram-bot-api for sendMessage.
    """
    code, said = _answer(chat_type, status)
    kind = "Forbidden" if code == FORBIDDEN else "Bad Request"
    answer = {"ok": False, "error_code": code, "description": f"{kind}: {said}"}
    outcome = judge(Exchange(bytes_left=True, status=code, body=json.dumps(answer)), bot_scope=None)
    assert isinstance(outcome, Gone), "each of these texts is about the chat"
    return outcome.reason


def _answer(chat_type: str, status: str) -> tuple[HTTPStatus, str]:
    if chat_type == "private":
        return FORBIDDEN, "bot was blocked by the user"
    if status == "kicked":
        return FORBIDDEN, f"bot was kicked from the {chat_type} chat"
    if status == "left":
        return FORBIDDEN, f"bot is not a member of the {chat_type} chat"
    if chat_type == "channel":
        return BAD, "need administrator rights in the channel chat"
    return BAD, "not enough rights to send text messages to the chat"
