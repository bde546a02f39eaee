"""PURE: how long a text is to Telegram, and where it may be cut: after a sentence, else a word.

Lengths are UTF-16 code units, the unit of Telegram's entities and never less than its characters.
"""

import re
import unicodedata
from collections.abc import Iterator

ELLIPSIS = "…"

# Whole sentences that fill less than this share of the room say too little: part of one is added.
_LEAST_SHARE = 1 / 4
_ZERO_WIDTH_JOINER = "\u200d"
_WORD_LOOK_BACK = 40  # characters; longer than any abbreviation

# Full stops with the quotes and brackets that close after them; a line's end; a stop of CJK.
_STOP = re.compile(r"[.!?…。！？]+[)\]\"'”’»]*(?=\s|$)|(?=\n)|(?<=[。！？])(?=\S)")
_LAST_WORD = re.compile(r"[(\[\"'“‘«]*(\S*?)[.]$")

# They stand before a name or a number, so their full stop never ends a sentence.
_BEFORE_A_NAME = frozenset(
    """jl jln gg no rp pt cv ud tn ny nn sdr sdri bpk bp kh ust dr drs dra drg prof ir inf kab kec
    kel prov telp jend letjen mayjen brigjen irjen komjen kombes akbp akp kompol iptu ipda aiptu
    aipda bripka brigpol kol letkol kapt lettu letda serma sertu serda laksda laksdya laksma marsda
    marsdya marsma mr mrs ms st gen lt col sgt capt maj sen rep gov vs fig vol""".split()  # noqa: SIM905  # seventy words read best as words
)


def units(text: str) -> int:
    """Measure a text in UTF-16 code units."""
    return len(text) + sum(character > "\uffff" for character in text)


def shorten(text: str, units_max: int) -> str:
    """Bring a text within `units_max`: whole sentences if they say enough, else words and "…"."""
    if units(text) <= units_max:
        return text
    whole = ""
    for sentences in _beginnings(text):
        if units(sentences) > units_max:
            break
        whole = sentences
    if whole and units(whole) >= units_max * _LEAST_SHARE:
        return whole
    return shorten_at_word(text, units_max)


def shorten_at_word(text: str, units_max: int) -> str:
    """Bring a text within `units_max`, ending it with "…" after its last whole word."""
    if units(text) <= units_max:
        return text
    room = units_max - units(ELLIPSIS)
    if room < 0:
        return ""
    head = head_within(text, room)
    if head and not head[-1].isspace() and not text[len(head)].isspace():
        words = head.rsplit(maxsplit=1)
        if len(words) > 1 and units(words[0]) * 2 >= room:
            head = words[0]
    return head.rstrip(" \n,;:–—-/(“‘«\"'.…") + ELLIPSIS


def head_within(text: str, units_max: int) -> str:
    """Take what fits of the beginning, never splitting what a reader sees as one character."""
    coded = text.encode("utf-16-le", "surrogatepass")[: 2 * max(units_max, 0)]
    end = len(coded.decode("utf-16-le", "ignore"))
    while 0 < end < len(text) and _belong_together(text, end):
        end -= 1
    return text[:end]


def first_sentence(text: str) -> str:
    """Take the first sentence, knowing Indonesian and English abbreviations, or the whole text."""
    return next(_beginnings(text), text)


def _beginnings(text: str) -> Iterator[str]:
    """Yield the text up to the end of its first sentence, of its second, and so on."""
    for stop in _STOP.finditer(text):
        if stop.end() and _ends_sentence(text, stop.start(), stop.end()):
            yield text[: stop.end()]


def _ends_sentence(text: str, start: int, end: int) -> bool:
    after = text[end : end + _WORD_LOOK_BACK].lstrip(" ")
    if not after or after[0] == "\n":
        return True
    if after.lstrip("\"'“‘«([")[:1].islower():
        return False  # "dll. dan", "U.S. officials": the sentence goes on
    return text[start] != "." or not _is_abbreviation(text[max(0, start - 40) : start + 1])


def _is_abbreviation(text: str) -> bool:
    found = _LAST_WORD.search(text)
    word = found[1].lower() if found else ""
    if word in _BEFORE_A_NAME:
        return True
    parts = word.split(".")  # "s.h", "a.n", "m.si", "u.s"; one letter is an initial: "J. Kalla"
    spelled = all(part.isalpha() and len(part) <= 2 for part in parts)  # noqa: PLR2004  # as above
    return spelled and (len(parts) > 1 or len(word) == 1)


def _belong_together(text: str, at: int) -> bool:
    """Tell whether the characters around `at` are seen as one (UAX #29, the most of it)."""
    before, after = text[at - 1], text[at]
    if _ZERO_WIDTH_JOINER in (before, after) or before + after == "\r\n":
        return True
    if unicodedata.category(after).startswith("M") or _modifies_emoji(after):
        return True
    if not (_is_flag_letter(before) and _is_flag_letter(after)):
        return False
    letters = at  # flags are pairs of letters, counted from where their run begins
    while letters and _is_flag_letter(text[letters - 1]):
        letters -= 1
    return (at - letters) % 2 == 1


def _modifies_emoji(character: str) -> bool:
    """Know the skin tones, and the tags that spell the flags of England, Scotland and Wales."""
    return "\U0001f3fb" <= character <= "\U0001f3ff" or "\U000e0020" <= character <= "\U000e007f"


def _is_flag_letter(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"
