"""PURE: an instant as a reader of a language and a zone writes it; the room of Babel."""

from datetime import datetime, tzinfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime, format_time

# How newspapers write it; other languages get Babel's full date and short time.
_PATTERNS = {
    "id": "EEEE, d MMMM y HH.mm",
    "en": "EEEE, d MMMM y, HH:mm",
}


def tell(instant: datetime, *, language: str, time_zone: tzinfo) -> str:
    """Write an aware instant: "Rabu, 13 September 2023 17.05 WIB"; unknown languages in English."""
    local = instant.astimezone(time_zone)
    locale = _locale(language)
    if pattern := _PATTERNS.get(locale.language):
        written = format_datetime(local, pattern, tzinfo=time_zone, locale=locale)
    else:
        written = (
            f"{format_date(local, 'full', locale)}, {format_time(local, 'short', locale=locale)}"
        )
    return f"{written} {_zone_name(local)}"


def _locale(language: str) -> Locale:
    try:
        return Locale.parse(language.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale("en")


def _zone_name(local: datetime) -> str:
    """Name the zone as its people do (WIB, WITA, CET), else by its distance to UTC."""
    name = local.tzname() or ""
    if name[:1].isalpha():
        return name
    return "UTC" + local.isoformat()[-6:]
