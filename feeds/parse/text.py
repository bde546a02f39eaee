"""Markup → the plain text a reader sees: no tags, entities decoded once, no invisible tricks.

HTML is read by nh3 (an HTML5 parser), which leaves only tags that break lines; they become line
breaks, scripts and the like are dropped with what they hold. `html.unescape` then undoes nh3's own
escaping, so what the publisher escaped is decoded exactly once.
"""

import html
import re

import nh3

from feeds.parse.found import Markup

HTML_MAX = 200_000  # characters of markup that are read; what follows is no summary any more
TAGS_MAX = 4_000  # of them; nh3 needs time in the square of the nesting (40,000 div: 3.6 s)

_BREAKING = frozenset(
    re.findall(
        r"\w+",
        "p div br hr li ul ol dl dt dd h1 h2 h3 h4 h5 h6 blockquote pre table tr td th section "
        "article header footer aside main figure address",
    )
)
_SILENT = frozenset(
    re.findall(
        r"\w+",
        "script style iframe noscript template object embed applet audio video canvas svg math "
        "head title select textarea button figcaption",
    )
)
_TAG = re.compile(r"<[^>]*>")
_PARAGRAPH = re.compile(r"\n\s*\n|[\u2028\u2029]")
_BREAK = "\x1e"  # stands for a line break while white space is folded; controls never pass

# What a reader cannot see but a filter, a comparison or a phone's layout trips over: controls,
# soft hyphens, zero-width spaces, bidi overrides and isolates, invisible operators, tag characters,
# blank Hangul fillers, lone surrogates. Joiners stay where they join: in emoji, Indic and Arabic.
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x9f\xad\u061c\u115f\u1160\u180e\u200b\u200e\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\ufffe\uffff\ud800-\udfff"
    "\U000e0000-\U000e007f]"
)
_IDLE_JOINER = re.compile(
    "[\u200c\u200d](?=[\x00-\x7f\u200c\u200d]|$)|(?:(?<=[\x00-\x7f])|^)[\u200c\u200d]"
)
_C1 = re.compile("[\x80-\x9f]")  # Windows-1252 in disguise
_CLEANER = nh3.Cleaner(
    tags=set(_BREAKING), clean_content_tags=set(_SILENT), attributes={}, link_rel=None
)


def one_line(markup: Markup, *, limit: int) -> str:
    """Read a markup as a single line of at most `limit` characters."""
    return cut(_fold(_read(markup).replace(_BREAK, " ")), limit)


def lines(markup: Markup, *, limit: int) -> str:
    """Read a markup as lines, one a paragraph, of at most `limit` characters in all."""
    if not markup.text:
        return ""
    folded = (_fold(line) for line in _read(markup).split(_BREAK))
    return cut("\n".join(line for line in folded if line), limit)


def cut(text: str, limit: int) -> str:
    """Cut a text to at most `limit` characters, with an ellipsis where something is missing."""
    if len(text) <= limit:
        return text
    return text[: limit - 1].rstrip() + "…"


def _read(markup: Markup) -> str:
    """Take the tags and entities out; breaks stand where a new line begins."""
    text = markup.text[:HTML_MAX].replace(_BREAK, " ")
    if markup.html and "<" in text:
        if text.count("<") > TAGS_MAX:
            text = "<".join(text.split("<", TAGS_MAX)[:TAGS_MAX])
        return html.unescape(_TAG.sub(_BREAK, _CLEANER.clean(text)))
    if markup.html and "&" in text:
        text = html.unescape(text)
    return _PARAGRAPH.sub(_BREAK, text) if "\n" in text else text


def _fold(line: str) -> str:
    """Fold white space and drop what cannot be seen; quick for a line that holds nothing such."""
    line = line.replace("\n", " ").replace("\t", " ").replace("\xa0", " ").strip()
    if "  " in line:
        line = " ".join(line.split())
    if line.isprintable() and "\u3164" not in line and "\uffa0" not in line:
        return line
    if _C1.search(line):
        line = _C1.sub(lambda found: found[0].encode("latin-1").decode("cp1252", "ignore"), line)
    line = _UNSEEN.sub("", line)
    if "\u200c" in line or "\u200d" in line:
        line = _IDLE_JOINER.sub("", line)
    return " ".join(line.split())
