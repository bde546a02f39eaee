"""PURE: the headers that an endpoint wants with every request: which may be set, and what they say.

Their values are keys more often than not: they are stored as secrets, and no text here quotes one.
"""

import re
from collections.abc import Iterable
from typing import Final

from feeds.errors import BadRequest
from feeds.model import Headers

HEADERS_MAX: Final = 20
HEADER_BYTES_MAX: Final = 4_096  # of one name and its value

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110 §5.6.2
_VALUE = re.compile(r"[\x21-\x7e](?:[\x20-\x7e\t]*[\x21-\x7e])?")  # RFC 9110 §5.5, ASCII alone
_OURS = frozenset({"content-type", "content-encoding", "accept-encoding", "user-agent", "expect"})
_OF_THE_CONNECTION = frozenset(  # RFC 9110 §7.6.1, and what frames or routes a request
    {
        *("connection", "content-length", "host", "keep-alive", "proxy-authorization"),
        *("proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"),
    }
)
_OF_THE_STANDARD = ("webhook-",)


def checked_headers(pairs: Iterable[tuple[str, str]]) -> Headers:
    """Give the headers as they will be sent, values trimmed; raises BadRequest."""
    kept: dict[str, tuple[str, str]] = {}
    for name, value in pairs:
        trimmed = value.strip(" \t")
        _check(name, trimmed)
        if name.lower() in kept:
            raise BadRequest(
                f"The header {name} is given twice.", "error.header.twice", header=_shown(name)
            )
        kept[name.lower()] = name, trimmed
    if len(kept) > HEADERS_MAX:
        raise BadRequest(
            f"There are {len(kept)} headers: at most {HEADERS_MAX} are sent.",
            "error.header.many",
            most=HEADERS_MAX,
        )
    return tuple(kept.values())


def read_header(line: str) -> tuple[str, str]:
    """Take a line such as "X-Api-Key: abc" apart; raises BadRequest, which does not quote it."""
    name, colon, value = line.partition(":")
    if not colon:
        raise BadRequest('A header is written "Name: value".', "error.header.line")
    return name.strip(), value


def changed_headers(old: Headers, given: Iterable[tuple[str, str]], gone: Iterable[str]) -> Headers:
    """Set those given, take those named in `gone` away; raises BadRequest for one not there."""
    there = {name.lower(): (name, value) for name, value in old}
    for name in gone:
        if there.pop(name.strip().lower(), None) is None:
            raise BadRequest(
                f"There is no header {_shown(name)}.", "error.header.absent", header=_shown(name)
            )
    new = checked_headers(given)
    return checked_headers((there | {name.lower(): (name, value) for name, value in new}).values())


def _check(name: str, value: str) -> None:
    low = name.lower()
    if not _TOKEN.fullmatch(name):
        raise BadRequest(
            f"{_shown(name)} is no name of a header: write letters, digits and dashes.",
            "error.header.name",
            header=_shown(name),
        )
    if low in _OF_THE_CONNECTION:
        raise BadRequest(
            f"The header {_shown(name)} belongs to the connection and cannot be set.",
            "error.header.connection",
            header=_shown(name),
        )
    if low in _OURS or low.startswith(_OF_THE_STANDARD):
        raise BadRequest(
            f"The header {_shown(name)} is set by Berita itself.",
            "error.header.ours",
            header=_shown(name),
        )
    if len(name) + len(value) > HEADER_BYTES_MAX:
        raise BadRequest(
            f"The header {_shown(name)} is longer than {HEADER_BYTES_MAX:,} bytes.",
            "error.header.long",
            header=_shown(name),
            most=HEADER_BYTES_MAX,
        )
    if not _VALUE.fullmatch(value):
        raise BadRequest(
            f"The header {name} needs a value of plain ASCII on one line, without control"
            " characters.",
            "error.header.value",
            header=_shown(name),
        )


def _shown(name: str) -> str:
    """Quote a name, at most its beginning: somebody may have typed a value there."""
    return f"“{name[:20]}…”" if len(name) > 40 else f"“{name}”"  # noqa: PLR2004  # as said
