"""PURE: spans of time and numbers as people type them, in either language."""

import re
from datetime import timedelta
from typing import Final

UNITS: Final = {  # as they are written → seconds
    **dict.fromkeys(("s", "sec", "dtk", "detik", "second", "seconds"), 1),
    **dict.fromkeys(("m", "min", "mnt", "menit", "minute", "minutes"), 60),
    **dict.fromkeys(("h", "j", "jam", "hour", "hours"), 3_600),
    **dict.fromkeys(("d", "hari", "day", "days"), 86_400),
    **dict.fromkeys(("w", "minggu", "pekan", "week", "weeks"), 604_800),
}
_PART: Final = re.compile(r"\s*([0-9]{1,6})\s*([a-z]{1,8})\s*")
_NUMBER: Final = re.compile(r"\s*([0-9]{1,6})\s*")
PARTS_MAX: Final = 4


def read_span(text: str) -> timedelta | None:
    """Read "36h", "3 hari", "1d 12h"; None: it is no span. At most some 19,000 years."""
    typed, seconds, at = text.lower(), 0, 0
    for _ in range(PARTS_MAX):
        part = _PART.match(typed, at)
        if part is None or part[2] not in UNITS:
            return None
        seconds += int(part[1]) * UNITS[part[2]]
        at = part.end()
        if at == len(typed):
            return timedelta(seconds=seconds)
    return None


def read_number(text: str) -> int | None:
    """Read a number of up to six digits; None: it is none."""
    found = _NUMBER.fullmatch(text)
    return None if found is None else int(found[1])
