"""What may go to a parser at all: cheap looks at the bytes, before anything is built from them."""

import re
from enum import Enum

from feeds.errors import ParseError

TAG_BYTES_MAX = 64 * 1024  # a 2.3 MB tag of 200,000 attributes held a parser for 34 s
PREAMBLE_BYTES_MAX = 64 * 1024  # how far a warning printed before the document may reach
DEPTH_MAX = 5_000  # of a damaged document; unclosed <br> and <p> add up

_PROLOG = re.compile(rb"(?>\s+|<\?.*?\?>|<!--.*?-->)++", re.DOTALL)
_DOCTYPE = re.compile(rb"<!DOCTYPE\s", re.IGNORECASE)
_ELEMENT = re.compile(rb"<([A-Za-z_][\w.:-]{0,100})[\s/>]")
_ROOT = re.compile(rb"<(?:\w+:)?(?:rss|feed|rdf)[\s>]", re.IGNORECASE)
_DECLARATION_OR_ROOT = re.compile(rb"<\?xml\s|<(?:\w+:)?(?:rss|feed|rdf)[\s>]", re.IGNORECASE)
_ASIDE = re.compile(  # what holds markup of its own, or none
    rb"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)|<\?.*?(?:\?>|\Z)", re.DOTALL
)
_STEP = re.compile(rb"(?P<in><[A-Za-z_])|</|/>")
_ROOTS = frozenset({b"rss", b"feed", b"rdf", b"channel"})
_PAGE = frozenset(
    b"html head body div p br b h1 h2 script meta title link style center span a table".split()
)


class Form(Enum):
    """The two families of feed documents."""

    XML = "xml"
    JSON = "json"


def recognise(body: bytes) -> tuple[Form, bytes]:
    """Tell what the body is and cut off what was printed before it; raises ParseError if no feed.

    `body` is UTF-8. A PHP warning or blank lines before the XML are common and harmless; they are
    cut, an HTML page around a feed is not.
    """
    body = body.lstrip(b" \t\r\n\0\xef\xbb\xbf")
    if not body:
        raise ParseError("nothing: the body is empty", "error.parse.empty")
    if body[:1] == b"{":
        return Form.JSON, body
    name = _root_name(body)
    if name not in _ROOTS:
        start = None if name == b"html" else _ROOT.search(body[:PREAMBLE_BYTES_MAX])
        if start is None:
            raise ParseError(*_what_instead(body, name))
        first = _DECLARATION_OR_ROOT.search(body)
        body = body[first.start() if first else start.start() :]
    return Form.XML, body


def refuse_bombs(body: bytes) -> None:
    """Raise ParseError for XML that is made to hurt its reader; linear in the body's length."""
    start = _ELEMENT.search(body, _after_prolog(body))
    prolog = body[: start.start()] if start else body
    if re.search(rb"<!ENTITY\s", prolog, re.IGNORECASE):
        raise ParseError("a document that defines entities of its own: refused, it may be a bomb")
    if _has_huge_tag(body):
        raise ParseError(f"too large a tag: over {TAG_BYTES_MAX // 1024} KB between < and >")


def refuse_depth(body: bytes) -> None:
    """Raise ParseError for thousands of elements inside one another; linear.

    For damaged documents, where libxml2's own bound does not help; 200,000 took feedparser 7 s.
    """
    depth = 0
    for step in _STEP.finditer(_ASIDE.sub(b"", body)):
        depth = depth + 1 if step["in"] else max(depth - 1, 0)
        if depth > DEPTH_MAX:
            raise ParseError("too deep: thousands of elements inside one another")


def _has_huge_tag(body: bytes) -> bool:
    if not _has_long_stretch(body):
        return False
    at = 0
    while (at := body.find(b"<", at)) >= 0:
        closing = b">"
        if body.startswith(b"<![CDATA[", at):
            closing = b"]]>"
        elif body.startswith(b"<!--", at):
            closing = b"-->"
        end = body.find(closing, at)
        if closing == b">" and (end if end >= 0 else len(body)) - at > TAG_BYTES_MAX:
            return True
        if end < 0:
            return False
        at = end + 1
    return False


def _has_long_stretch(body: bytes) -> bool:
    """Tell whether so much lies between two ">" that a huge tag may; in a few steps where not."""
    at = 0
    while len(body) - at > TAG_BYTES_MAX:
        last = body.rfind(b">", at, at + TAG_BYTES_MAX + 1)
        if last < 0:
            return True
        at = last + 1
    return False


def _after_prolog(body: bytes) -> int:
    match = _PROLOG.match(body)
    return match.end() if match else 0


def _root_name(body: bytes) -> bytes:
    """Name the first element, lower case, without prefix; `html` also for an HTML doctype."""
    at = _after_prolog(body)
    if re.match(rb"<!DOCTYPE\s+html", body[at : at + 100], re.IGNORECASE):
        return b"html"
    find = _ELEMENT.search if _DOCTYPE.match(body, at) else _ELEMENT.match
    element = find(body, at)
    return element[1].lower().rpartition(b":")[2] if element else b""


def _what_instead(body: bytes, name: bytes) -> tuple[str, str]:
    """Say what it looks like, and the key of that."""
    if name == b"opml":
        return "an OPML list of feeds, not a feed; import it instead", "error.parse.opml"
    if name in _PAGE or re.search(rb"<(?:html|body|head)[\s>]", body[:4096], re.IGNORECASE):
        return "an HTML page, not a feed", "error.parse.page"
    return "not a feed we know: neither RSS, nor Atom, nor JSON Feed", "error.parse.unknown"
