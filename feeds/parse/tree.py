"""Elements of a parsed tree by their names, and what they say; RSS and Atom both read by these."""

from collections.abc import Iterator
from functools import lru_cache
from html import escape

from lxml import etree
from lxml.etree import _Element

from feeds.parse.found import EMPTY, Markup, Picture

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
Said = dict[str, list[_Element]]  # an element's children by name


@lru_cache(maxsize=512)
def name_of(tag: str) -> str:
    """Name an element, lower case, with our own prefix; "?" in a namespace we do not read."""
    space, _, local = tag[1:].rpartition("}") if tag.startswith("{") else ("", "", tag)
    space = space.lower()
    if space in _CORE or "backend.userland.com/rss" in space:
        return local.lower()
    prefix = _PREFIXES.get(space)
    return prefix + local.lower() if prefix else "?"


def by_name(element: _Element) -> Said:
    """Sort an element's children by name."""
    said: Said = {}
    for child in element:
        said.setdefault(name_of(child.tag), []).append(child)
    return said


def first(said: Said, *names: str) -> _Element | None:
    """Find the first element of the first of these names that says anything."""
    for name in names:
        for element in said.get(name, ()):
            if len(element) or (element.text and not element.text.isspace()):
                return element
    return None


def last(said: Said, *names: str) -> _Element | None:
    """Find the last element of the first of these names that is there at all."""
    for name in names:
        if elements := said.get(name):
            return elements[-1]
    return None


def text_of(element: _Element | None) -> str:
    """Read an element's text, without the markup in it."""
    if element is None:
        return ""
    return "".join(element.itertext()) if len(element) else element.text or ""


def markup_of(element: _Element | None, *, html: bool) -> Markup:
    """Read an element whose text is HTML or not; markup that nobody escaped is HTML always."""
    if element is None:
        return EMPTY
    if not len(element):
        return Markup(text=element.text or "", html=html)
    inner = [escape(element.text or "")]
    inner += (etree.tostring(child, encoding="unicode", method="html") for child in element)
    return Markup(text="".join(inner), html=True)


def link_of(elements: list[_Element]) -> str:
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


def base_of(element: _Element, *, based: bool) -> str:
    """Tell the xml:base in force, in a document that is `based` on any."""
    return str(element.base or "") if based else ""


def tags_of(said: Said) -> Iterator[str]:
    """Read the categories: RSS, Atom, Dublin Core, Media RSS."""
    for element in (*said.get("category", ()), *said.get("dc:subject", ())):
        yield element.get("label") or element.get("term") or text_of(element)
    for element in said.get("media:keywords", ()):
        yield from text_of(element).split(",")


def media_description(said: Said) -> Markup:
    """Read Media RSS's description, also out of a group."""
    for name in ("media:description", "media:group"):
        for element in said.get(name, ()):
            for found in element.iter():
                if name_of(found.tag) == "media:description":
                    return markup_of(found, html=found.get("type") == "html")
    return EMPTY


def pictures_of(said: Said) -> Iterator[Picture]:
    """Gather what may be an image: Media RSS first, then enclosures, then iTunes."""
    media = [
        found
        for name in said
        if name.startswith("media:")
        for top in said[name]
        for found in top.iter()
    ]
    for element in media:
        if name_of(element.tag) == "media:content":
            yield _picture(element, url="url", medium=element.get("medium", ""))
    for element in media:
        if name_of(element.tag) == "media:thumbnail":
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
