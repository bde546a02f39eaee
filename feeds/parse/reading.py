"""Bytes → Document: decode, look, parse strictly, else mend, else save what can be."""

from feeds.model import Document
from feeds.parse.encoding import to_utf8
from feeds.parse.fast import read_xml
from feeds.parse.finish import finish
from feeds.parse.found import FoundDocument
from feeds.parse.gate import Form, recognise, refuse_bombs, refuse_depth
from feeds.parse.jsonfeed import read_json
from feeds.parse.mend import mend


def read_document(
    body: bytes, *, url: str, content_type: str | None = None, contents: bool = True
) -> Document:
    """Read a feed of any known form; raises ParseError with one line for people.

    Without `contents` the full text is read only of entries that have no summary.
    """
    form, text = recognise(to_utf8(body, content_type))
    found = read_json(text) if form is Form.JSON else _read_xml(text)
    return finish(found, url=url, contents=contents)


def _read_xml(text: bytes) -> FoundDocument:
    refuse_bombs(text)
    found = read_xml(text)
    return _read_damaged(mend(text)) if found is None else found


def _read_damaged(mended: bytes) -> FoundDocument:
    found = read_xml(mended)
    if found is not None:
        return found
    refuse_depth(mended)
    # One document in thirty needs it; it is slow to import and large.
    from feeds.parse.careful import read_broken  # noqa: PLC0415  # see above

    return read_broken(mended)
