"""PURE: the names things go by: made from titles, unique, and near ones suggested."""

import difflib
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from typing import Literal
from urllib.parse import urlsplit

from feeds.errors import BadRequest, UnknownName

NAME_MAX = 64
MADE_NAME_MAX = 40  # a name made from a title leaves room for "-2"
NEAR_MAX = 3

What = Literal["feed", "destination"]

_UNKNOWN: Mapping[What, tuple[str, str]] = {
    "feed": ("error.unknown.feed", "error.unknown.feed_near"),
    "destination": ("error.unknown.destination", "error.unknown.destination_near"),
}
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")  # the rule of the configuration file, too
_NOT_PLAIN = re.compile(r"[^a-z0-9]+")


def checked(name: str) -> str:
    """Give the name back if it is one; raises BadRequest. All digits is an id, not a name."""
    if name.isdigit():
        raise BadRequest(
            f"“{name}” would be read as an id: put a letter into the name.",
            "error.name.digits",
            name=name,
        )
    if not _NAME.fullmatch(name):
        raise BadRequest(
            f"“{name[:NAME_MAX]}” is no name: 1 to {NAME_MAX} of a-z, 0-9, dot, dash and"
            " underscore, beginning with a-z or 0-9.",
            "error.name.shape",
            name=name[:NAME_MAX],
            most=NAME_MAX,
        )
    return name


def slug(text: str) -> str:
    """Make a name of a title: "Daily Berita – Terkini" → "daily-berita-terkini"; may be empty."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    words = _NOT_PLAIN.sub("-", plain).strip("-")
    cut = words[:MADE_NAME_MAX]
    if len(words) > MADE_NAME_MAX and words[MADE_NAME_MAX] != "-" and "-" in cut:
        cut = cut.rpartition("-")[0]
    return cut.strip("-")


def name_for(*, title: str, url: str, fallback: str, taken: Collection[str]) -> str:
    """Make a name that nothing has yet: of the title, else of the host, else of `fallback`."""
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    stem = slug(title) or slug(host) or fallback
    if stem.isdigit():
        stem = f"{fallback}-{stem}"
    if stem not in taken:
        return stem
    numbered = (f"{stem}-{number}" for number in range(2, len(taken) + 3))
    return next(name for name in numbered if name not in taken)


def unknown(what: What, typed: str, names: Iterable[str]) -> UnknownName:
    """Make the error for a name that nothing has, with the near ones."""
    key, with_near = _UNKNOWN[what]
    text, near = f"No {what} is called “{typed}”", near_to(typed, names)
    if not near:
        return UnknownName(f"{text}.", key, name=typed)
    hint = f"did you mean {' or '.join(near)}?"
    return UnknownName(f"{text}; {hint}", with_near, name=typed, near=", ".join(near))


def near_to(typed: str, names: Iterable[str]) -> list[str]:
    """Find up to three names that `typed` may have been meant for, the nearest first."""
    by_folded = {name.casefold(): name for name in names}
    wanted = typed.casefold()
    close = difflib.get_close_matches(wanted, by_folded, n=NEAR_MAX, cutoff=0.6)
    holding = [folded for folded in by_folded if wanted and wanted in folded]
    folded_names = list(dict.fromkeys((*close, *holding)))[:NEAR_MAX]
    return [by_folded[folded] for folded in folded_names]
