"""What the feeds wing needs of the outside, as the smallest Protocols, in its own words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from feeds.model import Document, Headers


class Clock(Protocol):
    """Tells the time and nothing else; sleeping is plain asyncio."""

    def now(self) -> datetime:
        """Tell the present instant, aware, UTC."""
        ...


def live_on(_point: str) -> None:
    """Pass a crash point as the real world does: nothing happens there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """One redirect that was followed."""

    status: int
    url: str  # where it led


@dataclass(frozen=True, slots=True, kw_only=True)
class WebResponse:
    """An HTTP answer, read whole within its bound."""

    status: int
    url: str  # the final one
    headers: Mapping[str, str]  # names in lower case; of repeated ones the first
    body: bytes
    hops: tuple[Hop, ...] = ()


class Web(Protocol):
    """The outside as HTTP; every address dialled passes the guard, no proxy, no cookies."""

    async def get(
        self,
        url: str,
        *,
        headers: Mapping[str, str],
        timeout: timedelta,  # noqa: ASYNC109  # a total bound the client enforces itself
        body_bytes_max: int,
    ) -> WebResponse:
        """GET with up to 5 redirects, the body decoded; raises WebError."""
        ...

    async def post(
        self,
        url: str,
        *,
        headers: Mapping[str, str],
        body: bytes,
        timeout: timedelta,  # noqa: ASYNC109  # as above
        answer_bytes_max: int,
    ) -> WebResponse:
        """POST once, no redirects, the answer undecoded and cut at the bound; raises WebError."""
        ...

    async def ask_operator(
        self,
        url: str,
        *,
        timeout: timedelta,  # noqa: ASYNC109  # as above
        answer_bytes_max: int,
    ) -> WebResponse:
        """GET what the operator set (the Bot API): no guard, no redirects; raises WebError."""
        ...


class Parser(Protocol):
    """Bytes to a Document, somewhere that can be killed."""

    async def parse(self, body: bytes, *, url: str, content_type: str | None) -> Document:
        """Parse within the parser's deadline; raises ParseError.

        An entry's `content` is read only where it has no summary: half of the work otherwise.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedAddress:
    """A destination's address in the one form it is stored and compared in."""

    address: str
    title: str = ""  # what the other side calls itself, where it says so


class Addresses(Protocol):
    """Turns what people type into canonical addresses; knows every kind of destination."""

    def kinds(self) -> tuple[str, ...]:
        """Name the kinds there are, in the order to list them."""
        ...

    def read(self, kind: str, typed: str) -> str:
        """Make the canonical form as far as no request is needed; raises AddressError."""
        ...

    def headers_in(self, kind: str, typed: str) -> Headers:
        """Give the headers that a typed address stands for, none for most kinds."""
        ...

    async def resolve(self, kind: str, typed: str) -> ResolvedAddress:
        """Ask the outside where that is needed (@name → numeric chat id); raises AddressError."""
        ...
