"""What an adapter is: the code that reaches one kind of destination, and the outcomes it answers.

An adapter never raises for what the world does: a timeout, a refusal, a broken answer are outcomes.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from bot.pace import Limit
from feeds.model import Destination, Doubt, Evidence, Headers, Parcel
from feeds.ports import ResolvedAddress

DETAIL_MAX = 2_000  # characters of an answer kept for the admin


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """It arrived: the other side said so."""

    message_id: str | None = None
    status: int | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryLater:
    """It certainly was not taken, and may be later.

    `after` is what the other side asked for, obeyed as it stands. With `counts` False no attempt is
    burnt (a 429, a 401, nothing left this machine). `lane` says that the whole destination waits;
    `scope` names a wider pace scope that waits too (a bot token).
    """

    reason: str
    after: timedelta | None = None
    counts: bool = True
    lane: bool = True
    scope: str | None = None
    status: int | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """This delivery is refused for good; `malformed` asks for one more try, in plain form."""

    reason: str
    malformed: bool = False
    status: int | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """The destination refuses us altogether (kicked, no rights, 410): park it."""

    reason: str
    status: int | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """The destination has a new canonical address; the delivery was not taken."""

    address: str
    reason: str
    status: int | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class InDoubt:
    """Bytes left and no answer was heard: it may or may not have arrived."""

    reason: str
    status: int | None = None
    detail: str = ""


Outcome = Sent | RetryLater | Rejected | Gone | Moved | InDoubt


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """A pace scope a send counts against, and its limit."""

    name: str  # "telegram:bot:123", "telegram:chat:-100…", "webhook:7"
    limit: Limit


class Seeker(Protocol):
    """One way to look after a post in doubt; never by a deed that readers could notice."""

    way: str  # what it is called, for people

    async def look(self, doubt: Doubt, *, thorough: bool = True) -> Evidence | None:
        """Look once; None: this way does not lead to that place. Raises nothing of the world's.

        Only a thorough look must take the pains to tell of absence; others tell what is found soon.
        """
        ...


class Adapter(Protocol):
    """One kind of destination: its addresses, its look, its pace, its sending."""

    kind: str
    repeatable: bool  # may a delivery whose answer was not heard simply be sent again?
    timeout: timedelta  # the longest that `send` may take

    def read(self, typed: str) -> str:
        """Bring a typed address into canonical form without asking anyone; raises AddressError."""
        ...

    def headers_in(self, typed: str) -> Headers:
        """Give the headers that a typed address stands for: its user and password; else none."""
        ...

    async def resolve(self, typed: str) -> ResolvedAddress:
        """Bring a typed address into its stored form, asking where needed; raises AddressError."""
        ...

    def describe(self, destination: Destination) -> str:
        """Name the destination for people: short, no secret."""
        ...

    def scopes(self, destination: Destination) -> tuple[Scope, ...]:
        """List what a send to it counts against."""
        ...

    def render(self, destination: Destination, parcel: Parcel) -> bytes:
        """Make the body: pure; what it gives is frozen at the first attempt."""
        ...

    async def send(self, destination: Destination, parcel: Parcel, body: bytes) -> Outcome:
        """Send the frozen body once."""
        ...
