"""PURE: what can be wrong with a rule, and where."""

from enum import StrEnum
from typing import Final

from feeds.errors import BadRequest

SHOWN_BEFORE: Final = 40  # characters of a rule shown before its fault
SHOWN_AFTER: Final = 20


class Fault(StrEnum):
    """What is wrong, as a closed set: each has a text of its own in every language."""

    SHAPE = "shape"  # it begins with none of any, all, none
    FIELD = "field"  # there is no such part of a story
    EMPTY = "empty"  # nothing is looked for
    WORDLESS = "wordless"  # a phrase without a letter or digit
    TILDE = "tilde"  # a pattern, where words are looked for
    TOO_LONG = "too_long"  # the rule, a phrase or a pattern
    TOO_MANY_WORDS = "too_many_words"
    TOO_MANY_RULES = "too_many_rules"
    TOO_MANY_PATTERNS = "too_many_patterns"
    ALL_PATTERN = "all_pattern"  # "all" looks for several things, a pattern is one
    BRACKET = "bracket"  # a bracket too many or too few
    REPEAT = "repeat"  # what *, + or {…} repeats, or how often
    LOOK_AROUND = "look_around"  # (?=…) and the like take more than linear time
    ESCAPE = "escape"  # a backslash before what it means nothing to
    CHARACTERS = "characters"  # what is within […]
    TOO_LARGE = "too_large"  # the pattern would need too much memory
    PATTERN = "pattern"  # anything else


SAID: Final = {
    Fault.SHAPE: "a rule begins with any, all or none: “any: gempa, tsunami”, “none title: iklan”",
    Fault.FIELD: "a rule looks at title, summary, author, tags, link, or at all of them",
    Fault.EMPTY: "say what to look for, words parted by commas",
    Fault.WORDLESS: "this has no letter and no digit",
    Fault.TILDE: "for a regular expression write: any ~ gemp.",
    Fault.TOO_LONG: "this is too long: shorten it, or make two rules of it",
    Fault.TOO_MANY_WORDS: "these are too many words for one rule: make two of it",
    Fault.TOO_MANY_RULES: "these are too many rules: one may name many words",
    Fault.TOO_MANY_PATTERNS: "these are too many regular expressions: join some as (a|b)",
    Fault.ALL_PATTERN: "a regular expression goes with any or none",
    Fault.BRACKET: "a bracket is open and not closed, or closed and not open",
    Fault.REPEAT: "this repeats nothing, or too often; *, + and {n} come after what they repeat",
    Fault.LOOK_AROUND: "looking ahead or behind is not possible here: make two rules of it, any and"
    " none",
    Fault.ESCAPE: "a backslash means nothing before this; \\\\ is a backslash itself",
    Fault.CHARACTERS: "this is no set of characters: write [a-z], smallest first",
    Fault.TOO_LARGE: "this would need too much memory: repeat less, or shorten it",
    Fault.PATTERN: "this is no regular expression",
}


class BrokenFilter(BadRequest):
    """A rule that cannot be used: which, at which of its characters, and why."""

    def __init__(self, fault: Fault, *, number: int, rule: str, at: int = 0) -> None:
        self.fault = fault
        self.number = number  # from 1
        self.at = min(at, len(rule))  # characters before the fault
        self.shown, self.caret = _around(rule, self.at)
        super().__init__(
            f"Rule {number}, character {self.at + 1}: {SAID[fault]}.\n"
            f"  {self.shown}\n  {' ' * self.caret}^"
        )


def _around(rule: str, at: int) -> tuple[str, int]:
    """Cut a rule to where its fault is; gives it, and where the fault is in what is left."""
    begin = at - SHOWN_BEFORE if at > SHOWN_BEFORE else 0
    end = at + SHOWN_AFTER
    head, tail = "…" if begin else "", "…" if end < len(rule) else ""
    shown = "".join(each if each.isprintable() else " " for each in rule[begin:end])
    return f"{head}{shown}{tail}", at - begin + len(head)
