"""PURE: what of a destination must be in no text for people, and how it is taken out of one.

What a program echoes it often writes another way: escaped for JSON, for HTML, for a URL. A secret
is looked for in the text as it stands and as it reads once such escapes are taken away.
"""

import binascii
import html
import re
from base64 import b64decode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final
from urllib.parse import urlsplit

from feeds.model import Destination
from feeds.webhook_secrets import PREFIX

MASK: Final = "•••"
SECRET_LEAST: Final = 6  # characters: a shorter value hides nothing, and would blot out words
BEGINNING_LEAST: Final = 8  # characters: less of a secret's beginning gives nothing away
WORD_MOST: Final = 20  # characters of a path's part without a digit: what is longer is a key
ESCAPED_MOST: Final = 3  # times over: HTML around JSON around a URL

_ESCAPE = re.compile(
    r"""%[0-9A-Fa-f]{2}
    |\\u[0-9A-Fa-f]{4} | \\["'/\\]
    |&(?:amp|lt|gt|quot|apos|\#[0-9]{1,7}|\#[xX][0-9A-Fa-f]{1,6});
    |(?:%[0-9A-Fa-f]?|\\(?:u[0-9A-Fa-f]{0,3})?|&[#\w]{0,7})\Z""",  # the last was cut short
    re.VERBOSE,
)
_DIGIT = re.compile(r"\d")


def secrets_of(destination: Destination) -> tuple[str, ...]:
    """List what must not be told, the longest first.

    Signing secrets, header values, passwords, and what follows the host in the address.
    """
    found = {*_signing(destination.secret), *_signing(destination.old_secret)}
    for _, value in destination.options.headers:
        found |= {*_of_header(value)}
    found |= {*_of_address(destination.address)}
    return tuple(sorted((each for each in found if len(each) >= SECRET_LEAST), key=_longest_first))


def without(text: str, secrets: Iterable[str]) -> str:
    """Mask each secret in a text, and the beginning of one where the text was cut in its midst."""
    if len(text) < SECRET_LEAST:
        return text
    layers = [*_layers(text)]
    spans: list[tuple[int, int]] = []
    for secret in secrets:
        for layer in layers:
            for each in {secret, _unescaped(secret)}:
                spans += layer.spans_of(each)
    return _masked(text, spans)


@dataclass(frozen=True, slots=True)
class _Layer:
    """A text, and where each of its characters, and its end, stand in the one it was read from."""

    text: str
    places: tuple[int, ...]

    def spans_of(self, secret: str) -> Iterator[tuple[int, int]]:
        start = self.text.find(secret)
        while start >= 0:
            end = start + len(secret)
            yield self.places[start], self.places[end]
            start = self.text.find(secret, end)
        for length in range(min(len(secret) - 1, len(self.text)), BEGINNING_LEAST - 1, -1):
            if self.text.endswith(secret[:length]):
                yield self.places[-1 - length], self.places[-1]
                return

    def unescaped(self) -> "_Layer":
        text, places, at = "", [], 0
        for escape in _ESCAPE.finditer(self.text):
            read = _read(escape[0])
            text += self.text[at : escape.start()] + read
            places += [*range(at, escape.start()), *[escape.start()] * len(read)]
            at = escape.end()
        text += self.text[at:]
        places += [*range(at, len(self.text)), len(self.text)]
        return _Layer(text, tuple(self.places[place] for place in places))


def _layers(text: str) -> Iterator[_Layer]:
    """Give a text as it stands, then as it reads without escapes, as long as there are some."""
    layer = _Layer(text, tuple(range(len(text) + 1)))
    yield layer
    for _ in range(ESCAPED_MOST):
        before, layer = layer, layer.unescaped()
        if layer.text == before.text:
            return
        yield layer


@lru_cache(1_024)  # the same few secrets are looked for in every answer
def _unescaped(secret: str) -> str:
    return [*_layers(secret)][-1].text


def _read(escape: str) -> str:
    """Give the character an escape stands for; nothing for one that was cut short."""
    if escape[0] == "&":
        return html.unescape(escape) if escape[-1] == ";" else ""
    if escape[0] == "%":
        return chr(int(escape[1:], 16)) if len(escape) == len("%2F") else ""
    if escape[1:2] == "u":
        code = escape[2:]
        return chr(int(code, 16)) if len(code) == len("002F") else ""
    return escape[1:]


def _masked(text: str, spans: Iterable[tuple[int, int]]) -> str:
    whole: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if whole and start < whole[-1][1]:
            whole[-1] = whole[-1][0], max(end, whole[-1][1])
        else:
            whole.append((start, end))
    edges = [0, *(edge for span in whole for edge in span), len(text)]
    kept = [text[start:end] for start, end in [*pairwise(edges)][::2]]
    return MASK.join(kept)


def _signing(secret: str | None) -> Iterator[str]:
    if secret:
        yield secret
        yield secret.removeprefix(PREFIX)


def _of_header(value: str) -> Iterator[str]:
    """Give the value, what follows its scheme ("Bearer …"), and what "Basic …" stands for."""
    yield value
    scheme, _, rest = value.partition(" ")
    if not rest:
        return
    yield rest
    if scheme.lower() == "basic":
        try:
            pair = b64decode(rest, validate=True).decode()
        except (binascii.Error, ValueError):
            return
        yield pair
        yield pair.partition(":")[2]


def _of_address(address: str) -> Iterator[str]:
    """Give path and query, whole and in parts; a part of a path that is a plain word is none."""
    parts = urlsplit(address)
    query = f"?{parts.query}" if parts.query else ""
    yield parts.path + query
    yield parts.path
    for part in parts.path.split("/"):
        if _DIGIT.search(part) or len(part) > WORD_MOST:
            yield part
    yield parts.query
    for pair in parts.query.split("&"):
        yield pair.partition("=")[2] or pair


def _longest_first(secret: str) -> tuple[int, str]:
    return -len(secret), secret
