"""The bytes of a document as UTF-8, whatever they were sent as.

Order: byte order mark, UTF-16 without one, valid UTF-8 (no other encoding passes for it by chance),
the Content-Type's charset, the XML declaration's, else UTF-8 with some bad bytes or Windows-1252,
whichever leaves less damage. Latin-1 is read as Windows-1252 (WHATWG Encoding §4.2).
"""

import re

_BOMS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_UNMARKED = (
    (re.compile(rb"[<{]\x00[^\x00]\x00"), "utf-16-le"),
    (re.compile(rb"\x00[<{]\x00[^\x00]"), "utf-16-be"),
)
_CHARSET = re.compile(r"""charset\s*=\s*["']?([\w.:-]{1,40})""", re.IGNORECASE)
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]{1,200}?encoding\s*=\s*["']([\w.:-]{1,40})["']""")
# Only encodings of texts: Python's registry also holds "idna", "punycode", "rot13" and the like.
_SAFE = re.compile(
    r"(?:x-)?(?:iso[-_]?\d|windows-|ibm|cp-?\d|koi8|gb|big5|euc|shift|s?jis|utf-?(?:8|16|32)|mac|tis|ks_c)",
    re.IGNORECASE,
)
_LATIN = frozenset({"iso-8859-1", "iso8859-1", "iso_8859-1", "latin1", "latin-1", "us-ascii"})


def to_utf8(body: bytes, content_type: str | None = None) -> bytes:
    """Decode by the rules above and encode as UTF-8, without a byte order mark; never fails."""
    for mark, codec in _BOMS:
        if body.startswith(mark):
            return _recode(body[len(mark) :], codec)
    for pattern, codec in _UNMARKED:
        if pattern.match(body):
            return _recode(body, codec)
    if body.isascii() and b"\x1b$" not in body:  # ESC $: ISO-2022 hides its letters in ASCII
        return body
    return _by_declaration(body, content_type or "")


def _by_declaration(body: bytes, content_type: str) -> bytes:
    in_header = _CHARSET.search(content_type)
    in_body = _DECLARED.search(body[:400])
    names = [
        *((in_header[1],) if in_header else ()),
        *((in_body[1].decode("ascii", "replace"),) if in_body else ()),
    ]
    if not body.isascii() and _is_utf8(body):
        return body
    for name in names:
        text = _decode(body, name.lower())
        if text is not None:
            return text.encode("utf-8", "replace")
    return _least_damage(body)


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _decode(body: bytes, name: str) -> str | None:
    if name in _LATIN:
        return body.decode("cp1252", "replace")
    if not _SAFE.match(name) or name.replace("-", "") == "utf8":
        return None
    try:
        return body.decode(name)
    except (LookupError, UnicodeError):
        return None


def _least_damage(body: bytes) -> bytes:
    """Tell one bad letter in UTF-8 (an excerpt cut by bytes) from a text that never was UTF-8."""
    as_utf8 = body.decode("utf-8", "replace")
    bad = as_utf8.count("\ufffd")
    good = sum(not letter.isascii() for letter in as_utf8) - bad
    text = as_utf8 if good > bad else body.decode("cp1252", "replace")
    return text.encode("utf-8", "replace")


def _recode(body: bytes, codec: str) -> bytes:
    if codec == "utf-8" and _is_utf8(body):
        return body
    return body.decode(codec, "replace").encode("utf-8", "replace")
