"""PURE: what stands in a template's tags, before Jinja reads it: only what posts have a use for."""

import re
from collections.abc import Iterator
from typing import Final

from feeds.templates.fault import BrokenTemplate, TemplateFault

STATEMENTS: Final = frozenset({"if", "elif", "else", "endif", "for", "endfor"})

_OPENS = re.compile(r"\{[{%#]")
_INSIDE = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|[-+]?\}\}|[-+]?%\}|\*|.", re.DOTALL)
_STATEMENT = re.compile(r"[-+]?\s*(\w*)")
_RECURSIVE = re.compile(r"\brecursive\b|\bloop\s*\(")
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def check_tags(source: str) -> None:
    """Refuse what Jinja would let work without bound, and what has no use; raises BrokenTemplate.

    A list times a number is the one thing that Jinja's fuel does not count.
    """
    if unseen := _UNSEEN.search(source):
        raise BrokenTemplate(TemplateFault.CONTROL, source, at=unseen.start())
    for opened, at in _tags(source):
        if opened == "{%":
            word = _STATEMENT.match(source, at)
            if word is None or word[1] not in STATEMENTS:
                raise BrokenTemplate(TemplateFault.NOT_HERE, source, at=at)
        end = at
        for found in _INSIDE.finditer(source, at):
            end = found.end()
            if found[0].endswith("}}" if opened == "{{" else "%}"):
                break
            if found[0] == "*":
                raise BrokenTemplate(TemplateFault.NOT_HERE, source, at=found.start())
        if again := _RECURSIVE.search(source, at, end):
            raise BrokenTemplate(TemplateFault.NOT_HERE, source, at=again.start())


def _tags(source: str) -> Iterator[tuple[str, int]]:
    """Yield every tag's opening and where its inside begins, comments passed over."""
    at = 0
    while found := _OPENS.search(source, at):
        at = found.end()
        if found[0] == "{#":
            closed = source.find("#}", at)
            at = len(source) if closed < 0 else closed + 2
        else:
            yield found[0], at
