"""PURE: what one request to the Bot API came to → the Outcome it means for a delivery.

The rules are those of core.telegram.org/bots/api ("Making requests", ResponseParameters) and of the
texts in tdlib/telegram-bot-api: an answer in the Bot API's own form is believed, 5xx aside; where
no such answer was heard, only certainty that no byte left allows another try.
"""

import json
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from bot.adapter import DETAIL_MAX, Gone, InDoubt, Moved, Outcome, Rejected, RetryLater, Sent

TOKEN_WAIT = timedelta(seconds=60)  # between looks at whether a refused token works again
ELSEWHERE_WAIT = timedelta(seconds=60)  # the same when something else answers at api_base
WAIT_MAX_SECONDS = 30 * 24 * 3600  # nothing longer has been seen; keeps a broken number finite
FLOOD = HTTPStatus.TOO_MANY_REQUESTS
FLOOD_SECONDS = 5  # what a 429 that names no time is taken for
REASON_MAX = 300  # characters
CODES = range(100, 1_000)  # what an error_code may be; like the statuses of HTTP

# Refusals of the chat as such, in lower case, with what the admin can do about them.
ADD = "add the bot to the chat as an administrator that may post, then resume"
ALLOW = "let the bot post there, then resume"
TOPIC = "open the topic again or give the destination another, then resume"
GONE = {
    "chat not found": ADD,
    "need administrator rights": ADD,
    "not a member of the": ADD,
    "was kicked from": ADD,
    "chat_admin_required": ADD,
    "channel_private": ADD,
    "channel_invalid": ADD,
    "peer_id_invalid": ADD,
    "chat_id is empty": ADD,
    "chat_id_invalid": ADD,
    "have no write access": ALLOW,
    "not enough rights to send": ALLOW,
    "chat_write_forbidden": ALLOW,
    "chat_restricted": ALLOW,
    "chat_send_plain_forbidden": ALLOW,
    "chat_guest_send_forbidden": ALLOW,
    "user_banned_in_channel": ALLOW,
    "message thread not found": TOPIC,
    "topic_closed": TOPIC,
    "topic_deleted": TOPIC,
    "topic_id_invalid": TOPIC,
    "blocked by the user": "the user must unblock the bot",
    "user_is_blocked": "the user must unblock the bot",
    "can't initiate conversation": "the user must open the bot and press Start, then resume",
    "user is deactivated": "the account is deleted: remove the destination",
    "input_user_deactivated": "the account is deleted: remove the destination",
    "group chat was deleted": "remove the destination",
    "group chat was deactivated": "remove the destination",
    "chat_forbidden": ADD,
    "upgraded to a supergroup": "give the destination the supergroup's number, then resume",
}
MAY_POST = "see that the bot may post there, then resume"  # for a 403 of another wording
LATER = frozenset(
    {
        HTTPStatus.REQUEST_TIMEOUT,
        HTTPStatus.CONFLICT,
        HTTPStatus.MISDIRECTED_REQUEST,
        HTTPStatus.LOCKED,
        HTTPStatus.TOO_EARLY,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """What one request to the Bot API came to; its texts hold no token.

    `status` is None when no head of an answer was heard, `body` when its end was not. `bytes_left`
    is False only when it is certain that no byte of the request was written.
    """

    bytes_left: bool
    status: int | None = None
    body: str | None = None
    retry_after: str | None = None  # the header, as it stands
    fault: str = ""  # what went wrong below HTTP; one line


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """An answer with `ok: false`, in the Bot API's own form."""

    code: int
    description: str
    retry_after: int | None
    migrate_to_chat_id: int | None


def judge(exchange: Exchange, *, bot_scope: str | None) -> Outcome:
    """Tell what an exchange means for the delivery it carried; `bot_scope` paces the token."""
    if exchange.status is None:
        return _unanswered(exchange, bot_scope)
    if exchange.body is None:
        return _judge_unreadable(exchange, exchange.status, bot_scope)
    answer = _object(exchange.body)
    if answer is None or not isinstance(answer.get("ok"), bool):
        return _judge_unreadable(exchange, exchange.status, bot_scope)
    if answer["ok"]:
        if exchange.status >= HTTPStatus.MULTIPLE_CHOICES:
            return _judge_unreadable(exchange, exchange.status, bot_scope)
        return _accepted(answer, exchange.status, exchange.body)
    return _refused(_refusal(answer, exchange), exchange.body, bot_scope)


def refusal_of(exchange: Exchange) -> Refusal | None:
    """Read the refusal in an answer, or None when it is none or not the Bot API's."""
    answer = _object(exchange.body or "")
    return _refusal(answer, exchange) if answer is not None and answer.get("ok") is False else None


def result_of(exchange: Exchange) -> dict[str, Any] | None:
    """Read the result of an accepted request, or None."""
    answer = _object(exchange.body or "")
    result = answer.get("result") if answer is not None and answer.get("ok") is True else None
    return result if isinstance(result, dict) else None


def is_flood(exchange: Exchange) -> bool:
    """Tell whether an answer asks to be left alone for a while."""
    refusal = refusal_of(exchange)
    asks = refusal is not None and (refusal.retry_after is not None or refusal.code == FLOOD)
    return asks or exchange.status == FLOOD


def wait_of(exchange: Exchange) -> timedelta:
    """Tell how long a 429 asks to be left alone."""
    refusal = refusal_of(exchange)
    asked = refusal.retry_after if refusal else _seconds(exchange.retry_after)
    return timedelta(seconds=asked or FLOOD_SECONDS)


def why_not(exchange: Exchange) -> str:
    """Say in one line why an exchange was no success, and what to do where something can be."""
    refusal = refusal_of(exchange)
    if refusal is not None and refusal.code in {HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND}:
        return _line(f"{refusal.code} {refusal.description}: check the token (telegram.token)")
    if refusal is not None:
        return _line(f"{refusal.code} {refusal.description}")
    if exchange.status is None:
        return _line(f"Telegram not reached: {exchange.fault or 'no answer'}")
    return f"HTTP {exchange.status}, and no Bot API answer"


def _unanswered(exchange: Exchange, bot_scope: str | None) -> Outcome:
    fault = exchange.fault or "no answer"
    if exchange.bytes_left:
        return InDoubt(reason=_line(f"no answer heard: {fault}"), detail=fault[:DETAIL_MAX])
    return RetryLater(
        reason=_line(f"Telegram not reached: {fault}"),
        counts=False,
        scope=bot_scope,
        detail=fault[:DETAIL_MAX],
    )


def _judge_unreadable(exchange: Exchange, status: int, bot_scope: str | None) -> Outcome:
    """Judge an answer that is not the Bot API's: a proxy's page, or a broken one.

    2xx and 5xx may stand before a message that was taken. 3xx and 4xx come from something that did
    not pass the request on; they say nothing about the chat.
    """
    detail = (exchange.body or exchange.fault)[:DETAIL_MAX]
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status < HTTPStatus.MULTIPLE_CHOICES:
        what = "a broken answer" if exchange.body is None else "no Bot API answer"
        return InDoubt(reason=f"HTTP {status} with {what}", status=status, detail=detail)
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return Rejected(reason=_named(status), malformed=True, status=status, detail=detail)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return _too_many(_seconds(exchange.retry_after), "", status, detail)
    return RetryLater(
        reason=f"{_named(status)}, and not from a Bot API server: check telegram.api_base",
        after=ELSEWHERE_WAIT,
        counts=False,
        scope=bot_scope,
        status=status,
        detail=detail,
    )


def _accepted(answer: dict[str, Any], status: int, body: str) -> Outcome:
    result = answer.get("result")
    number = result.get("message_id") if isinstance(result, dict) else None
    if isinstance(number, int):
        return Sent(message_id=str(number), status=status)
    # `true` or a message without a number: accepted, says the word, but nothing to show for it.
    return InDoubt(reason="accepted, but no message named", status=status, detail=body[:DETAIL_MAX])


def _refused(refusal: Refusal, body: str, bot_scope: str | None) -> Outcome:
    code, text, detail = refusal.code, _line(refusal.description), body[:DETAIL_MAX]
    if code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return InDoubt(reason=_line(f"{code} {text}"), status=code, detail=detail)
    if refusal.retry_after is not None or code == HTTPStatus.TOO_MANY_REQUESTS:
        return _too_many(refusal.retry_after, text, HTTPStatus.TOO_MANY_REQUESTS, detail)
    if refusal.migrate_to_chat_id is not None:
        return Moved(
            address=str(refusal.migrate_to_chat_id), reason=text, status=code, detail=detail
        )
    if code in {HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND}:
        return RetryLater(
            reason=_line(f"{code} {text}: check the token (telegram.token)"),
            after=TOKEN_WAIT,
            counts=False,
            scope=bot_scope,
            status=code,
            detail=detail,
        )
    if code in LATER or code < HTTPStatus.BAD_REQUEST:  # a "no" without a usable code
        return RetryLater(reason=_line(f"{code} {text}"), status=code, detail=detail)
    return _refused_for_good(code, text, detail)


def _refused_for_good(code: int, text: str, detail: str) -> Outcome:
    """Tell a refusal of the chat from one of the message.

    Any 400 that names neither is taken for the message's: it was certainly not posted, so that one
    more try in plain form can do no harm.
    """
    remedy = next((remedy for known, remedy in GONE.items() if known in text.lower()), None)
    if remedy is not None or code == HTTPStatus.FORBIDDEN:
        reason = f"{code} {text}: {remedy or MAY_POST}"
        return Gone(reason=_line(reason), status=code, detail=detail)
    malformed = code in {HTTPStatus.BAD_REQUEST, HTTPStatus.REQUEST_ENTITY_TOO_LARGE}
    return Rejected(reason=_line(f"{code} {text}"), malformed=malformed, status=code, detail=detail)


def _too_many(after: int | None, text: str, status: int, detail: str) -> RetryLater:
    named = f", retry after {after} s" if after is not None else ""
    return RetryLater(
        reason=f"429 Too Many Requests{named}",
        after=None if after is None else timedelta(seconds=after),
        counts=False,
        status=status,
        detail=detail or text,
    )


def _refusal(answer: dict[str, Any], exchange: Exchange) -> Refusal:
    code, description = answer.get("error_code"), answer.get("description")
    found = answer.get("parameters")
    parameters = found if isinstance(found, dict) else {}
    moved = parameters.get("migrate_to_chat_id")
    asked = _seconds(parameters.get("retry_after"))
    if asked is None and exchange.status == HTTPStatus.TOO_MANY_REQUESTS:
        asked = _seconds(exchange.retry_after)
    return Refusal(
        code=code if isinstance(code, int) and code in CODES else exchange.status or 0,
        description=description if isinstance(description, str) else "",
        retry_after=asked,
        migrate_to_chat_id=moved if isinstance(moved, int) else None,
    )


def _seconds(value: object) -> int | None:
    """Read a wait as whole seconds between 1 and the bound; None when there is none."""
    digits = str(value).strip() if isinstance(value, int | str) else ""
    if not (digits.isascii() and digits.isdecimal()):
        return None
    return max(1, min(int(digits[:12]), WAIT_MAX_SECONDS))


def _object(body: str) -> dict[str, Any] | None:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _named(status: int) -> str:
    known = status in {member.value for member in HTTPStatus}
    return f"{status} {HTTPStatus(status).phrase}" if known else f"HTTP {status}"


def _line(text: str) -> str:
    return " ".join(text.split())[:REASON_MAX]
