"""PURE: what of a destination must be in no text for people, and how it is taken out of one."""

import binascii
from base64 import b64decode
from collections.abc import Iterable, Iterator
from typing import Final

from feeds.model import Destination

MASK: Final = "•••"
SECRET_LEAST: Final = 6  # characters: a shorter value hides nothing, and would blot out words
BEGINNING_LEAST: Final = 8  # characters: less of a secret's beginning gives nothing away


def secrets_of(destination: Destination) -> tuple[str, ...]:
    """List what must not be told: signing secrets, header values, passwords; the longest first."""
    found = {*_signing(destination.secret), *_signing(destination.old_secret)}
    for _, value in destination.options.headers:
        found |= {*_of_header(value)}
    return tuple(sorted((each for each in found if len(each) >= SECRET_LEAST), key=_longest_first))


def without(text: str, secrets: Iterable[str]) -> str:
    """Mask each secret in a text, and the beginning of one where the text was cut in its midst."""
    for secret in secrets:
        text = _without_its_beginning(text.replace(secret, MASK), secret)
    return text


def _signing(secret: str | None) -> Iterator[str]:
    if secret:
        yield secret
        yield secret.removeprefix("whsec_")


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


def _without_its_beginning(text: str, secret: str) -> str:
    for length in range(min(len(secret), len(text)), BEGINNING_LEAST - 1, -1):
        if text.endswith(secret[:length]):
            return text[:-length] + MASK
    return text


def _longest_first(secret: str) -> tuple[int, str]:
    return -len(secret), secret
