"""Dates as feeds write them: RFC 822, ISO 8601, and their Indonesian and careless relatives.

What cannot be read is None, never a guess: a wrong date holds a story back or lets an old one
through. A date without a zone is taken as UTC, one with an unknown zone is not taken at all.
"""

import re
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache

_TEXT_MAX = 100  # characters; no date is longer, and no pattern sees more
_YEARS = range(1970, 2201)
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january januari jänner januar enero janvier",
            "feb february februari pebruari peb",
            "mar march maret mrt mac mart",
            "apr april avr abr",
            "may mei mai mayo",
            "jun june juni",
            "jul july juli julai",
            "aug august agustus agu agt ags agust ogos ogo",
            "sep sept september",
            "oct october oktober okt",
            "nov november nopember nop",
            "dec december desember des disember dis",
        ),
        start=1,
    )
    for name in names.split()
}
_ZONES = {  # hours east of Greenwich; the American ones are RFC 822's own
    "z": 0, "ut": 0, "utc": 0, "gmt": 0, "wet": 0,
    "wib": 7, "wita": 8, "wit": 9,
    "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7,
    "akst": -9, "akdt": -8, "hst": -10, "ast": -4, "adt": -3, "nst": -3.5, "ndt": -2.5,
    "bst": 1, "west": 1, "cet": 1, "met": 1, "cest": 2, "mest": 2, "eet": 2, "eest": 3, "msk": 3,
    "ist": 5.5, "pkt": 5, "ict": 7, "myt": 8, "sgt": 8, "hkt": 8, "pht": 8, "awst": 8,
    "jst": 9, "kst": 9, "acst": 9.5, "aest": 10, "aedt": 11, "nzst": 12, "nzdt": 13,
}  # fmt: skip

_WEEKDAY = r"(?:[^\W\d_]+['’]?[^\W\d_]*\.?\s*,?\s+|[^\W\d_]+,)?"
_CLOCK = (
    r"(?:,?\s*(?:T|at|pukul|jam|pkl\.?|[-|–])?\s*(?P<hour>\d{1,2})[:.](?P<minute>\d{2})"
    r"(?:[:.](?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?\s*(?P<half>[ap]\.?m\.?)?)"
)
_ZONE = (
    r"(?:\s*\(?(?P<zone>[A-Za-z]{1,5})?\s*(?P<offset>[+−-]\d{1,2}:?(?:\d{2})?)?\)?"
    r"(?:\s*\([^)]*\))?)"
)
_SHAPES = tuple(
    re.compile(shape, re.IGNORECASE)
    for shape in (
        # Sat, 22 Nov 2026 10:00:00 +0700 · Minggu, 22 November 2026 10.00 WIB · 22-Nov-26
        _WEEKDAY + r"(?P<day>\d{1,2})(?:st|nd|rd|th)?[\s.-]+(?P<month>[^\W\d_]+)\.?,?[\s-]+"
        r"(?P<year>\d{4}|\d{2})" + _CLOCK + "?" + _ZONE,
        # 2026-11-22T10:00:00.5+07:00 · 2026-11-22 10:00 · 2026/11/22
        r"(?P<year>\d{4})[-/](?P<month>\d{1,2})[-/](?P<day>\d{1,2})" + _CLOCK + "?" + _ZONE,
        # 20261122T100000Z
        r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})(?:T(?P<hour>\d{2}):?(?P<minute>\d{2})"
        r"(?::?(?P<second>\d{2}))?)?(?P<half>$^)?(?P<fraction>$^)?" + _ZONE,
        # November 22, 2026 10:00 PM EST
        _WEEKDAY + r"(?P<month>[^\W\d_]+)\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+"
        r"(?P<year>\d{4})" + _CLOCK + "?" + _ZONE,
        # Sun Nov 22 10:00:00 WIB 2026 (asctime, date(1))
        _WEEKDAY
        + r"(?P<month>[^\W\d_]+)\.?\s+(?P<day>\d{1,2})\s+(?P<hour>\d{1,2}):(?P<minute>\d{2})"
        r"(?::(?P<second>\d{2}))?(?P<half>$^)?(?P<fraction>$^)?" + _ZONE + r"\s+(?P<year>\d{4})",
    )
)


@lru_cache(maxsize=4096)  # a feed shows the same dates poll after poll
def read_date(text: str) -> datetime | None:
    """Read a date, aware, in UTC; None where it cannot be read for certain."""
    text = " ".join(text[:_TEXT_MAX].split())
    if not text:
        return None
    for shape in _SHAPES:
        if found := shape.fullmatch(text):
            return _instant(found)
    return None


def _instant(found: re.Match[str]) -> datetime | None:
    month = _month(found["month"])
    zone = _zone(found["zone"], found["offset"])
    hour = _hour(int(found["hour"] or 0), found["half"])
    if month is None or zone is None or hour is None:
        return None
    try:
        local = datetime(
            _year(found["year"]),
            month,
            int(found["day"]),
            minute=int(found["minute"] or 0),
            second=min(int(found["second"] or 0), 59),  # a leap second is the second before it
            microsecond=int((found["fraction"] or "")[:6].ljust(6, "0")),
            tzinfo=zone,
        )
        at = (local + timedelta(hours=hour)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return at if at.year in _YEARS else None


def _year(text: str) -> int:
    if len(text) > 2:  # noqa: PLR2004  # digits
        return int(text)
    return int(text) + (2000 if int(text) < 70 else 1900)  # noqa: PLR2004  # POSIX's pivot


def _month(text: str) -> int | None:
    return int(text) if text.isdecimal() else _MONTHS.get(text.lower())


def _hour(hour: int, half: str | None) -> int | None:
    if half is None:
        return hour if hour <= 24 else None  # noqa: PLR2004  # ISO 8601 knows 24:00
    if not 1 <= hour <= 12:  # noqa: PLR2004  # hours of a half day
        return None
    return hour % 12 + (12 if half[0] in "pP" else 0)


def _zone(name: str | None, offset: str | None) -> timezone | None:
    """Add up a named zone and an offset ("GMT+7"); None for a name that is not known."""
    hours = _ZONES.get(name.lower()) if name else 0
    if hours is None:
        return None
    span = timedelta(hours=hours)
    if offset:
        digits = offset[1:].replace(":", "")
        minutes = int(digits[2:] or 0) if len(digits) != 3 else int(digits[1:])  # noqa: PLR2004  # "+700"
        whole = int(digits[:2]) if len(digits) != 3 else int(digits[0])  # noqa: PLR2004  # …
        span += (1 if offset[0] == "+" else -1) * timedelta(hours=whole, minutes=minutes)
    return timezone(span) if abs(span) <= timedelta(hours=14) else None
