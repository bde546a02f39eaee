"""Broken XML → what can be saved of it: feedparser's forgiving reader, tamed.

Used only for what is not well formed even after mending. Tamed means: its search for e-mail
addresses in authors is left out (quadratic: 31 KB took 7 s; feedparser issue 562), guids are not
resolved against a base, Media RSS keeps its own titles and descriptions, HTML is neither sanitised
nor rewritten (three quarters of its time), and its dates are read by us (it takes WIB for UTC).
"""

import html
import re
from collections.abc import Iterator
from typing import Any

from feedparser.api import LooseFeedParser

from feeds.errors import ParseError
from feeds.parse.found import EMPTY, ENTRIES_MAX, FoundDocument, FoundEntry, Markup, Picture

_OPENING = re.compile(rb"<(?:\w+:)?(?:item|entry)[\s>]", re.IGNORECASE)
_CLOSING = re.compile(rb"</(?:\w+:)?(?:item|entry|channel|rss|feed|rdf)\s*>", re.IGNORECASE)
_ITUNES = "http://www.itunes.com/"
_AMPERSAND = "\x1e"  # stands for & while feedparser strips semicolons that follow it
_MEDIA = "http://search.yahoo.com/mrss/category_schema"


class _Reader(LooseFeedParser):  # type: ignore[misc]  # feedparser ships no types
    """feedparser's reader of tag soup, as the module says."""

    resolve_relative_uris = False
    sanitize_html = False
    guidislink: int

    def _sync_author_detail(self, key: str = "author") -> None:
        """Leave the author as written."""

    def resolve_uri(self, uri: str) -> str:
        """Resolve against an xml:base only; all else is resolved once, where all parsers end."""
        return str(super().resolve_uri(uri)) if self.baseuri else uri

    def pop(self, element: str, strip_whitespace: int = 1) -> Any:
        """Take an element's text; a guid is not resolved, a link's query is not "repaired"."""
        top: list[Any] = self.elementstack[-1] if self.elementstack else ["", 1, []]
        if element == top[0] == "link":
            top[2] = [html.unescape(_joined(top[2])).replace("&", _AMPERSAND)]
        if element != "id":
            return super().pop(element, strip_whitespace)
        permalink, self.guidislink = self.guidislink, 0
        value = super().pop(element, strip_whitespace)
        self.guidislink = permalink
        return value

    def _start_media_title(self, attrs_d: dict[str, str]) -> None:
        del attrs_d
        self.push("media_title", 1)

    def _end_media_title(self) -> None:
        self.pop("media_title")

    def _start_media_description(self, attrs_d: dict[str, str]) -> None:
        self._get_context()["media_description_type"] = attrs_d.get("type", "plain")
        self.push("media_description", 1)

    def _end_media_description(self) -> None:
        self.pop("media_description")


def read_broken(body: bytes) -> FoundDocument:
    """Save what can be saved of `body`, mended UTF-8; raises ParseError when that is nothing."""
    reader = _Reader("", None, "utf-8", {})
    try:
        reader.feed(body.decode("utf-8", "replace"))
    except Exception as error:  # noqa: BLE001  # its ways to fail on soup are not to be listed
        raise ParseError(f"broken beyond reading: {type(error).__name__} in its markup") from None
    atom = reader.version.startswith("atom")
    whole = reader.entries
    if _is_cut_off(body):
        whole = whole[:-1]  # half an entry has half a link: another story, to our keys
    entries = [_entry(entry, atom=atom) for entry in whole[:ENTRIES_MAX]]
    if not any(_says_anything(entry) for entry in entries):
        raise ParseError("broken beyond reading: its XML is damaged and no whole entry is left")
    return FoundDocument(
        title=_markup(reader.feeddata, "title", atom=atom),
        link=_link(reader.feeddata),
        language=_word(reader.feeddata, "language"),
        author=_author(reader.feeddata) if atom else "",
        ttl=_word(reader.feeddata, "ttl"),
        update_period=_word(reader.feeddata, "sy_updateperiod"),
        update_frequency=_word(reader.feeddata, "sy_updatefrequency"),
        entries=tuple(entries),
    )


def _says_anything(entry: FoundEntry) -> bool:
    texts = (entry.title.text, entry.summary.text, entry.content.text)
    return bool(entry.guid or entry.link or any(texts))


def _is_cut_off(body: bytes) -> bool:
    """Tell whether the document ends inside its last entry."""
    starts = [opening.end() for opening in _OPENING.finditer(body)]
    return bool(starts) and not _CLOSING.search(body, starts[-1])


def _entry(entry: Any, *, atom: bool) -> FoundEntry:
    content = next(iter(dict.get(entry, "content", ())), None)
    summary = _markup(entry, "summary", atom=atom)
    body = _detail(content, atom=atom)
    if not summary.text and not (atom and body.text):
        media_html = dict.get(entry, "media_description_type") == "html"
        summary = Markup(text=_word(entry, "media_description"), html=media_html)
    title = _markup(entry, "title", atom=atom)
    if not title.text:
        title = Markup(text=_word(entry, "itunes_title") or _word(entry, "media_title"), html=True)
    return FoundEntry(
        guid=_word(entry, "id"),
        guid_is_link=not atom and bool(dict.get(entry, "guidislink")),
        link=_link(entry),
        base=_base(entry),
        title=title,
        summary=summary,
        content=body,
        author=_author(entry),
        published=_word(entry, "published"),
        updated=_word(entry, "updated") or _word(entry, "created"),
        pictures=tuple(_pictures(entry)),
        tags=tuple(_tags(entry)),
    )


def _word(said: Any, key: str) -> str:
    """Read a plain element; the loose reader leaves XML's own escapes in it."""
    value = dict.get(said, key)
    return html.unescape(value) if isinstance(value, str) else ""


def _markup(said: Any, key: str, *, atom: bool) -> Markup:
    return _detail(dict.get(said, f"{key}_detail"), atom=atom)


def _detail(detail: Any, *, atom: bool) -> Markup:
    if not detail:
        return EMPTY
    plain = atom and dict.get(detail, "type") == "text/plain"
    return Markup(text=dict.get(detail, "value") or "", html=not plain)


def _base(entry: Any) -> str:
    detail = dict.get(entry, "title_detail") or {}
    return str(dict.get(detail, "base") or "")


def _link(said: Any) -> str:
    alternates = [
        (dict.get(link, "type", ""), dict.get(link, "href", ""))
        for link in dict.get(said, "links", ())
        if dict.get(link, "rel", "alternate").rpartition("/")[2] == "alternate"
    ]
    pages = [href for kind, href in alternates if "html" in kind and href]
    chosen: str = (pages or [href for _, href in alternates if href] or [""])[0]
    return chosen.replace(_AMPERSAND, "&")


def _joined(pieces: list[str | bytes]) -> str:
    return "".join(p.decode("utf-8", "replace") if isinstance(p, bytes) else p for p in pieces)


def _author(said: Any) -> str:
    named = (dict.get(author, "name", "") for author in dict.get(said, "authors", ()))
    return html.unescape(next(filter(None, named), "")) or _word(said, "author")


def _tags(entry: Any) -> Iterator[str]:
    for tag in dict.get(entry, "tags", ()):
        if dict.get(tag, "scheme") not in {_ITUNES, _MEDIA}:
            yield html.unescape(dict.get(tag, "label") or dict.get(tag, "term") or "")


def _pictures(entry: Any) -> Iterator[Picture]:
    for offered in dict.get(entry, "media_content", ()):
        yield _picture(offered, url="url", medium=dict.get(offered, "medium", ""))
    for offered in dict.get(entry, "media_thumbnail", ()):
        yield _picture(offered, url="url", medium="image")
    for link in dict.get(entry, "links", ()):
        if dict.get(link, "rel") == "enclosure":
            yield _picture(link, url="href")
    if image := dict.get(entry, "image"):
        yield _picture(image, url="href", medium="image")


def _picture(offered: Any, *, url: str, medium: str = "") -> Picture:
    return Picture(
        url=dict.get(offered, url, ""),
        type=dict.get(offered, "type", "").lower(),
        medium=medium.lower(),
        width=str(dict.get(offered, "width", "")),
        height=str(dict.get(offered, "height", "")),
    )
