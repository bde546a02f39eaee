"""Chats that take posts by an incoming webhook: one request a post, unsigned, never repeated.

Each service is a kind of its own, because what may be repeated is known by the kind; all that is
known of it stands in its own file.
"""

import json
from abc import ABC, abstractmethod
from datetime import datetime, timedelta, tzinfo
from typing import Any, Final

from bot.adapter import Outcome, Scope
from bot.adapters.webhook.address import canonical, last_of, masked
from bot.adapters.webhook.chat_outcomes import judge_silence
from bot.adapters.webhook.likeness import Likeness
from bot.adapters.webhook.outcomes import evidence
from bot.adapters.webhook.posting import post
from bot.pace import Limit
from bot.summary import Summary, summary_of
from feeds.errors import AddressError, WebError
from feeds.guard import check_url
from feeds.model import Destination, Headers, Parcel, RouteOptions
from feeds.ports import Clock, ResolvedAddress, Web, WebResponse

LINK_MAX: Final = 2_048  # characters; a longer one is left out

Body = dict[str, Any]  # JSON as it will be posted


class ChatAdapter(ABC):
    """Posts cards to one service's hooks; whoever knows an address may post there: it is a key."""

    kind: str
    limit: Limit  # of one hook
    repeatable = False

    def __init__(
        self,
        web: Web,
        clock: Clock,
        *,
        user_agent: str,
        timeout: timedelta,
        language: str,
        time_zone: tzinfo,
        allow_http: bool = False,
    ) -> None:
        self._web = web
        self._clock = clock
        self._user_agent = user_agent
        self.timeout = timeout
        self._language = language
        self._time_zone = time_zone
        self._allow_http = allow_http

    @classmethod
    @abstractmethod
    def likeness(cls, address: str) -> Likeness:
        """Tell by its look alone whether an address is one of the service's hooks."""

    @abstractmethod
    def place(self, address: str) -> str:
        """Bring a sound URL into the form of the service's hooks; raises AddressError."""

    @abstractmethod
    def card(self, summary: Summary, options: RouteOptions) -> Body:
        """Lay a story out: headline with its link, text, source and time."""

    @abstractmethod
    def plain(self, summary: Summary) -> Body:
        """Give headline and link alone, for a story whose card was refused as malformed."""

    @abstractmethod
    def judge(self, response: WebResponse, *, plain: bool, now: datetime, detail: str) -> Outcome:
        """Turn an answer into an outcome; `detail` is what it said, without secrets."""

    def target(self, address: str) -> str:
        """Give the URL to post to."""
        return address

    def read(self, typed: str) -> str:
        if "@" in typed.partition("://")[2].partition("/")[0]:
            raise AddressError(
                "A user name or password is not sent to a chat: leave it out.", "error.hook.login"
            )
        return self.place(canonical(typed, allow_http=self._allow_http))

    def headers_in(self, typed: str) -> Headers:  # noqa: ARG002  # `read` refuses what would be one
        return ()

    async def resolve(self, typed: str) -> ResolvedAddress:
        return ResolvedAddress(address=self.read(typed))

    def describe(self, destination: Destination) -> str:
        return masked(destination.address)

    def scopes(self, destination: Destination) -> tuple[Scope, ...]:
        return (Scope(name=f"{self.kind}:{destination.id}", limit=self.limit),)

    def render(self, destination: Destination, parcel: Parcel) -> bytes:
        summary = summary_of(
            parcel, destination, language=self._language, time_zone=self._time_zone
        )
        plain = parcel.delivery.plain
        body = self.plain(summary) if plain else self.card(summary, parcel.options)
        return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()

    async def send(self, destination: Destination, parcel: Parcel, body: bytes) -> Outcome:
        response = await post(
            self._web,
            self.target(destination.address),
            headers={"content-type": "application/json", "user-agent": self._user_agent},
            body=body,
            timeout=self.timeout,
        )
        if isinstance(response, WebError):
            return judge_silence(response)
        return self.judge(
            response,
            plain=parcel.delivery.plain,
            now=self._clock.now(),
            detail=evidence(response.body, (last_of(destination.address),)),
        )


def short(link: str | None) -> str | None:
    """Give a link, or a picture's address, if the service would take it."""
    return link if link is not None and len(link) <= LINK_MAX else None


def picture(summary: Summary, options: RouteOptions) -> str | None:
    """Give the address of a story's picture if it is wanted and one that can be shown."""
    image = short(summary.image)
    if image is None or not options.preview:
        return None
    try:
        check_url(image)
    except WebError:
        return None
    return image


def object_of(body: bytes) -> dict[str, Any]:
    """Read an answer as a JSON object; empty if it is none."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
