"""What people type, read: durations, moments, how a feed starts; raises BadRequest."""

from datetime import datetime, timedelta, tzinfo
from typing import Final, Literal

from feeds.errors import BadRequest

DEFAULT: Final = "default"


def duration(text: str) -> timedelta:
    """Read `30s`, `15m`, `1h30m`, `2d`."""
    from config.units import parse_duration

    try:
        return parse_duration(text)
    except ValueError as error:
        raise BadRequest(f"“{text}” {error}.") from error


def interval(text: str | None) -> timedelta | None:
    """Read an interval; None where none is given, or the default is asked for by its name."""
    return None if text is None or text == DEFAULT else duration(text)


def age(text: str | None) -> timedelta | Literal["default"] | None:
    """Read an age, or the word that takes it away; None where none is given."""
    if text is None:
        return None
    return DEFAULT if text == DEFAULT else duration(text)


def rate(text: str | None) -> int | Literal["default"] | None:
    """Read so many a second, or the word that takes it away; raises BadRequest."""
    if text is None or text == DEFAULT:
        return DEFAULT if text else None
    if not text.isdecimal():
        raise BadRequest(f"“{text}” is no number of calls a second: 1 to 1000, or {DEFAULT}.")
    return int(text)


def start(text: str) -> int | None:
    """Read how a feed starts: "new" is 0, a number the newest so many, "all" is None."""
    if text == "all":
        return None
    if text == "new":
        return 0
    if text.isdecimal():
        return int(text)
    raise BadRequest(f"“{text}” is no start: write new, all, or a number of stories.")


def since(text: str, *, now: datetime, zone: tzinfo) -> datetime:
    """Read a moment: a span back from now (`2h`), or a date with or without a time in `zone`."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        try:
            return now - duration(text)
        except (BadRequest, OverflowError):
            raise BadRequest(
                f"“{text}” is no moment: write a span such as 2h, or a time such as"
                " 2026-11-22T08:00."
            ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def one_of(text: str, what: str, known: tuple[str, ...]) -> str:
    """Hold a word among those there are."""
    if text not in known:
        raise BadRequest(f"“{text}” is no {what}: it is one of {', '.join(known)}.")
    return text
