"""PURE: the feeds that an HTML page names in its head, by <link rel=alternate>.

Found by looking for the elements alone, in bounded time: the page is whatever a stranger serves.
"""

import re
from dataclasses import dataclass
from html import unescape
from urllib.parse import urljoin, urlsplit

LOOKED_AT_BYTES = 512 * 1024  # a head longer than this is none
FEEDS_MAX = 10
TITLE_MAX = 200  # characters
URL_MAX = 2_000
TYPES = frozenset(
    {
        "application/rss+xml",
        "application/atom+xml",
        "application/feed+json",
        "application/json",
        "application/rdf+xml",
    }
)

_TAG = re.compile(r"<(link|base)\b([^<>]{1,4000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    r"""([a-zA-Z][\w:-]{0,40})\s{0,8}=\s{0,8}(?:"([^"]{0,2000})"|'([^']{0,2000})'|([^\s"'<>]{1,2000}))"""
)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedFeed:
    """A feed that a page names."""

    url: str  # absolute
    title: str = ""


def feeds_named_in(body: bytes, url: str) -> tuple[NamedFeed, ...]:
    """Find the feeds that a page at `url` names, in its order, each once."""
    text = _COMMENT.sub("", body[:LOOKED_AT_BYTES].decode("utf-8", "replace"))
    here, found = url, dict[str, NamedFeed]()
    for tag, attributes in _TAG.findall(text):
        said = _read(attributes)
        if tag.lower() == "base":
            here = urljoin(url, said.get("href", ""))
        elif _names_a_feed(said):
            where = urljoin(here, said["href"].strip())[:URL_MAX]
            if urlsplit(where).scheme in {"http", "https"} and where != url:
                found.setdefault(where, NamedFeed(url=where, title=said.get("title", "").strip()))
    return tuple(found.values())[:FEEDS_MAX]


def _names_a_feed(said: dict[str, str]) -> bool:
    kind = said.get("type", "").partition(";")[0].strip().lower()
    return "alternate" in said.get("rel", "").lower().split() and kind in TYPES and "href" in said


def _read(attributes: str) -> dict[str, str]:
    return {
        name.lower(): unescape(double or single or bare)[
            : URL_MAX if name.lower() == "href" else TITLE_MAX
        ]
        for name, double, single, bare in _ATTRIBUTE.findall(attributes)
    }
