"""The errors a caller can mend, each with a text that says what to do next.

    BeritaError
    ├── BadRequest            the call itself was wrong (a bad URL, an unknown option): exit code 2
    │   └── UnknownName       no feed, destination, route or delivery goes by that name or id
    ├── Conflict              the thing exists already, or is in a state that forbids the deed
    │   └── AnotherFeed       a new URL shows none of the stories that are known of a feed
    ├── FeedRefused           a URL was tried and gives no feed (HTML, 404, too slow …)
    ├── WebError              one HTTP exchange failed; says how, and whether bytes may have left
    ├── ParseError            a body that is no feed, or one that could not be read in time
    ├── StoreError
    │   ├── StoreUnusable     corrupt, newer than this program, taken: untouched
    │   │   └── StoreEmpty    no tables in it yet, and none were to be made
    │   ├── StoreUnavailable  passing: disk full, busy, connection lost; try again
    │   └── StoreRefused      a value no database takes: that row's fault, nothing was written
    └── AddressError          a destination's address is malformed, unreachable or refuses us

What is expected is a value (Failed, NotModified, an Outcome), never one of these.

Every one has an English text, which the command line tells. What can be met in the chat has a
`key` besides, by which the chat finds its text in the person's language, and `values` to fill it.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class BeritaError(Exception):
    """The root: its text is made for people and holds no secret, nor do its values."""

    key: str = ""  # empty: there is no text but the English one

    def __init__(self, text: str = "", key: str = "", /, **values: str | int) -> None:
        super().__init__(text)
        self.key = key or self.key
        self.values: Mapping[str, str | int] = MappingProxyType(values)


class BadRequest(BeritaError):  # noqa: N818  # reads as what happened, like its siblings
    """The call was wrong; the text says how to put it right."""


class UnknownName(BadRequest):
    """No such thing; the text names near matches where there are any."""


class Conflict(BeritaError):  # noqa: N818  # reads as what happened
    """The wish contradicts what is there."""


class AnotherFeed(Conflict):
    """A feed was to move only as the same feed, and nothing at the new URL is known of it."""

    key = "error.feed.another"


class FeedRefused(BeritaError):  # noqa: N818  # reads as what happened
    """A URL was tried before it was added, and gives no feed; the text says in one line why.

    `url` is the one that was tried, as it may be shown; `key` has the why alone.
    """

    def __init__(self, why: str, key: str = "", /, *, url: str, **values: str | int) -> None:
        super().__init__(f"{url}: {why}", key, **values)
        self.url = url


class WebErrorKind(StrEnum):
    """Why an HTTP exchange failed, as a closed set."""

    BAD_URL = "bad_url"
    REFUSED_ADDRESS = "refused_address"  # the guard: a private or special network
    NAME_NOT_FOUND = "name_not_found"
    CONNECT_FAILED = "connect_failed"  # and whatever else fails in a private network
    TLS_FAILED = "tls_failed"
    TIMED_OUT = "timed_out"
    TOO_LARGE = "too_large"
    TOO_MANY_REDIRECTS = "too_many_redirects"
    BROKEN_ANSWER = "broken_answer"  # reset, bad chunking, undecodable content-encoding


WEB_KEYS: Final = MappingProxyType(
    {
        WebErrorKind.BAD_URL: "error.web.bad_url",
        WebErrorKind.REFUSED_ADDRESS: "error.web.refused_address",
        WebErrorKind.NAME_NOT_FOUND: "error.web.name_not_found",
        WebErrorKind.CONNECT_FAILED: "error.web.connect_failed",
        WebErrorKind.TLS_FAILED: "error.web.tls_failed",
        WebErrorKind.TIMED_OUT: "error.web.timed_out",
        WebErrorKind.TOO_LARGE: "error.web.too_large",
        WebErrorKind.TOO_MANY_REDIRECTS: "error.web.too_many_redirects",
        WebErrorKind.BROKEN_ANSWER: "error.web.broken_answer",
    }
)


VEILED: Final = "error.web.unreached"  # whatever failed, it may have been within


class WebError(BeritaError):
    """One HTTP exchange failed.

    `request_left` is False only when it is certain that no byte of the request was written: it
    decides between "try again" and "in doubt" where sending is not repeatable. `key` is that of
    the kind where nothing nearer is given.
    """

    def __init__(
        self, kind: WebErrorKind, message: str, key: str = "", /, *, request_left: bool
    ) -> None:
        super().__init__(message, key or WEB_KEYS[kind])
        self.kind = kind
        self.request_left = request_left


class ParseError(BeritaError):
    """The body is no feed we can read; the text says what it looks like instead."""

    key = "error.parse.broken"


class StoreError(BeritaError):
    """The root of what the store reports."""


class StoreUnusable(StoreError):  # noqa: N818  # reads as what happened
    """The database cannot be used as it is: corrupt, newer than this program, or taken."""

    key = "error.store.unusable"


class StoreEmpty(StoreUnusable):
    """The database is there and has no tables yet; who opened it did not want them made."""


class StoreUnavailable(StoreError):  # noqa: N818  # reads as what happened
    """The database cannot take this right now (full, busy, away); the same call may work later."""

    key = "error.store.unavailable"


class StoreRefused(StoreError):  # noqa: N818  # reads as what happened
    """A value was refused (a number too large, half a character); the database itself is well."""

    key = "error.store.refused"


class AddressError(BeritaError):
    """A destination's address cannot be used; the text says why and what would work."""
