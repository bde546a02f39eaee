"""PURE: what goes into a template, and what comes out of it."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from typing import Final

# Between Jinja and us: control characters, which are taken out of all that goes in.
BOLD, ITALIC, LINK, CLOSE = "\x01", "\x02", "\x03", "\x04"
SAID, SAID_ENDS = "\x0e", "\x0f"  # around what an expression says
_SIGN: Final = re.compile("([\x01-\x04\x0e\x0f])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """A story as templates see it: plain text, empty where nothing is known."""

    title: str
    link: str = ""
    summary: str = ""
    author: str = ""
    source: str = ""  # what the feed calls itself
    feed: str = ""  # what the admin calls it
    published: str = ""  # in the reader's language and zone
    tags: tuple[str, ...] = ()
    hashtags: tuple[str, ...] = ()  # with "#"

    def values(self) -> dict[str, str | list[str]]:
        """Give them by name, without control characters."""
        named = {each.name: getattr(self, each.name) for each in fields(self)}
        return {
            name: _clean(value) if isinstance(value, str) else [_clean(each) for each in value]
            for name, value in named.items()
        }


FIELDS: Final = tuple(each.name for each in fields(Fields))


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A piece of text and how it is marked; `fed`: it came out of a field."""

    text: str
    fed: bool = False
    bold: bool = False
    italic: bool = False
    link: bool = False


def read_spans(text: str) -> Iterator[Span]:
    """Read what a filled template says; marks that nothing closes end with the text."""
    marks: list[str] = []
    fed = 0
    for piece in _SIGN.split(text):
        match piece:
            case "\x01" | "\x02" | "\x03":
                marks.append(piece)
            case "\x04":
                del marks[-1:]
            case "\x0e":
                fed += 1
            case "\x0f":
                fed = max(fed - 1, 0)
            case "":
                continue
            case _:
                yield Span(
                    text=piece,
                    fed=fed > 0,
                    bold=BOLD in marks,
                    italic=ITALIC in marks,
                    link=LINK in marks,
                )


def trimmed(told: list[Span]) -> tuple[Span, ...]:
    """Take blanks off both ends, whatever they are marked as."""
    while told and not told[0].text.strip():
        del told[0]
    while told and not told[-1].text.strip():
        del told[-1]
    if told:
        told[0] = replace(told[0], text=told[0].text.lstrip())
        told[-1] = replace(told[-1], text=told[-1].text.rstrip())
    return tuple(told)


def _clean(text: str) -> str:
    return "".join(each for each in text if each == "\n" or unicodedata.category(each) != "Cc")
