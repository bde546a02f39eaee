"""Subscription lists: OPML in through listparser (its one room), OPML out through the stdlib.

A list comes from anywhere, so it is bounded before it is parsed: bytes, nesting, entity
declarations. Only the URL and the title of each feed are taken; OPML has no word for the rest.
"""

import codecs
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from xml.etree import ElementTree as ET

import listparser

from feeds.errors import BadRequest

FILE_BYTES_MAX = 10_000_000
FEEDS_MAX = 100_000
NESTING_MAX = 50  # listparser copies the path of groups into every feed below them

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_ENCODING = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_ENTITY = re.compile(r"<!ENTITY", re.IGNORECASE)
_OUTLINE = re.compile(r"<outline\b[^>]*?(/?)>|(</outline\b)", re.IGNORECASE)
_UNFIT_FOR_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedFeed:
    """A feed as a subscription list names it."""

    url: str
    title: str = ""
    link: str | None = None  # the site; written, never read


def read_opml(data: bytes) -> tuple[ListedFeed, ...]:
    """Read the feeds of a list in its order, each URL once; raises BadRequest.

    Refused: over 10 MB, entity declarations (they can blow up), absurd nesting, no feed at all.
    """
    if len(data) > FILE_BYTES_MAX:
        raise BadRequest(
            f"The list is larger than {FILE_BYTES_MAX // 1_000_000} MB: split it and import"
            " the parts.",
            "error.opml.large",
            megabytes=FILE_BYTES_MAX // 1_000_000,
        )
    text = _decoded(data)
    if _ENTITY.search(text):
        raise BadRequest(
            "The list declares XML entities, which no OPML file needs: refused.",
            "error.opml.odd",
        )
    if _nesting(text) > NESTING_MAX:
        raise BadRequest(
            f"The list nests groups more than {NESTING_MAX} deep: refused.", "error.opml.odd"
        )
    # Bytes, never text: listparser would fetch a text that looks like a URL. The BOM tells lxml
    # the encoding, which it does not take from an XML declaration.
    found = listparser.parse(codecs.BOM_UTF8 + text.encode())["feeds"]
    if not found:
        raise BadRequest(
            "There is no feed in it: an OPML file has <outline xmlUrl=…> elements.",
            "error.opml.empty",
        )
    if len(found) > FEEDS_MAX:
        raise BadRequest(
            f"The list holds more than {FEEDS_MAX:,} feeds: split it.",
            "error.opml.many",
            most=FEEDS_MAX,
        )
    return tuple(ListedFeed(url=item["url"], title=item["title"]) for item in found)


def write_opml(feeds: Iterable[ListedFeed], *, title: str, now: datetime) -> bytes:
    """Write an OPML 2.0 list (http://opml.org/spec2.opml)."""
    root = ET.Element("opml", version="2.0")
    head = ET.SubElement(root, "head")
    ET.SubElement(head, "title").text = _fit(title)
    ET.SubElement(head, "dateCreated").text = format_datetime(now, usegmt=True)
    body = ET.SubElement(root, "body")
    for feed in feeds:
        named = _fit(feed.title)
        outline = {"type": "rss", "text": named, "title": named, "xmlUrl": _fit(feed.url)}
        if feed.link:
            outline["htmlUrl"] = _fit(feed.link)
        ET.SubElement(body, "outline", outline)
    ET.indent(root)
    document: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return document + b"\n"


def _decoded(data: bytes) -> str:
    encoding = next((name for bom, name in _BOMS if data.startswith(bom)), None)
    if encoding is None:
        declared = _ENCODING.match(data)
        encoding = declared[1].decode("ascii") if declared else "utf-8"
    try:
        return data.decode(encoding, errors="replace").replace("\x00", "")
    except (LookupError, UnicodeError):  # an encoding Python does not know, or that is no text
        return data.decode("utf-8", errors="replace").replace("\x00", "")


def _nesting(text: str) -> int:
    depth = deepest = 0
    for found in _OUTLINE.finditer(text):
        if found[2]:
            depth -= 1
        elif not found[1]:
            depth += 1
            deepest = max(deepest, depth)
    return deepest


def _fit(text: str) -> str:
    return _UNFIT_FOR_XML.sub(" ", text)
