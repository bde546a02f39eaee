"""The questions put to the Bot API by a plain GET, so that no command has to load aiogram."""

from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from bot.adapters.telegram.outcomes import Exchange, refusal_of, result_of
from feeds.errors import BadRequest, BeritaError, WebError
from feeds.ports import Web

TIMEOUT = timedelta(seconds=15)
ANSWER_BYTES_MAX = 1_000_000  # a getChat answer with photos, pins and permissions stays under 20 kB
HIDDEN = "***"


@dataclass(frozen=True, slots=True, kw_only=True)
class BotIdentity:
    """Who a token belongs to."""

    id: int
    username: str
    name: str


class AskError(BeritaError):
    """The Bot API refused a question, or something else answered; the text says which."""

    def __init__(self, message: str, *, code: int, moved_to: int | None = None) -> None:
        super().__init__(message)
        self.code = code  # the Bot API's error_code, or the HTTP status
        self.moved_to = moved_to  # the supergroup that the group asked about has become


def scrub(text: str, token: str) -> str:
    """Take the token out of a text."""
    return text.replace(token, HIDDEN) if token else text


def bot_id(token: str) -> str:
    """Read the bot's number off its token: it is no secret, the rest is."""
    return token.partition(":")[0]


async def get_me_plain(web: Web, api_base: str, token: str) -> BotIdentity:
    """Ask who the token belongs to; raises BadRequest for a refused token, WebError, AskError."""
    try:
        me = await ask(web, api_base, token, "getMe")
    except AskError as error:
        if error.code in {HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND}:
            raise BadRequest(
                "Telegram does not know this token: copy telegram.token from @BotFather again."
            ) from None
        raise
    found, username, name = me.get("id"), me.get("username"), me.get("first_name")
    if not isinstance(found, int):
        raise AskError("telegram.api_base answers, but not as a Bot API server.", code=0)
    return BotIdentity(id=found, username=str(username or ""), name=str(name or ""))


async def ask(
    web: Web, api_base: str, token: str, method: str, **parameters: str
) -> dict[str, Any]:
    """GET a method and give its result; raises AskError, or WebError; never names the token."""
    query = f"?{urlencode(parameters)}" if parameters else ""
    url = f"{api_base.rstrip('/')}/bot{token}/{method}{query}"
    try:
        response = await web.ask_operator(url, timeout=TIMEOUT, answer_bytes_max=ANSWER_BYTES_MAX)
    except WebError as error:
        # Raised anew, so that no traceback leads to a text or a frame with the token's URL.
        hidden = WebError(
            error.kind, scrub(str(error), token), error.key, request_left=error.request_left
        )
    else:
        body = response.body.decode("utf-8", errors="replace")
        return _result(Exchange(bytes_left=True, status=response.status, body=body), token)
    raise hidden


def _result(exchange: Exchange, token: str) -> dict[str, Any]:
    if (result := result_of(exchange)) is not None:
        return result
    refusal = refusal_of(exchange)
    if refusal is None:
        raise AskError(
            f"HTTP {exchange.status}, and not from a Bot API server: check telegram.api_base.",
            code=exchange.status or 0,
        )
    raise AskError(
        scrub(refusal.description, token),
        code=refusal.code,
        moved_to=refusal.migrate_to_chat_id,
    )
