"""An exchange under way, and the one place where aiohttp's errors become ours.

A URL may hold a token, and aiohttp puts URLs into its errors: so ours name the host alone, and
must be raised outside of the `except` that caught the cause. And who may add a feed is not always
who runs the machine: what failed within a private network is told alike, whatever it was, or the
errors would draw a map of it. The operator's log has the cause.
"""

import os
import ssl
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Self

import aiohttp

from feeds.errors import VEILED, WebError, WebErrorKind

UNREACHED = (
    "cannot be reached from here: no such name, no answer, or a private network that "
    "network.allow_private does not open"
)
_NOT_DIALLED = (WebErrorKind.REFUSED_ADDRESS, WebErrorKind.NAME_NOT_FOUND)
OUTSIDE = (aiohttp.ClientError, OSError)  # OSError holds TimeoutError and ssl.SSLError


class RefusedAddress(OSError):  # noqa: N818  # reads as what happened
    """The guard's word at dial time; one text for all, so that racing dials stay one error."""

    def __init__(self, address: str, reason: str) -> None:
        super().__init__("the guard refuses this address")
        self.address = address
        self.reason = reason


@dataclass(slots=True, kw_only=True)
class Exchange:
    """What is known of a request under way, for the error it may end in."""

    host: str
    left: bool = False  # a byte of the request may have been written

    def begin(self) -> Self:
        """Let the requests that this task makes from now on be this exchange's."""
        under_way.set(self)
        return self

    def failed(self, kind: WebErrorKind, message: str, key: str = "") -> WebError:
        """Make the error of this exchange, honest about what may have left."""
        return WebError(kind, message, key, request_left=self.left)


under_way: ContextVar[Exchange] = ContextVar("exchange")  # of the task's request


def as_web_error(error: Exception, exchange: Exchange) -> WebError:
    """Say in our words what went wrong outside, exactly."""
    return exchange.failed(*_judge(error, exchange.host))


def veiled(exact: WebError, exchange: Exchange) -> WebError:
    """Say the same of all that may lie within: no such name, refused, closed, slow, no HTTP.

    What follows from the kind must not tell them apart either: all that was dialled is
    CONNECT_FAILED.
    """
    kind = exact.kind if exact.kind in _NOT_DIALLED else WebErrorKind.CONNECT_FAILED
    return exchange.failed(kind, f"{exchange.host} {UNREACHED}", VEILED)


def _judge(error: Exception, host: str) -> tuple[WebErrorKind, str]:  # noqa: PLR0911  # one per kind
    match error:
        case aiohttp.ClientConnectorError(os_error=RefusedAddress() as refused):
            return WebErrorKind.REFUSED_ADDRESS, (
                f"{host} leads to {refused.address} ({refused.reason}), which is not dialled"
            )
        case aiohttp.ClientConnectorDNSError():
            return WebErrorKind.NAME_NOT_FOUND, f"the name {host} was not found"
        case aiohttp.ClientSSLError() | ssl.SSLError():
            return WebErrorKind.TLS_FAILED, f"no safe connection to {host} ({_tls_fault(error)})"
        case TimeoutError():
            return WebErrorKind.TIMED_OUT, f"{host} was too slow to answer"
        case aiohttp.ClientConnectorError():
            return WebErrorKind.CONNECT_FAILED, f"no connection to {host} ({_os_fault(error)})"
        case aiohttp.InvalidURL() | aiohttp.NonHttpUrlClientError():
            return WebErrorKind.BAD_URL, "the URL's host is neither a name nor an address"
        case aiohttp.ClientResponseError():
            return WebErrorKind.BROKEN_ANSWER, f"{host} answered with something that is not HTTP"
    return WebErrorKind.BROKEN_ANSWER, f"the connection to {host} broke in the middle"


def _tls_fault(error: Exception) -> str:
    cause = getattr(error, "certificate_error", error)
    cause = getattr(cause, "os_error", cause)
    fault = getattr(cause, "verify_message", None) or getattr(cause, "reason", None)
    return str(fault or "the handshake failed").replace("_", " ").lower()


def _os_fault(error: aiohttp.ClientConnectorError) -> str:
    number = error.os_error.errno
    return os.strerror(number).lower() if number else "unreachable"
