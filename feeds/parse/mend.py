"""Slips of the pen in XML, put right in the bytes: they break a strict parser but hide nothing.

A bare `&`, an HTML entity that XML does not know, a `<` before a space, control characters, a
document type, text after the end. What is mended and then well formed keeps every guid and link as
the publisher meant it; a forgiving parser would guess at them.
"""

import html.entities
import re

_DOCTYPE = re.compile(
    rb"((?>\s+|<\?.*?\?>|<!--.*?-->)*+)<!DOCTYPE[^>\[]*(?:\[[^\]]*\]\s*)?>",
    re.IGNORECASE | re.DOTALL,
)
_CONTROLS = bytes(set(range(0x20)) - {0x09, 0x0A, 0x0D})
_LETTER_BY_LETTER = rb"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)"
_SLIP = re.compile(
    rb"(?P<kept>" + _LETTER_BY_LETTER + rb")"
    rb"|&(?:#(?P<decimal>\d{1,7});|#[xX](?P<hex>[0-9a-fA-F]{1,6});|(?P<name>[A-Za-z]\w{1,31});)?"
    rb"|<(?=[\s\d=<&])",
    re.DOTALL,
)
_END = re.compile(rb"</(?:\w+:)?(?:rss|feed|rdf)\s*>", re.IGNORECASE)
_XML_OWN = frozenset({b"amp", b"lt", b"gt", b"quot", b"apos"})
_CHARACTERS = (range(0x20, 0xD800), range(0xE000, 0xFFFE), range(0x10000, 0x110000))


def mend(body: bytes) -> bytes:
    """Put the slips right; `body` is UTF-8. Linear in its length."""
    body = body.translate(None, _CONTROLS)
    if doctype := _DOCTYPE.match(body):
        body = doctype[1] + body[doctype.end() :]
    body = _SLIP.sub(_put_right, body)
    ends = list(_END.finditer(body, max(0, len(body) - 100_000)))
    return body[: ends[-1].end()] if ends else body


def _put_right(slip: re.Match[bytes]) -> bytes:
    if slip["kept"] is not None:
        return slip[0]
    if slip[0] == b"<":
        return b"&lt;"
    if slip["decimal"] or slip["hex"]:
        number = int(slip["decimal"]) if slip["decimal"] else int(slip["hex"], 16)
        return slip[0] if _is_character(number) else b""
    if slip["name"] is None:
        return b"&amp;"
    return _entity(slip["name"])


def _entity(name: bytes) -> bytes:
    if name in _XML_OWN:
        return b"&" + name + b";"
    meant = html.entities.html5.get(name.decode("ascii", "replace") + ";")
    if meant is None:
        return b"&amp;" + name + b";"
    return "".join(f"&#{ord(letter)};" for letter in meant).encode("ascii")


def _is_character(number: int) -> bool:
    """XML 1.0 §2.2: what a character reference may stand for."""
    return number in {0x09, 0x0A, 0x0D} or any(number in span for span in _CHARACTERS)
