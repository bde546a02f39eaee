"""Well-formed XML → what it holds: one strict parse by lxml, one walk over its tree.

The walk reads every element by its namespace, keeps dates and guids as written, and lets the last
guid and the first link of an item count, as the forgiving parser does.
"""

from lxml import etree
from lxml.etree import _Element

from feeds.errors import ParseError
from feeds.parse.found import EMPTY, ENTRIES_MAX, FoundDocument, FoundEntry, Markup
from feeds.parse.tree import (
    Said,
    base_of,
    by_name,
    first,
    last,
    link_of,
    markup_of,
    media_description,
    name_of,
    pictures_of,
    tags_of,
    text_of,
)

_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_TOO_DEEP = "Excessive depth"


def read_xml(body: bytes) -> FoundDocument | None:
    """Read a document, UTF-8 without a DOCTYPE; None if it is not well formed or of no known root.

    Raises ParseError for nesting beyond libxml2's own bound of 256.
    """
    root = _strict(body)
    if root is None:
        return None
    name = name_of(root.tag)
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
    channel = next((child for child in root if name_of(child.tag) == "channel"), root)
    said = by_name(channel)
    items = said.get("item", []) + (by_name(root).get("item", []) if channel is not root else [])
    items = items or [found for found in root.iter() if name_of(found.tag) == "item"]
    return FoundDocument(
        title=markup_of(first(said, "title", "dc:title"), html=True),
        link=link_of(said.get("link", [])),
        base=base_of(channel, based=based),
        language=text_of(first(said, "language", "dc:language")) or root.get(_LANG, ""),
        ttl=text_of(first(said, "ttl")),
        update_period=text_of(first(said, "sy:updateperiod")),
        update_frequency=text_of(first(said, "sy:updatefrequency")),
        entries=tuple(_item(item, based=based) for item in items[:ENTRIES_MAX]),
    )


def _item(item: _Element, *, based: bool) -> FoundEntry:
    said = by_name(item)
    guid = last(said, "guid", "id")
    links = said.get("link", [])
    return FoundEntry(
        guid=text_of(guid) if guid is not None else item.get(_ABOUT, ""),
        guid_is_link=guid is not None and guid.get("isPermaLink", "true").lower() == "true",
        link=link_of(links),
        base=base_of(links[0] if links else item, based=based),
        title=markup_of(first(said, "title", "dc:title", "itunes:title", "media:title"), html=True),
        summary=_summary(said),
        content=markup_of(first(said, "content:encoded", "xhtml:body", "fullitem"), html=True),
        author=text_of(first(said, "dc:creator", "author", "dc:author", "itunes:author")),
        published=text_of(last(said, "pubdate", "published", "dcterms:issued")),
        updated=text_of(last(said, "updated", "dc:date", "dcterms:modified", "dcterms:created")),
        pictures=tuple(pictures_of(said)),
        tags=tuple(tags_of(said)),
    )


def _summary(said: Said) -> Markup:
    """Read the description, else the one of iTunes or Media RSS."""
    own = first(said, "description", "summary", "dc:description")
    if own is not None:
        return markup_of(own, html=True)
    if (itunes := first(said, "itunes:summary")) is not None:
        return markup_of(itunes, html=True)
    return media_description(said)


# ── Atom 0.3, 1.0 ────────────────────────────────────────────────────────────────────────────────


def _atom(root: _Element, *, based: bool) -> FoundDocument:
    said = by_name(root)
    return FoundDocument(
        title=_construct(first(said, "title")),
        link=link_of(said.get("link", [])),
        base=base_of(root, based=based),
        language=root.get(_LANG, ""),
        author=_person(first(said, "author")),
        update_period=text_of(first(said, "sy:updateperiod")),
        update_frequency=text_of(first(said, "sy:updatefrequency")),
        entries=tuple(_entry(entry, based=based) for entry in said.get("entry", [])[:ENTRIES_MAX]),
    )


def _entry(entry: _Element, *, based: bool) -> FoundEntry:
    said = by_name(entry)
    links = said.get("link", [])
    summary = _construct(first(said, "summary"))
    content = _construct(first(said, "content"))
    if not summary.text and not content.text:
        summary = media_description(said)
    return FoundEntry(
        guid=text_of(last(said, "id")),
        link=link_of(links),
        base=base_of(links[0] if links else entry, based=based),
        title=_construct(first(said, "title", "media:title")),
        summary=summary,
        content=content,
        author=_person(first(said, "author")) or text_of(last(said, "dc:creator")),
        published=text_of(last(said, "published", "issued", "dcterms:issued")),
        updated=text_of(last(said, "updated", "modified", "dc:date", "created")),
        pictures=tuple(pictures_of(said)),
        tags=tuple(tags_of(said)),
    )


def _construct(element: _Element | None) -> Markup:
    """Read a text construct (RFC 4287 §3.1); Atom 0.3 names media types instead of words."""
    if element is None or element.get("src") or element.get("mode") == "base64":
        return EMPTY
    kind = element.get("type", "text").lower()
    if "/" in kind and not kind.startswith("text/") and not kind.endswith(("xml", "html")):
        return EMPTY  # an image in base64, and the like
    return markup_of(element, html=kind not in {"text", "plain", "text/plain"})


def _person(element: _Element | None) -> str:
    if element is None:
        return ""
    said = by_name(element)
    return text_of(first(said, "name")) if said else text_of(element)
