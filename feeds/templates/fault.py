"""PURE: what can be wrong with a template, and where."""

from enum import StrEnum
from typing import Final

from feeds.errors import BadRequest

SHOWN_BEFORE: Final = 40  # characters of a line shown before its fault
SHOWN_AFTER: Final = 20


class TemplateFault(StrEnum):
    """What is wrong, as a closed set: each has a text of its own in every language."""

    SYNTAX = "syntax"
    NAME = "name"  # there is no such field
    FILTER = "filter"
    NOT_HERE = "not_here"  # Jinja knows it, and templates of posts do not
    TOO_MUCH = "too_much"  # it works too long or says too much
    TOO_LONG = "too_long"
    CONTROL = "control"  # a character that nobody sees
    SILENT = "silent"  # it says nothing
    VALUE = "value"  # a filter or a sum with what it cannot take


SAID: Final = {
    TemplateFault.SYNTAX: "this is not closed, or not where it belongs: write {{ title }},"
    " {% if author %}…{% endif %}",
    TemplateFault.NAME: "there is no such field: there are title, link, summary, author, source,"
    " feed, published, tags and hashtags",
    TemplateFault.FILTER: "there is no such filter: marks are bold, italic and link",
    TemplateFault.NOT_HERE: "only {{ field }}, {% if field %} and {% for tag in tags %} are for"
    " templates of posts",
    TemplateFault.TOO_MUCH: "this works too long or says too much: let loops be fewer",
    TemplateFault.TOO_LONG: "a template has 2,000 characters at most: shorten it",
    TemplateFault.CONTROL: "here is a control character: take it out",
    TemplateFault.SILENT: "it says nothing of this story: let something stand outside of {% if %}",
    TemplateFault.VALUE: "this cannot be worked out from such a value",
}


class BrokenTemplate(BadRequest):
    """A template that cannot be used: where, counted from 1, and why."""

    def __init__(self, fault: TemplateFault, source: str, *, at: int = 0) -> None:
        self.fault = fault
        head = source[:at]
        self.line = head.count("\n") + 1
        begin = head.rfind("\n") + 1
        self.column = at - begin + 1
        self.shown, self.caret = _around(source[begin:].partition("\n")[0], at - begin)
        super().__init__(
            f"Line {self.line}, column {self.column}: {SAID[fault]}.\n"
            f"  {self.shown}\n  {' ' * self.caret}^"
        )


def _around(line: str, at: int) -> tuple[str, int]:
    begin = at - SHOWN_BEFORE if at > SHOWN_BEFORE else 0
    head, tail = "…" if begin else "", "…" if at + SHOWN_AFTER < len(line) else ""
    shown = "".join(each if each.isprintable() else " " for each in line[begin : at + SHOWN_AFTER])
    return f"{head}{shown}{tail}", at - begin + len(head)
