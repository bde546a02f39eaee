"""PURE: how long an answer asks us to stay away, in its headers.

Sources: RFC 9111 §4.2 (max-age beats Expires; Age is taken off; an invalid Expires is stale),
RFC 9110 §10.2.3 (Retry-After in seconds or as a date).
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

WAIT_MAX = timedelta(hours=24)  # no publisher may silence us for longer
_DIGITS_MAX = 9  # 31 years in seconds; longer numbers mean "for ever"
_MAX_AGE = re.compile(r'(?:^|[\s,])max-age\s*=\s*"?(\d+)', re.IGNORECASE)
_UNCACHED = re.compile(r"(?:^|[\s,])no-(?:cache|store)\b", re.IGNORECASE)


def max_age(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """Tell how long the answer stays fresh from now, 0 to 24 h; None if it does not say.

    Header names are in lower case.
    """
    control = headers.get("cache-control", "")
    if _UNCACHED.search(control):
        return None
    stated = _MAX_AGE.search(control)
    lifetime = _seconds(stated.group(1)) if stated else _until_expiry(headers, now)
    if lifetime is None:
        return None
    age = _seconds(headers.get("age", "").strip()) or timedelta(0)
    return _bounded(lifetime - age)


def retry_after(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """Tell how long Retry-After asks us to wait, 0 to 24 h; None if it does not say."""
    stated = headers.get("retry-after", "").strip()
    wait = _seconds(stated)
    if wait is None:
        at = _http_date(stated)
        wait = at - now if at else None
    return None if wait is None else _bounded(wait)


def _until_expiry(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    expires_at = _http_date(headers.get("expires", ""))
    if expires_at is None:
        return None
    return expires_at - (_http_date(headers.get("date", "")) or now)


def _seconds(text: str) -> timedelta | None:
    if not (text.isascii() and text.isdigit()):
        return None
    return timedelta(seconds=int(text)) if len(text) <= _DIGITS_MAX else WAIT_MAX * 2


def _bounded(wait: timedelta) -> timedelta:
    return min(max(wait, timedelta(0)), WAIT_MAX)


def _http_date(text: str) -> datetime | None:
    try:
        at = parsedate_to_datetime(text)
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None  # the standard parser lets several faults of a hopeless date through
