"""PURE: what stands in a template's tags, before Jinja reads it: only what posts have a use for."""

import re
from typing import Final

from feeds.templates.fault import BrokenTemplate, TemplateFault

STATEMENTS: Final = frozenset({"if", "elif", "else", "endif", "for", "endfor"})

_OPENS = re.compile(r"\{[{%#]")
_CLOSES: Final = {"{{": "}}", "{%": "%}"}
_INSIDE = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|\}\}|%\}|[*{}]", re.DOTALL)
_STATEMENT = re.compile(r"[-+]?\s*(\w*)")
_RECURSIVE = re.compile(r"\brecursive\b|\bloop\s*\(")
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def check_tags(source: str) -> None:
    """Refuse what Jinja would let work without bound, and what has no use; raises BrokenTemplate.

    A list times a number is the one sum that Jinja's fuel does not count.
    """
    if unseen := _UNSEEN.search(source):
        raise BrokenTemplate(TemplateFault.CONTROL, source, at=unseen.start())
    at = 0
    while opened := _OPENS.search(source, at):
        at = _passed(source, opened[0], opened.end())


def _passed(source: str, opening: str, at: int) -> int:
    """Check a tag or a comment whose inside begins here; gives where the text behind it begins."""
    if opening == "{#":
        closed = source.find("#}", at)
        return len(source) if closed < 0 else closed + 2
    if opening == "{%":
        word = _STATEMENT.match(source, at)
        if word is None or word[1] not in STATEMENTS:
            raise BrokenTemplate(TemplateFault.NOT_HERE, source, at=at)
    end = _end(source, _CLOSES[opening], at)
    if again := _RECURSIVE.search(source, at, end):
        raise BrokenTemplate(TemplateFault.NOT_HERE, source, at=again.start())
    return end


def _end(source: str, closing: str, at: int) -> int:
    """Find a tag's end as Jinja does: not in a string, nor in braces, of which there are none."""
    for found in _INSIDE.finditer(source, at):
        if found[0] == closing:
            return found.end()
        if found[0][0] not in "\"'":
            fault = TemplateFault.NOT_HERE if found[0] == "*" else TemplateFault.SYNTAX
            raise BrokenTemplate(fault, source, at=found.start())
    return len(source)
