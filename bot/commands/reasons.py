"""PURE: why something is so, in an admin's language, whatever wrote it down in English.

What the store keeps of reasons are the English sentences of the rooms that know no language, and so
the command line shows them. The English catalogue holds each of them once more, word for word, as
the text of a key (`reason.GROUP.NAME`): what fits one is said again in another language, with what
stood in its gaps. What fits none, a server's own words say, is shown as it is.

To read one takes time linear in its length and in the number of sentences: no gap is tried twice.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from string import Formatter
from typing import Final

from bot.commands.words import VALUE_MAX, Words, plain
from bot.locales import FALLBACK, read_catalogue

PREFIX: Final = "reason."
LENGTH_MAX: Final = (
    1_000  # characters of a reason that is read; a longer one is no sentence of ours
)
DEPTH_MAX: Final = 4  # of reasons within reasons
KEPT: Final = 512  # reasons read before: the same ones are shown again and again

# What may stand in a gap, by its name; anything else may hold any text.
NUMBERS: Final = frozenset({"status", "code", "count", "seconds", "most", "no", "last", "position"})
SINGLE: Final = frozenset({"host", "service", "address", "event"})  # one word
ASIDE: Final = frozenset({"chat", "network", "way", "filter", "fault"})  # say nothing alone
WITHIN: Final[Mapping[str, frozenset[str]]] = {  # gap → groups of ASIDE that may stand in it
    "said": frozenset(),
    "reason": frozenset(),
    "fault": frozenset({"fault"}),
    "chat": frozenset({"chat"}),
    "network": frozenset({"network"}),
    "way": frozenset({"way"}),
    "against": frozenset({"filter"}),
}
_ANSWER: Final = re.compile(r"(?:HTTP )?[0-9]{3}(?: [A-Za-z'-]+){0,6}")  # a status, with its words
_NUMBER: Final = re.compile(r"[0-9][0-9.,]{0,15}")
_GROUPED: Final = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+")
_SPAN: Final = re.compile(
    r"(?:([0-9]{1,5})d)?(?:([0-9]{1,2})h)?(?:([0-9]{1,2})m)?(?:([0-9]{1,2})s)?"
)
_MOMENT: Final = "%Y-%m-%d %H:%M"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A reason with gaps, and what stands before, between and after them."""

    key: str
    first: str
    between: tuple[str, ...]
    last: str
    gaps: tuple[str, ...]
    group: str

    def read(self, reason: str) -> tuple[str, ...] | None:
        """Give what stands in the gaps, each taken as short as it can be; None: it does not fit."""
        if not (reason.startswith(self.first) and reason.endswith(self.last)):
            return None
        at, end = len(self.first), len(reason) - len(self.last)
        if not self.gaps:
            return () if at == end else None
        found = list[str]()
        for literal in self.between:
            to = reason.find(literal, at, end)
            if to < 0:
                return None
            found.append(reason[at:to])
            at = to + len(literal)
        found.append(reason[at:end])  # nothing, where the last words overlap the first
        fits = all(_may_hold(gap, value) for gap, value in zip(self.gaps, found, strict=True))
        return tuple(found) if fits else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A reason that was understood; a value is itself one, where that was understood, too."""

    key: str
    values: Mapping[str, "str | Read"]


def tell_reason(reason: str | None, words: Words, units_max: int = VALUE_MAX) -> str:
    """Say a stored reason in somebody's language, harmless, short and on one line."""
    if not reason or words.language == FALLBACK:
        return plain(reason or "", units_max)
    understood = read(reason)
    return plain(reason if understood is None else _said(understood, words), units_max)


@lru_cache(KEPT)
def read(reason: str) -> Read | None:
    """Understand a stored reason; None: these are another's words."""
    return _read(reason, frozenset(), DEPTH_MAX)


@cache
def sentences() -> tuple[Sentence, ...]:
    """List all reasons there are, those that say most first: they are the nearer ones."""
    texts = {
        message.id: message.string
        for message in read_catalogue(FALLBACK)
        if isinstance(message.id, str) and message.id.startswith(PREFIX)
    }
    made = sorted(texts.items(), key=lambda item: -_said_by(str(item[1])))
    return tuple(_sentence(key, str(text)) for key, text in made)


def _said_by(text: str) -> int:
    """Count the characters of a text that stand in no gap."""
    return sum(len(literal) for literal, _, _, _ in Formatter().parse(text))


def _sentence(key: str, text: str) -> Sentence:
    parts = list(Formatter().parse(text))
    gaps = tuple(gap for _, gap, _, _ in parts if gap is not None)
    first, *others = (literal for literal, _, _, _ in parts)
    last = others.pop() if len(others) == len(gaps) and others else ""
    assert all(others), f"{key}: nothing parts two gaps"
    return Sentence(
        key=key,
        first=first,
        between=tuple(others),
        last=last,
        gaps=gaps,
        group=key.split(".")[1],
    )


def _read(reason: str, aside: frozenset[str], depth: int) -> Read | None:
    if not depth or len(reason) > LENGTH_MAX:
        return None
    for sentence in sentences():
        if sentence.group in ASIDE and sentence.group not in aside:
            continue
        values = sentence.read(reason)
        if values is not None:
            pairs = zip(sentence.gaps, values, strict=True)
            inner = {gap: _value(gap, value, depth - 1) for gap, value in pairs}
            return Read(key=sentence.key, values=inner)
    return None


def _value(gap: str, value: str, depth: int) -> str | Read:
    found = _read(value, WITHIN[gap], depth) if gap in WITHIN else None
    return value if found is None else found


def _may_hold(gap: str, value: str) -> bool:
    if gap in NUMBERS:
        return _NUMBER.fullmatch(value) is not None
    if gap == "answer":
        return _ANSWER.fullmatch(value) is not None
    return bool(value) and not (gap in SINGLE and " " in value)


def _said(understood: Read, words: Words) -> str:
    values = {gap: _told_value(gap, value, words) for gap, value in understood.values.items()}
    return words.label(understood.key, **values)


def _told_value(gap: str, value: str | Read, words: Words) -> str:
    if isinstance(value, Read):
        return _said(value, words)
    if gap == "moment":
        return _moment(value, words)
    if gap == "span":
        return _span(value, words)
    return words.number(int(value.replace(",", ""))) if _GROUPED.fullmatch(value) else value


def _moment(value: str, words: Words) -> str:
    try:
        return words.moment(datetime.strptime(value, _MOMENT).replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        return value


def _span(value: str, words: Words) -> str:
    """Say a span that was written as `feeds.backlog.too_old` writes it: 3d, 24h, 1h30m."""
    found = _SPAN.fullmatch(value)
    if found is None:
        return value
    days, hours, minutes, seconds = (int(each or 0) for each in found.groups())
    return words.span(timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds))
