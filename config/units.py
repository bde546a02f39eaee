"""PURE: durations as `1h30m` and sizes as `10MB`, read and written."""

import re
from datetime import timedelta

_DURATION = re.compile(r"(?:(\d{1,6})d)?(?:(\d{1,7})h)?(?:(\d{1,8})m)?(?:(\d{1,9})s)?")
_SIZE = re.compile(r"(\d{1,12})(B|kB|KB|MB|GB|KiB|MiB|GiB)")
_SPANS = (("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1))
_BYTES = {
    "GiB": 2**30,
    "GB": 10**9,
    "MiB": 2**20,
    "MB": 10**6,
    "KiB": 2**10,
    "kB": 10**3,
    "KB": 10**3,
    "B": 1,
}


def parse_duration(text: str) -> timedelta:
    """Read `30s`, `15m`, `1h`, `2d` or a combination from large to small; raises ValueError."""
    match = _DURATION.fullmatch(text)
    if not text or match is None:
        raise ValueError('is not a duration: write "30s", "15m", "1h30m" or "2d"')
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


def format_duration(span: timedelta) -> str:
    """Write a span of whole seconds the way it is read."""
    rest = int(span.total_seconds())
    parts = []
    for unit, length in _SPANS:
        count, rest = divmod(rest, length)
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts) or "0s"


def parse_size(text: str) -> int:
    """Read `10MB`, `512kB` or `1MiB` as bytes; raises ValueError."""
    match = _SIZE.fullmatch(text)
    if match is None:
        raise ValueError('is not a size: write "512kB", "10MB" or "1MiB"')
    return int(match[1]) * _BYTES[match[2]]


def format_size(count: int) -> str:
    """Write a number of bytes the way it is read, in the largest unit that divides it."""
    unit = next(unit for unit, length in _BYTES.items() if count and count % length == 0)
    return f"{count // _BYTES[unit]}{unit}"
