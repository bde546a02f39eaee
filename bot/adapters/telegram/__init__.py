"""The Telegram adapter: chats and topics, reached through the Bot API.

`address`, `outcomes`, `asking` and what renders are free of aiogram, and so is this file; `session`
and `send` use it and are imported only by what runs with a token (loading aiogram takes seconds).
"""

from datetime import timedelta, tzinfo
from http import HTTPStatus
from typing import Any, Protocol

from bot.adapter import Outcome, RetryLater, Scope
from bot.adapters.telegram.address import Address, parse
from bot.adapters.telegram.asking import AskError, BotIdentity, ask, bot_id, get_me_plain
from bot.adapters.telegram.render import render
from bot.adapters.telegram.render_roll_up import render_roll_up
from bot.pace import Limit
from bot.summary import summary_of
from bot.summary.rolled import rolled_up_of
from feeds.errors import AddressError, WebError
from feeds.model import Destination, Headers, Parcel
from feeds.ports import ResolvedAddress, Web

__all__ = ["BotIdentity", "Sender", "TelegramAdapter", "get_me_plain"]

TIMEOUT = timedelta(seconds=30)
OFF_WAIT = timedelta(seconds=60)
ADD_FIRST = "add the bot to the channel as an administrator first"


class Sender(Protocol):
    """Sends a rendered body to a canonical address."""

    async def send(self, address: str, body: bytes) -> Outcome:
        """Send once; every failure of the world is an outcome."""
        ...


class TelegramAdapter:
    """Telegram chats, channels and topics; without a sender it waits for one."""

    kind = "telegram"
    repeatable = False  # sendMessage has no idempotency key
    timeout = TIMEOUT

    def __init__(
        self,
        *,
        web: Web,
        token: str | None,
        api_base: str,
        bot_limit: Limit,
        chat_limit: Limit,
        language: str,
        time_zone: tzinfo,
        sender: Sender | None = None,
    ) -> None:
        self._web = web
        self._token = token or None
        self._api_base = api_base
        self._bot_limit = bot_limit
        self._chat_limit = chat_limit
        self._language = language
        self._time_zone = time_zone
        self._sender = sender

    def read(self, typed: str) -> str:
        """Make `@name`, a number or a t.me link canonical; raises AddressError."""
        return str(parse(typed))

    def headers_in(self, typed: str) -> Headers:  # noqa: ARG002  # the token is the bot's own
        return ()

    async def resolve(self, typed: str) -> ResolvedAddress:
        """Ask for the chat's number and title; a number stands as it is when nobody answers."""
        address = parse(typed)
        if self._token is None:
            return _unasked(address, "set telegram.token, or give the chat's number (-100…)")
        try:
            chat = await ask(
                self._web, self._api_base, self._token, "getChat", chat_id=str(address.chat)
            )
        except WebError as error:
            return _unasked(address, str(error))
        except AskError as error:
            return _refused(address, error)
        return _found(address, chat)

    def describe(self, destination: Destination) -> str:
        """Name the chat by its title and address."""
        if destination.title:
            return f"Telegram “{destination.title}” ({destination.address})"
        return f"Telegram {destination.address}"

    def scopes(self, destination: Destination) -> tuple[Scope, ...]:
        """List the bot's pace and the chat's, the chat's last; topics share their chat's."""
        chat = Scope(
            name=f"telegram:chat:{parse(destination.address).chat}", limit=self._chat_limit
        )
        if self._token is None:
            return (chat,)
        return (Scope(name=f"telegram:bot:{bot_id(self._token)}", limit=self._bot_limit), chat)

    def render(self, destination: Destination, parcel: Parcel) -> bytes:
        """Make the JSON of a message without its chat, which may move while it waits."""
        if parcel.delivery.is_roll_up:
            rolled = rolled_up_of(
                parcel, destination, language=self._language, time_zone=self._time_zone
            )
            return render_roll_up(rolled, parcel.options, plain=parcel.delivery.plain)
        summary = summary_of(
            parcel, destination, language=self._language, time_zone=self._time_zone
        )
        return render(summary, parcel.options, plain=parcel.delivery.plain)

    async def send(
        self,
        destination: Destination,
        parcel: Parcel,  # noqa: ARG002  # the body says it all
        body: bytes,
    ) -> Outcome:
        """Send the frozen body once."""
        if self._sender is None:
            return RetryLater(
                reason="Telegram is off: set telegram.token", after=OFF_WAIT, counts=False
            )
        return await self._sender.send(destination.address, body)


def _unasked(address: Address, why: str) -> ResolvedAddress:
    if address.is_resolved:
        return ResolvedAddress(address=str(address))
    raise AddressError(
        f"{address.chat} could not be looked up: {why.rstrip('.')}.",
        "error.chat.unasked",
        chat=address.chat,
    )


def _refused(address: Address, error: AskError) -> ResolvedAddress:
    if error.moved_to is not None:
        return ResolvedAddress(address=str(error.moved_to))
    if error.code in {HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND}:
        raise AddressError(
            "Telegram does not know this token: copy telegram.token from @BotFather again.",
            "error.chat.token",
        ) from None
    if error.code in {HTTPStatus.BAD_REQUEST, HTTPStatus.FORBIDDEN}:
        what = str(error).partition(": ")[2] or str(error)
        raise AddressError(
            f"{address.chat}: {what}: {ADD_FIRST}.", "error.chat.unseen", chat=address.chat
        ) from None
    return _unasked(address, str(error))


def _found(address: Address, chat: dict[str, Any]) -> ResolvedAddress:
    number = chat.get("id")
    if not isinstance(number, int):
        return _unasked(address, "the answer names no chat")
    if address.topic is not None and chat.get("type") != "private" and not chat.get("is_forum"):
        raise AddressError(
            f"{address.chat} has no topics: leave out /{address.topic}"
            " (a link to a post ends in the post's number).",
            "error.chat.no_topics",
            chat=address.chat,
            topic=address.topic,
        )
    title = chat.get("title") or chat.get("first_name") or ""
    return ResolvedAddress(address=str(Address(chat=number, topic=address.topic)), title=str(title))
