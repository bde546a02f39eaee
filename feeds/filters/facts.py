"""PURE: what of a story a filter looks at, made ready once for all rules that ask."""

import re
import unicodedata
from collections.abc import Sequence
from enum import StrEnum

_WORD = re.compile(r"\w+")
# Thai, Lao, Burmese, Khmer, Japanese and Chinese part their words by no blanks.
_UNPARTED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]"
)


class Part(StrEnum):
    """A part of a story."""

    TITLE = "title"
    SUMMARY = "summary"
    AUTHOR = "author"
    TAGS = "tags"
    LINK = "link"


class Facts:
    """A story as filters see it; read word by word at the first rule that asks for words."""

    __slots__ = ("_texts", "_words")

    def __init__(
        self,
        *,
        title: str,
        summary: str,
        author: str | None,
        tags: Sequence[str],
        link: str | None,
    ) -> None:
        self._texts = {
            Part.TITLE: title,
            Part.SUMMARY: summary,
            Part.AUTHOR: author or "",
            Part.TAGS: ", ".join(tags),
            Part.LINK: link or "",
        }
        self._words: dict[Part, str] = {}

    def text(self, part: Part) -> str:
        """Give a part as it is."""
        return self._texts[part]

    def words(self, part: Part) -> str:
        """Give a part as `words_of` writes it."""
        found = self._words.get(part)
        if found is None:
            found = self._words[part] = words_of(self._texts[part])
        return found


def words_of(text: str) -> str:
    """Write a text as its words, case-folded, one blank around each; empty without any."""
    words = _WORD.findall(unicodedata.normalize("NFKC", text).casefold())
    return f" {' '.join(words)} " if words else ""


def phrase_of(typed: str) -> str:
    """Write a phrase so that it is part of the words of what has it; empty without any word."""
    words = words_of(typed)
    return words.strip() if _UNPARTED.search(words) else words
