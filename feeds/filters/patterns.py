"""PURE: regular expressions that take linear time, and what is wrong with those that are none."""

from functools import lru_cache
from typing import Any, Final

from feeds.filters.fault import Fault

PATTERN_MAX: Final = 500  # characters
MEMORY_MAX: Final = 1 << 19  # bytes of one pattern, what it remembers while it matches included
SIZE_MAX: Final = 1_300  # instructions; \p{L} alone takes 1,200
TEXT_MAX: Final = 4_000  # characters looked at; with SIZE_MAX the evillest pattern takes 0.1 s
KEPT: Final = 128

_FAULTS: Final = {
    "missing )": Fault.BRACKET,
    "unexpected )": Fault.BRACKET,
    "missing ]": Fault.BRACKET,
    "no argument for repetition operator": Fault.REPEAT,
    "bad repetition operator": Fault.REPEAT,
    "invalid repetition size": Fault.REPEAT,
    "invalid perl operator": Fault.LOOK_AROUND,
    "invalid escape sequence": Fault.ESCAPE,
    "trailing \\": Fault.ESCAPE,
    "invalid character class": Fault.CHARACTERS,
    "invalid character class range": Fault.CHARACTERS,
    "pattern too large - compile failed": Fault.TOO_LARGE,
}


class Pattern:
    """A compiled pattern."""

    __slots__ = ("_compiled",)

    def __init__(self, compiled: Any) -> None:
        self._compiled = compiled

    def is_in(self, text: str) -> bool:
        """Tell whether it matches somewhere in the first TEXT_MAX characters."""
        # RE2 reads UTF-8; half a surrogate pair, which no store keeps, matches nothing.
        return self._compiled.search(text[:TEXT_MAX].encode(errors="replace")) is not None


class NoPattern(Exception):  # noqa: N818  # told as a BrokenFilter by who knows the rule
    """A text that is no pattern: why, and after how many of its characters."""

    def __init__(self, fault: Fault, at: int) -> None:
        super().__init__(fault)
        self.fault = fault
        self.at = at


@lru_cache(KEPT)
def read_pattern(text: str) -> Pattern:
    """Compile a pattern; raises NoPattern."""
    import re2  # noqa: PLC0415  # most routes have none

    options = re2.Options()
    options.log_errors = False
    options.case_sensitive = False
    options.max_mem = MEMORY_MAX
    try:
        compiled = re2.compile(text.encode(), options=options)
    except re2.error as error:
        raise _no_pattern(error, text) from error
    except UnicodeEncodeError as error:
        raise NoPattern(Fault.PATTERN, error.start) from error
    if compiled.programsize > SIZE_MAX:
        raise NoPattern(Fault.TOO_LARGE, 0)
    return Pattern(compiled)


def _no_pattern(error: Exception, text: str) -> NoPattern:
    """Read RE2's words: what is wrong, a colon, and the part of the pattern where it is."""
    said = error.args[0]
    told = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
    what, _, where = told.partition(": ")
    fault = _FAULTS.get(what, Fault.PATTERN)
    at = text.rfind(where) if where else len(text)
    if fault is Fault.BRACKET and what != "unexpected )":
        at = _open_bracket(text, at)
    elif what == "unexpected )":
        at = text.rfind(")")
    return NoPattern(fault, max(at, 0))


def _open_bracket(text: str, otherwise: int) -> int:
    """Find the last bracket that nothing closes."""
    opened: list[int] = []
    at = 0
    while at < len(text):
        if text[at] == "\\":
            at += 1
        elif text[at] in "([":
            opened.append(at)
        elif text[at] in ")]" and opened:
            opened.pop()
        at += 1
    return opened[-1] if opened else otherwise
