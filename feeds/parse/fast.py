"""Well-formed XML → what it holds: one strict parse by lxml, one walk over its tree.

The walk reads every element by its namespace, keeps dates and guids as written, and lets the last
guid and the first link of an item count, as the forgiving parser does.
"""

from collections.abc import Iterator
from functools import lru_cache
from html import escape

from lxml import etree
from lxml.etree import _Element

from feeds.errors import ParseError
from feeds.parse.found import EMPTY, ENTRIES_MAX, FoundDocument, FoundEntry, Markup, Picture

_CORE = frozenset(
    {
        "",
        "http://www.w3.org/2005/atom",
        "https://www.w3.org/2005/atom",
        "http://purl.org/atom/ns#",
        "http://purl.org/rss/1.0/",
        "http://my.netscape.com/rdf/simple/0.9/",
        "http://channel.netscape.com/rdf/simple/0.9/",
        "http://purl.org/rss/1.0/modules/rss091#",
        "http://blogs.law.harvard.edu/tech/rss",
        "http://cyber.law.harvard.edu/rss/rss.html",
    }
)
_PREFIXES = {
    "http://purl.org/dc/elements/1.1/": "dc:",
    "http://purl.org/dc/terms/": "dcterms:",
    "http://purl.org/rss/1.0/modules/content/": "content:",
    "http://purl.org/rss/1.0/modules/syndication/": "sy:",
    "http://search.yahoo.com/mrss/": "media:",
    "http://search.yahoo.com/mrss": "media:",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes:",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf:",
    "http://www.w3.org/1999/xhtml": "xhtml:",
}
_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_Said = dict[str, list[_Element]]  # an element's children by name
_TOO_DEEP = "Excessive depth"


def read_xml(body: bytes) -> FoundDocument | None:
    """Read a document, UTF-8 without a DOCTYPE; None if it is not well formed or of no known root.

    Raises ParseError for nesting beyond libxml2's own bound of 256.
    """
    root = _strict(body)
    if root is None:
        return None
    name = _name(root.tag)
    if name == "feed":
        return _atom(root, based=b"xml:base" in body)
    return _rss(root, based=b"xml:base" in body) if name in {"rss", "rdf:rdf"} else None


def _strict(body: bytes) -> _Element | None:
    parser = etree.XMLParser(
        encoding="utf-8",
        recover=False,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        if _TOO_DEEP in str(error):
            raise ParseError("too deep: over 256 elements inside one another") from None
        return None
    # A document type may define entities; libxml2 would leave them out of the texts in silence.
    return None if root.getroottree().docinfo.doctype else root


# ── RSS 0.9x, 1.0, 2.0 ───────────────────────────────────────────────────────────────────────────


def _rss(root: _Element, *, based: bool) -> FoundDocument:
    channel = next((child for child in root if _name(child.tag) == "channel"), root)
    said = _by_name(channel)
    items = said.get("item", []) + (_by_name(root).get("item", []) if channel is not root else [])
    items = items or [found for found in root.iter() if _name(found.tag) == "item"]
    return FoundDocument(
        title=_markup(_first(said, "title", "dc:title"), html=True),
        link=_link(said.get("link", [])),
        base=_base(channel, based=based),
        language=_text(_first(said, "language", "dc:language")) or root.get(_LANG, ""),
        ttl=_text(_first(said, "ttl")),
        update_period=_text(_first(said, "sy:updateperiod")),
        update_frequency=_text(_first(said, "sy:updatefrequency")),
        entries=tuple(_item(item, based=based) for item in items[:ENTRIES_MAX]),
    )


def _item(item: _Element, *, based: bool) -> FoundEntry:
    said = _by_name(item)
    guid = _last(said, "guid", "id")
    links = said.get("link", [])
    return FoundEntry(
        guid=_text(guid) if guid is not None else item.get(_ABOUT, ""),
        guid_is_link=guid is not None and guid.get("isPermaLink", "true").lower() == "true",
        link=_link(links),
        base=_base(links[0] if links else item, based=based),
        title=_markup(_first(said, "title", "dc:title", "itunes:title", "media:title"), html=True),
        summary=_summary(said),
        content=_markup(_first(said, "content:encoded", "xhtml:body", "fullitem"), html=True),
        author=_text(_first(said, "dc:creator", "author", "dc:author", "itunes:author")),
        published=_text(_last(said, "pubdate", "published", "dcterms:issued")),
        updated=_text(_last(said, "updated", "dc:date", "dcterms:modified", "dcterms:created")),
        pictures=tuple(_pictures(said)),
        tags=tuple(_tags(said)),
    )


def _summary(said: _Said) -> Markup:
    """Read the description, else the one of iTunes or Media RSS."""
    own = _first(said, "description", "summary", "dc:description")
    if own is not None:
        return _markup(own, html=True)
    if (itunes := _first(said, "itunes:summary")) is not None:
        return _markup(itunes, html=True)
    return _media_description(said)


# ── Atom 0.3, 1.0 ────────────────────────────────────────────────────────────────────────────────


def _atom(root: _Element, *, based: bool) -> FoundDocument:
    said = _by_name(root)
    return FoundDocument(
        title=_construct(_first(said, "title")),
        link=_link(said.get("link", [])),
        base=_base(root, based=based),
        language=root.get(_LANG, ""),
        author=_person(_first(said, "author")),
        update_period=_text(_first(said, "sy:updateperiod")),
        update_frequency=_text(_first(said, "sy:updatefrequency")),
        entries=tuple(_entry(entry, based=based) for entry in said.get("entry", [])[:ENTRIES_MAX]),
    )


def _entry(entry: _Element, *, based: bool) -> FoundEntry:
    said = _by_name(entry)
    links = said.get("link", [])
    summary = _construct(_first(said, "summary"))
    content = _construct(_first(said, "content"))
    if not summary.text and not content.text:
        summary = _media_description(said)
    return FoundEntry(
        guid=_text(_last(said, "id")),
        link=_link(links),
        base=_base(links[0] if links else entry, based=based),
        title=_construct(_first(said, "title", "media:title")),
        summary=summary,
        content=content,
        author=_person(_first(said, "author")) or _text(_last(said, "dc:creator")),
        published=_text(_last(said, "published", "issued", "dcterms:issued")),
        updated=_text(_last(said, "updated", "modified", "dc:date", "created")),
        pictures=tuple(_pictures(said)),
        tags=tuple(_tags(said)),
    )


def _construct(element: _Element | None) -> Markup:
    """Read a text construct (RFC 4287 §3.1); Atom 0.3 names media types instead of words."""
    if element is None or element.get("src") or element.get("mode") == "base64":
        return EMPTY
    kind = element.get("type", "text").lower()
    if "/" in kind and not kind.startswith("text/") and not kind.endswith(("xml", "html")):
        return EMPTY  # an image in base64, and the like
    return _markup(element, html=kind not in {"text", "plain", "text/plain"})


def _person(element: _Element | None) -> str:
    if element is None:
        return ""
    said = _by_name(element)
    return _text(_first(said, "name")) if said else _text(element)


# ── what both have ───────────────────────────────────────────────────────────────────────────────


@lru_cache(maxsize=2048)
def _name(tag: str) -> str:
    """Name an element, lower case, with our own prefix; "?" in a namespace we do not read."""
    space, _, local = tag[1:].rpartition("}") if tag.startswith("{") else ("", "", tag)
    space = space.lower()
    if space in _CORE or "backend.userland.com/rss" in space:
        return local.lower()
    prefix = _PREFIXES.get(space)
    return prefix + local.lower() if prefix else "?"


def _by_name(element: _Element) -> _Said:
    said: _Said = {}
    for child in element:
        said.setdefault(_name(child.tag), []).append(child)
    return said


def _first(said: _Said, *names: str) -> _Element | None:
    """Find the first element of the first of these names that says anything."""
    for name in names:
        for element in said.get(name, ()):
            if len(element) or (element.text and not element.text.isspace()):
                return element
    return None


def _last(said: _Said, *names: str) -> _Element | None:
    for name in names:
        if elements := said.get(name):
            return elements[-1]
    return None


def _text(element: _Element | None) -> str:
    if element is None:
        return ""
    return "".join(element.itertext()) if len(element) else element.text or ""


def _markup(element: _Element | None, *, html: bool) -> Markup:
    if element is None:
        return EMPTY
    if not len(element):
        return Markup(text=element.text or "", html=html)
    inner = [escape(element.text or "")]
    inner += (etree.tostring(child, encoding="unicode", method="html") for child in element)
    return Markup(text="".join(inner), html=True)


def _link(elements: list[_Element]) -> str:
    """Choose RSS's text link, else the alternate that is a page, else any alternate."""
    alternates: list[tuple[str, str]] = []
    for element in elements:
        href = element.get("href")
        if href is None and element.text and not element.text.isspace():
            return str(element.text)
        if href and element.get("rel", "alternate").rpartition("/")[2].lower() == "alternate":
            alternates.append((element.get("type", "text/html").lower(), href))
    pages = [href for kind, href in alternates if "html" in kind]
    return (pages or [href for _, href in alternates] or [""])[0]


def _base(element: _Element, *, based: bool) -> str:
    return str(element.base or "") if based else ""


def _tags(said: _Said) -> Iterator[str]:
    for element in (*said.get("category", ()), *said.get("dc:subject", ())):
        yield element.get("label") or element.get("term") or _text(element)
    for element in said.get("media:keywords", ()):
        yield from _text(element).split(",")


def _media_description(said: _Said) -> Markup:
    for name in ("media:description", "media:group"):
        for element in said.get(name, ()):
            for found in element.iter():
                if _name(found.tag) == "media:description":
                    return _markup(found, html=found.get("type") == "html")
    return EMPTY


def _pictures(said: _Said) -> Iterator[Picture]:
    media = [
        found
        for name in said
        if name.startswith("media:")
        for top in said[name]
        for found in top.iter()
    ]
    for element in media:
        if _name(element.tag) == "media:content":
            yield _picture(element, url="url", medium=element.get("medium", ""))
    for element in media:
        if _name(element.tag) == "media:thumbnail":
            yield _picture(element, url="url", medium="image")
    for element in said.get("enclosure", ()):
        yield _picture(element, url="url")
    for element in said.get("link", ()):
        if element.get("rel", "").lower() == "enclosure":
            yield _picture(element, url="href")
    for element in said.get("itunes:image", ()):
        yield _picture(element, url="href", medium="image")


def _picture(element: _Element, *, url: str, medium: str = "") -> Picture:
    return Picture(
        url=element.get(url, ""),
        type=element.get("type", "").lower(),
        medium=medium.lower(),
        width=element.get("width", ""),
        height=element.get("height", ""),
    )
