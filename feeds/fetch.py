"""Conditional GET of one feed → Fetched | NotModified | Unchanged | Failed.

The world's faults are values here, each with one short line for people. Both validators go out
byte for byte as they came in (RFC 9110 §13.1) and are updated independently of one another, by a
304 too; what is stored of them is the poll's to decide, in one transaction with the entries.
"""

import asyncio
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import blake2b
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from feeds.errors import WEB_KEYS, WebError, WebErrorKind
from feeds.freshness import max_age, retry_after
from feeds.model import Feed, Origin, Validators
from feeds.ports import Hop, Web, WebResponse

DIGEST_BYTES = 16
VALIDATOR_CHARS_MAX = 1_024
ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, "
    "application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, */*;q=0.1"
)
_OK = (200, 203)
_NOT_MODIFIED = 304
_PERMANENT = (301, 308)


class FetchFailure(StrEnum):
    """Why a fetch failed, as a closed set: what WebErrorKind says, and what a status says."""

    BAD_URL = "bad_url"
    REFUSED_ADDRESS = "refused_address"
    NAME_NOT_FOUND = "name_not_found"
    CONNECT_FAILED = "connect_failed"
    TLS_FAILED = "tls_failed"
    TIMED_OUT = "timed_out"
    TOO_LARGE = "too_large"
    TOO_MANY_REDIRECTS = "too_many_redirects"
    BROKEN_ANSWER = "broken_answer"
    FILE = "file"  # a file: URL that cannot be read
    EMPTY = "empty"
    FORBIDDEN = "forbidden"  # 401, 403; a 403 may be a limit in disguise
    NOT_FOUND = "not_found"
    GONE = "gone"
    TOO_MANY_REQUESTS = "too_many_requests"
    SERVER_ERROR = "server_error"
    STATUS = "status"  # any other that is no feed


_KEYS = {  # of what is no WebError, which has its own
    FetchFailure.FILE: "error.fetch.file",
    FetchFailure.EMPTY: "error.fetch.empty",
    FetchFailure.FORBIDDEN: "error.fetch.forbidden",
    FetchFailure.NOT_FOUND: "error.fetch.not_found",
    FetchFailure.GONE: "error.fetch.gone",
    FetchFailure.TOO_MANY_REQUESTS: "error.fetch.too_many_requests",
    FetchFailure.SERVER_ERROR: "error.fetch.server_error",
    FetchFailure.STATUS: "error.fetch.status",
}
_SERVER_ERRORS = 500  # and up, RFC 9110 §15.6
_WORDS = {
    304: (FetchFailure.STATUS, "answered “not modified” to a first request (304)"),
    401: (FetchFailure.FORBIDDEN, "the publisher does not let us in (401)"),
    403: (FetchFailure.FORBIDDEN, "the publisher does not let us in (403)"),
    404: (FetchFailure.NOT_FOUND, "no feed at this address (404)"),
    410: (FetchFailure.GONE, "gone for good, says the publisher (410)"),
    429: (FetchFailure.TOO_MANY_REQUESTS, "the publisher asks us to slow down (429)"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchLimits:
    """The bounds of one fetch."""

    timeout: timedelta = timedelta(seconds=20)  # of the whole, redirects and all
    body_bytes_max: int = 10_000_000  # decoded
    user_agent: str = ""  # empty: the client's own


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A body not seen before."""

    body: bytes
    content_type: str | None
    url: str  # the final one
    validators: Validators
    digest: bytes
    status: int
    max_age: timedelta | None = None
    hops: tuple[Hop, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NotModified:
    """A 304; `validators` are the stored ones, renewed where it named new ones."""

    validators: Validators
    status: int
    max_age: timedelta | None = None
    hops: tuple[Hop, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unchanged:
    """A whole answer with the very body of the last one; its validators are still news."""

    validators: Validators
    digest: bytes
    status: int
    max_age: timedelta | None = None
    hops: tuple[Hop, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """No feed this time; `message` is one line that says why, without query or token.

    `said` is the key of the same in every language; its only value is `status`.
    """

    kind: FetchFailure
    message: str
    status: int | None = None
    retry_after: timedelta | None = None  # as asked for, at most 24 h
    gone: bool = False  # 410: the publisher means it
    key: str = ""  # of a nearer text than that of the kind

    @property
    def said(self) -> str:
        """Give the key of what is wrong."""
        return self.key or _KEYS.get(self.kind) or WEB_KEYS[WebErrorKind(self.kind.value)]


FetchResult = Fetched | NotModified | Unchanged | Failed


async def fetch(feed: Feed, *, web: Web, limits: FetchLimits, now: datetime) -> FetchResult:
    """Ask once for the feed; never raises for what the world does."""
    if feed.url.lower().startswith("file:"):
        return await asyncio.to_thread(_from_file, feed, limits, now)
    try:
        answer = await web.get(
            feed.url,
            headers=_headers(feed.memory.validators, limits),
            timeout=limits.timeout,
            body_bytes_max=limits.body_bytes_max,
        )
    except WebError as error:
        said = str(error)
        if error.kind is WebErrorKind.TOO_LARGE:
            said = f"{error}; polling.max_body allows more"
        return Failed(kind=FetchFailure(error.kind.value), message=said, key=error.key)
    return _judge(feed, answer, now)


def permanent_move(hops: Sequence[Hop]) -> str | None:
    """Tell where a redirect chain leads for good: every hop 301 or 308, and none to plain http.

    A chain that leaves https is followed but never adopted.
    """
    if not hops or any(hop.status not in _PERMANENT for hop in hops):
        return None
    schemes = [hop.url.partition(":")[0].lower() for hop in hops]
    if "https" in schemes and schemes[-1] != "https":
        return None
    return hops[-1].url


def _headers(validators: Validators, limits: FetchLimits) -> dict[str, str]:
    headers = {"Accept": ACCEPT}
    if limits.user_agent:
        headers["User-Agent"] = limits.user_agent
    if validators.etag is not None:
        headers["If-None-Match"] = validators.etag
    if validators.last_modified is not None:
        headers["If-Modified-Since"] = validators.last_modified
    return headers


def _judge(feed: Feed, answer: WebResponse, now: datetime) -> FetchResult:
    stored = feed.memory.validators
    if answer.status == _NOT_MODIFIED and stored != Validators():
        return NotModified(
            validators=_validators(answer, instead=stored),
            status=answer.status,
            max_age=max_age(answer.headers, now),
            hops=answer.hops,
        )
    if answer.status not in _OK:
        return _refusal(answer, now)
    if not answer.body.strip():
        return Failed(
            kind=FetchFailure.EMPTY, message="answered with nothing", status=answer.status
        )
    return _body(feed, answer, now)


def _body(feed: Feed, answer: WebResponse, now: datetime) -> Fetched | Unchanged:
    digest = blake2b(answer.body, digest_size=DIGEST_BYTES).digest()
    validators = _validators(answer, instead=Validators())
    fresh_for = max_age(answer.headers, now)
    if digest == feed.memory.body_digest:
        return Unchanged(
            validators=validators,
            digest=digest,
            status=answer.status,
            max_age=fresh_for,
            hops=answer.hops,
        )
    return Fetched(
        body=answer.body,
        content_type=answer.headers.get("content-type"),
        url=answer.url,
        validators=validators,
        digest=digest,
        status=answer.status,
        max_age=fresh_for,
        hops=answer.hops,
    )


def _validators(answer: WebResponse, *, instead: Validators) -> Validators:
    return Validators(
        etag=_echoable(answer.headers.get("etag")) or instead.etag,
        last_modified=_echoable(answer.headers.get("last-modified")) or instead.last_modified,
    )


def _echoable(validator: str | None) -> str | None:
    """Keep only what can be sent back byte for byte: U+FFFD stands for bytes that were lost."""
    if not validator or len(validator) > VALIDATOR_CHARS_MAX or not validator.isprintable():
        return None
    return None if "\ufffd" in validator else validator


def _refusal(answer: WebResponse, now: datetime) -> Failed:
    kind, message = _words(answer.status)
    return Failed(
        kind=kind,
        message=message,
        status=answer.status,
        retry_after=retry_after(answer.headers, now),
        gone=kind is FetchFailure.GONE,
    )


def _words(status: int) -> tuple[FetchFailure, str]:
    if status >= _SERVER_ERRORS:
        return FetchFailure.SERVER_ERROR, f"the publisher's server is in trouble ({status})"
    return _WORDS.get(status, (FetchFailure.STATUS, f"answered {status} instead of a feed"))


# ── file: URLs, for the operator's own files ─────────────────────────────────────────────────────


def _from_file(feed: Feed, limits: FetchLimits, now: datetime) -> FetchResult:
    if feed.origin is not Origin.FILE:
        return Failed(
            kind=FetchFailure.BAD_URL,
            message="file: URLs are allowed in the configuration file only",
            key="error.url.file",
        )
    parts = urlsplit(feed.url)
    path = Path(url2pathname(parts.path))
    if parts.netloc not in {"", "localhost"} or not path.is_absolute():
        return Failed(
            kind=FetchFailure.BAD_URL,
            message="a file: URL needs an absolute path",
            key="error.fetch.file",
        )
    body = _read(path, limits.body_bytes_max)
    if isinstance(body, Failed):
        return body
    return _judge(feed, WebResponse(status=200, url=feed.url, headers={}, body=body), now)


def _read(path: Path, most: int) -> bytes | Failed:
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # a pipe would hold the thread for ever
            return Failed(kind=FetchFailure.FILE, message=f"not a file: {path}")
        with path.open("rb") as file:
            body = file.read(most + 1)
    except FileNotFoundError:
        return Failed(kind=FetchFailure.FILE, message=f"no such file: {path}")
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        why = (getattr(error, "strerror", None) or "not a path").lower()
        return Failed(kind=FetchFailure.FILE, message=f"cannot read {path}: {why}")
    if len(body) > most:
        message = f"the file is larger than {most:,} bytes; polling.max_body allows more"
        return Failed(kind=FetchFailure.TOO_LARGE, message=message)
    return body
