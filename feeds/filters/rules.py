"""PURE: rules as they are written, read once and held against stories."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final

from feeds.filters.facts import Facts, Part, phrase_of
from feeds.filters.fault import BrokenFilter, Fault
from feeds.filters.patterns import PATTERN_MAX, NoPattern, Pattern, read_pattern

RULES_MAX: Final = 20
RULE_MAX: Final = 1_000  # characters
WORDS_MAX: Final = 50  # words and phrases of one rule
PHRASE_MAX: Final = 100  # characters
REGEX_RULES_MAX: Final = 5
REASON_MAX: Final = 300  # characters
KEPT: Final = 256

_RULE = re.compile(r"\s*(\w+)(?:\s+(\w+))?\s*([:~])\s*(.*?)\s*", re.DOTALL)
_QUOTES = "\"'“”„«»‘’ \t\n"


class Mode(StrEnum):
    """How many of the things that a rule looks for must be there."""

    ANY = "any"
    ALL = "all"
    NONE = "none"


class Field(StrEnum):
    """Where a rule looks."""

    ANY = "any"  # everywhere
    TITLE = Part.TITLE.value
    SUMMARY = Part.SUMMARY.value
    AUTHOR = Part.AUTHOR.value
    TAGS = Part.TAGS.value
    LINK = Part.LINK.value

    @property
    def parts(self) -> tuple[Part, ...]:
        """List the parts of a story it looks at."""
        return tuple(Part) if self is Field.ANY else (Part(self.value),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule: words with the phrases they are looked for by, or a pattern."""

    text: str  # as it is written, blanks and quotes put right
    mode: Mode
    field: Field
    words: tuple[tuple[str, str], ...] = ()  # (as typed, as `phrase_of` writes it)
    pattern: Pattern | None = None

    def against(self, facts: Facts) -> str | None:
        """Say what speaks against a story; None: nothing does."""
        if self.pattern is not None:
            matches = any(self.pattern.is_in(facts.text(part)) for part in self.field.parts)
            if matches is (self.mode is Mode.ANY):
                return None
            return "matches" if matches else "does not match"
        match self.mode:
            case Mode.ANY:
                return None if any(self._found(facts)) else "has none"
            case Mode.ALL:
                missing = (word for word, there in self._looked_up(facts) if not there)
                return next((f"lacks {word}" for word in missing), None)
            case Mode.NONE:
                found = (word for word, there in self._looked_up(facts) if there)
                return next((f"has {word}" for word in found), None)

    def _found(self, facts: Facts) -> Iterator[bool]:
        return (there for _, there in self._looked_up(facts))

    def _looked_up(self, facts: Facts) -> Iterator[tuple[str, bool]]:
        texts = [facts.words(part) for part in self.field.parts]
        return ((typed, any(word in text for text in texts)) for typed, word in self.words)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Rules that must all hold."""

    rules: tuple[Rule, ...]

    @property
    def texts(self) -> tuple[str, ...]:
        """Write the rules as they are kept."""
        return tuple(rule.text for rule in self.rules)

    def drops(self, facts: Facts) -> str | None:
        """Give the reason why a story is dropped: what speaks against it and which rule; or None.

        Bounded in time: linear in the story's length times that of the rules.
        """
        for rule in self.rules:
            against = rule.against(facts)
            if against is not None:
                reason = f"filtered: {against} ({rule.text})"
                return reason if len(reason) <= REASON_MAX else f"{reason[: REASON_MAX - 2]}…)"
        return None


@lru_cache(KEPT)
def read_filter(texts: tuple[str, ...]) -> Filter:
    """Read rules as they are written; raises BrokenFilter, which shows where."""
    if len(texts) > RULES_MAX:
        raise BrokenFilter(Fault.TOO_MANY_RULES, number=RULES_MAX + 1, rule=texts[RULES_MAX])
    rules = [_read(text, number) for number, text in enumerate(texts, 1)]
    patterns = [number for number, rule in enumerate(rules, 1) if rule.pattern is not None]
    if len(patterns) > REGEX_RULES_MAX:
        number = patterns[REGEX_RULES_MAX]
        raise BrokenFilter(Fault.TOO_MANY_PATTERNS, number=number, rule=texts[number - 1])
    return Filter(rules=tuple(rules))


def _read(text: str, number: int) -> Rule:
    if len(text) > RULE_MAX:
        raise BrokenFilter(Fault.TOO_LONG, number=number, rule=text, at=RULE_MAX)
    found = _RULE.fullmatch(text)
    if found is None or found[1].lower() not in tuple(Mode):
        raise BrokenFilter(Fault.SHAPE, number=number, rule=text)
    mode, where = Mode(found[1].lower()), (found[2] or "any").lower()
    if where not in tuple(Field):
        raise BrokenFilter(Fault.FIELD, number=number, rule=text, at=found.start(2))
    field = Field(where)
    if not found[4]:
        raise BrokenFilter(Fault.EMPTY, number=number, rule=text, at=len(text))
    head = str(mode) if field is Field.ANY else f"{mode} {field}"
    if found[3] == "~":
        return _with_pattern(found, head, mode, field, number)
    return _with_words(found, head, mode, field, number)


def _with_words(found: re.Match[str], head: str, mode: Mode, field: Field, number: int) -> Rule:
    words: dict[str, str] = {}  # as looked for → as typed: twice the same is once
    at = found.start(4)
    for piece in found[4].split(","):
        typed = " ".join(piece.strip(_QUOTES).split())
        fault = _fault_of(typed)
        if piece.strip() and fault is not None:
            blanks = len(piece) - len(piece.lstrip())
            raise BrokenFilter(fault, number=number, rule=found.string, at=at + blanks)
        if typed:
            words.setdefault(phrase_of(typed), typed)
        at += len(piece) + 1
    if not words:
        raise BrokenFilter(Fault.EMPTY, number=number, rule=found.string, at=found.start(4))
    if len(words) > WORDS_MAX:
        raise BrokenFilter(
            Fault.TOO_MANY_WORDS, number=number, rule=found.string, at=len(found.string)
        )
    return Rule(
        text=f"{head}: {', '.join(words.values())}",
        mode=mode,
        field=field,
        words=tuple((typed, phrase) for phrase, typed in words.items()),
    )


def _fault_of(typed: str) -> Fault | None:
    if typed.startswith("~"):  # "any: ~gemp." would look for the word, and nobody told
        return Fault.TILDE
    if len(typed) > PHRASE_MAX:
        return Fault.TOO_LONG
    return None if phrase_of(typed) else Fault.WORDLESS


def _with_pattern(found: re.Match[str], head: str, mode: Mode, field: Field, number: int) -> Rule:
    begin, text = found.start(4), found.string
    if mode is Mode.ALL:
        raise BrokenFilter(Fault.ALL_PATTERN, number=number, rule=text, at=found.start(1))
    if len(found[4]) > PATTERN_MAX:
        raise BrokenFilter(Fault.TOO_LONG, number=number, rule=text, at=begin + PATTERN_MAX)
    try:
        pattern = read_pattern(found[4])
    except NoPattern as error:
        raise BrokenFilter(error.fault, number=number, rule=text, at=begin + error.at) from error
    return Rule(text=f"{head} ~ {found[4]}", mode=mode, field=field, pattern=pattern)
