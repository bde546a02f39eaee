"""PURE: a feed's own text made fit to show: no tricks, no boilerplate, nothing said twice."""

import re
import unicodedata
from collections.abc import Iterator

from bot.summary.cutting import ELLIPSIS

SCAN_MAX = 24_000  # characters looked at: eight times the longest lead, so that every rule is quick
_TAIL_MAX = 600  # characters at the end in which boilerplate is looked for
_TITLE_LEAST = 8  # characters: a shorter headline is no proof that a text repeats it

# Invisible, and good for nothing but tricks: overrides of direction, zero-width spaces, fillers.
# Joiners (U+200C, U+200D) stay: Persian and emoji are spelled with them.
_INVISIBLE = dict.fromkeys(
    [
        0x00AD, 0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180E, 0x200B, 0x2800, 0x3164, 0xFEFF,
        0xFFA0, *range(0x202A, 0x202F), *range(0x2060, 0x2070), *range(0xFFF9, 0xFFFC),
    ]
)  # fmt: skip
_MARKS_IN_VAIN = re.compile(
    "[\u200e\u200f]+(?=[\u200e\u200f])"
)  # only the last mark of direction counts
_UNSEEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]")  # controls, lone surrogates
_TAB = {0x09: " "}
_LINE_ENDS = dict.fromkeys((*range(0x0A, 0x0E), *range(0x1C, 0x1F), 0x85, 0x2028, 0x2029), "\n")
_TIDIED = _INVISIBLE | _LINE_ENDS | _TAB
_LINE_GAPS = re.compile(r" ?\n\s*")
_GAPS = re.compile(r"[^\S\n]+")

# "The post … appeared first on …." as WordPress writes it, and its Indonesian translations.
_APPEARED_FIRST = re.compile(
    r"""(?:^|(?<=\s))(?:The\ post|Artikel|Postingan|Pos|Tulisan|Kiriman|Berita)
    \s+(?P<title>\S.*?)\s+
    (?:appeared\ first\ on|first\ appeared\ on|pertama\ kali\ [a-z]+\ (?:di|pada)
    |(?:tampil|muncul|terbit)\ (?:untuk\ )?pertama(?:\ kali(?:nya)?)?\ (?:di|pada))\s+
    (?P<site>\S[^\n]{0,150})$""",
    re.VERBOSE | re.IGNORECASE,
)
_INVITATION = (
    r"(?:read\ (?:more|on)|read\ the\ (?:full|whole|rest\ of\ the)\ (?:story|article|post|entry)"
    r"|(?:continue|keep)\ reading|baca\ (?:selengkapnya|selanjutnya|lebih\ lanjut|lengkap|juga)"
    r"|selengkapnya|lanjut(?:kan)?\ (?:membaca|baca)|simak\ juga|lihat\ juga|see\ also)"
)
# An invitation that ends the text: bare, or with a colon, an arrow, the title it leads to.
_INVITED = re.compile(
    rf"""[(\[]?{_INVITATION}(?:\s*[:»›>→…(“"][^\n]{{0,250}}
    |\ (?:about|at|on|di|tentang)\ [^\n]{{1,250}}|\ [^\n]{{1,250}}[»›→])?[\s.»›>→…)\]]*$""",
    re.VERBOSE | re.IGNORECASE,
)
_INVITING_LINE = re.compile(
    rf"^[(\[]?{_INVITATION}\s*[:»›→][^\n]*\n", re.MULTILINE | re.VERBOSE | re.IGNORECASE
)
_BEFORE_AN_INVITATION = tuple('.!?…])”"»\n')
_CUT_MARK = re.compile(r"\s*(?:[\[(]\s*(?:…|\.{3,}|&hellip;|&#8230;)\s*[\])]|…|\.{3,})\s*$")
_SENTENCE_END = re.compile(r"[.!?…。！？][”\"’')\]]*$")
_AFTER_A_TITLE = re.compile(r"[.!?:;…]+\s+|\s+[-–—|]\s+|\n\s*")
_SITE_ENDING = re.compile(r"\s+(?:[-–—|•·»]|::)\s+(?P<site>\S[^-–—|•·»]{0,100})$")
_QUOTES = str.maketrans("‘’“”", "''\"\"")
_SITE_LEAST = 4  # letters: "X" is no proof that Xinhua is meant


def clean(text: str) -> str:
    """Take what cannot be seen out of a text and tidy its gaps; line ends stay, one at a time."""
    text = _UNSEEN.sub("", text[:SCAN_MAX].translate(_TIDIED))
    text = _MARKS_IN_VAIN.sub("", unicodedata.normalize("NFC", text))
    text = _LINE_GAPS.sub("\n", _GAPS.sub(" ", text)).strip()
    return text if any(unicodedata.category(c)[0] in "LNPS" for c in text) else ""


def one_line(text: str) -> str:
    """Clean a text that must stand on one line: a headline, a name."""
    return " ".join(clean(text).split())


def without_boilerplate(text: str, *, headline: str, site: str) -> str:
    """Drop the publisher's own tail: first appearance, invitations to read on, cut marks."""
    text, before = _INVITING_LINE.sub("", text), None
    while before != text:
        before = text
        text = _without_credit(text, headline=headline, site=site)
        text = _without_invitation(text)
    return _with_plain_cut_mark(text)


def without_headline(text: str, headline: str) -> str:
    """Drop the headline where the text repeats it: wholly, cut short, or as its first sentence."""
    if _bare(headline).startswith(_bare(text)):
        return ""
    length = len(headline)
    if length < _TITLE_LEAST or _plain(text[:length]) != _plain(headline):
        return text
    gap = _AFTER_A_TITLE.match(text, length - headline.endswith((".", "!", "?", "…")))
    return text[gap.end() :] if gap else text  # else it goes on: "Kim vows support for …"


def without_site(headline: str, site: str) -> str:
    """Drop the site's name from a headline's end: "Kim bertemu Putin - Daily Berita"."""
    ending = _SITE_ENDING.search(headline)
    if ending is None or not _bare(site) or _bare(ending["site"]) != _bare(site):
        return headline
    return headline[: ending.start()]


def _without_credit(text: str, *, headline: str, site: str) -> str:
    """Drop the credit line only where it names this headline or site: news may say such things."""
    told, home = _bare(headline), _bare(site)
    tail = text[-_TAIL_MAX - len(headline) :]
    for found in _endings(_APPEARED_FIRST, tail):
        title, where = _bare(found["title"]), _bare(found["site"])
        titled = len(title) >= _TITLE_LEAST and told.startswith(title)
        housed = min(len(where), len(home)) >= _SITE_LEAST and (
            where.startswith(home) or home.startswith(where)
        )
        if titled or housed:
            return text[: len(text) - len(tail) + found.start()].rstrip()
    return text


def _without_invitation(text: str) -> str:
    tail = text[-_TAIL_MAX:]
    for found in _endings(_INVITED, tail):
        before = tail[: found.start()].rstrip(" ")
        if (
            not before
            or before.endswith(_BEFORE_AN_INVITATION)
            or found[0].lstrip("([")[0].isupper()
        ):
            return text[: len(text) - len(tail) + found.start()].rstrip()
    return text


def _endings(pattern: re.Pattern[str], tail: str) -> Iterator[re.Match[str]]:
    """Try every place at which the ending could begin, the longest ending first."""
    begin = 0
    while found := pattern.search(tail, begin):
        yield found
        begin = found.start() + 1


def _with_plain_cut_mark(text: str) -> str:
    """Turn "[…]" and its like into "…", or into nothing where a whole sentence stands before it."""
    mark = _CUT_MARK.search(text, max(0, len(text) - _TAIL_MAX))
    if mark is None:
        return text
    kept = text[: mark.start()].rstrip(" \n,;:–—-")
    return kept if not kept or _SENTENCE_END.search(kept[-4:]) else kept + ELLIPSIS


def _bare(text: str) -> str:
    """Reduce a text to its letters and digits, so that typography makes no difference."""
    return "".join(character for character in text.casefold() if character.isalnum())


def _plain(text: str) -> str:
    return text.translate(_QUOTES).casefold()
