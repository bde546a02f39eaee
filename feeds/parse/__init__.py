"""Bytes → Document: the room of the feed parsers.

lxml, nh3 and feedparser live here and nowhere else; of ours it imports model and errors alone.
`parse_document` reads a document at once, in this process; `ParserProcess` reads it in a child that
can be killed, which is how the poll beat does it. The way of a document through the rooms:

    encoding  bytes → UTF-8
    gate      refuse what is no feed, or a bomb
    fast      well-formed XML: one strict parse, one walk
    mend      slips of the pen put right, then `fast` again
    careful   what is still broken: feedparser's forgiving reader
    jsonfeed  JSON Feed
    finish    texts, links, dates, authors, tags, images by our rules, the same for all of them

Importing this package loads no parser: the parent of the child process never needs one.
"""

from feeds.model import Document
from feeds.parse.process import InlineParser, ParserProcess

__all__ = ["InlineParser", "ParserProcess", "parse_document"]


def parse_document(body: bytes, *, url: str, content_type: str | None = None) -> Document:
    """Read a feed: RSS 0.9x, 1.0, 2.0, Atom 0.3, 1.0, JSON Feed 1.0, 1.1.

    `url` is where the body came from, `content_type` its header. Guids come as written (trimmed,
    None if empty), links absolute or None, texts as plain text within bounds, dates aware and UTC.
    Raises ParseError with one line for people.
    """
    from feeds.parse.reading import read_document  # noqa: PLC0415  # the parsers weigh 20 MB

    return read_document(body, url=url, content_type=content_type)
