"""PURE: what may be set of a destination: the codes that buttons carry, and what each one means.

A code is short, has no colon and stands for one value; "-" is the configuration's own.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from bot.commands.words import Words
from feeds.backlog import cannot_roll_up
from feeds.catalog import DestinationChanges
from feeds.model import (
    WEBHOOK,
    BacklogPolicy,
    Destination,
    DestinationOptions,
    Event,
    EventFormat,
    InDoubtPolicy,
)

DEFAULT: Final = "-"
ROLL_UP: Final = "roll"
SETTINGS: Final = ("language", "doubt", "backlog", "age", "rate", "format", "events")
TYPED: Final = frozenset({"name", "backlog", "age", "rate"})  # what may be typed, too
DOUBTS: Final[Mapping[str, InDoubtPolicy]] = {
    "h": InDoubtPolicy.HOLD,
    "a": InDoubtPolicy.RESEND_IF_ABSENT,
    "r": InDoubtPolicy.RESEND,
}
FORMATS: Final[Mapping[str, EventFormat]] = {
    "s": EventFormat.STANDARD,
    "c": EventFormat.CLOUDEVENTS,
}
HOUR: Final = 3_600  # seconds
DIGITS_MAX: Final = 13  # of a number; what is out of bounds is said by the catalog
AGES: Final = tuple(str(hours * HOUR) for hours in (6, 24, 72, 168))
OFFERED: Final[Mapping[str, tuple[str, ...]]] = {
    "language": (DEFAULT, "id", "en"),
    "doubt": (DEFAULT, *DOUBTS),
    "backlog": (DEFAULT, "all", "n1", "n5", "n20", ROLL_UP),
    "age": (DEFAULT, *AGES),
    "rate": (DEFAULT, "1", "5", "20", "100"),
    "format": tuple(FORMATS),
}


def obeyed(kind: str, *, repeatable: bool) -> tuple[str, ...]:
    """List the settings that a kind of destination obeys, the others are not shown."""
    webhooks_own = {"rate", "format", "events"} if kind != WEBHOOK else set[str]()
    never = webhooks_own | ({"doubt"} if repeatable else set())
    return tuple(each for each in SETTINGS if each not in never)


def offered(setting: str, kind: str) -> tuple[str, ...]:
    """List the codes of the values that a setting is chosen from."""
    codes = OFFERED.get(setting, ())
    return codes if cannot_roll_up(kind) is None else tuple(c for c in codes if c != ROLL_UP)


def code_of(setting: str, place: Destination) -> str:  # noqa: PLR0911  # a setting each
    """Write the value that a destination has; its name as it is."""
    options = place.options
    match setting:
        case "name":
            return place.name
        case "language":
            return options.language or DEFAULT
        case "doubt":
            return next((code for code, each in DOUBTS.items() if each is options.in_doubt), "-")
        case "backlog":
            return _backlog_code(options)
        case "age":
            age = options.max_age
            return DEFAULT if age is None else str(int(age.total_seconds()))
        case "rate":
            return DEFAULT if options.max_per_second is None else str(options.max_per_second)
        case "format":
            return next(code for code, each in FORMATS.items() if each is options.format)
        case _:
            return str(sum(1 << at for at, event in enumerate(Event) if event in options.events))


def changes_to(setting: str, code: str) -> DestinationChanges | None:
    """Say what brings a setting to a value; None: that is none. Bounds are the catalog's."""
    made = _read(setting, code)
    return None if made is None else DestinationChanges(**made)


def toggled(code: str, at: int) -> str:
    """Give the code of events with one more, or one less."""
    return str(int(code) ^ (1 << at))


def told(setting: str, code: str, words: Words) -> str:
    """Say a value in somebody's language."""
    if setting == "name" or (setting == "rate" and code != DEFAULT):
        return code
    if setting == "events":
        return str(int(code).bit_count())
    if code == DEFAULT:
        return words.label(f"settings.usual.{setting}")
    if setting == "age":
        return words.span(timedelta(seconds=int(code)))
    if setting == "backlog" and code.startswith("n"):
        return str(words.count("settings.newest", int(code[1:])).as_kwargs()["text"])
    return words.label(f"settings.{setting}.{code}")


def _backlog_code(options: DestinationOptions) -> str:
    match options.backlog:
        case None:
            return DEFAULT
        case backlog if backlog.policy is BacklogPolicy.NEWEST:
            return f"n{backlog.newest}"
        case backlog:
            return ROLL_UP if backlog.policy is BacklogPolicy.ROLL_UP else "all"


def _read(setting: str, code: str) -> dict[str, Any] | None:  # noqa: PLR0911  # a setting each
    usual = "default" if code == DEFAULT else None
    match setting:
        case "name":
            return {"rename": code} if code else None
        case "language":
            return {"language": usual or code} if code in OFFERED["language"] else None
        case "doubt":
            return {"in_doubt": usual or str(DOUBTS[code])} if code in OFFERED["doubt"] else None
        case "backlog":
            return _read_backlog(code)
        case "age":
            age = None if (seconds := _number(code)) is None else timedelta(seconds=seconds)
            return {"max_age": usual or age} if usual or age is not None else None
        case "rate":
            rate = usual or _number(code)
            return None if rate is None else {"max_per_second": rate}
        case "format":
            return {"format": str(FORMATS[code])} if code in FORMATS else None
        case _:
            return _read_events(_number(code) or 0)


def _read_backlog(code: str) -> dict[str, Any] | None:
    if code.startswith("n"):
        return {"backlog": f"newest:{code[1:]}"}
    known = {DEFAULT: "default", "all": "all", ROLL_UP: "roll_up"}
    return {"backlog": known[code]} if code in known else None


def _read_events(bits: int) -> dict[str, Any] | None:
    asked = tuple(str(event) for at, event in enumerate(Event) if bits >> at & 1)
    return {"events": asked} if asked else None


def _number(code: str) -> int | None:
    return int(code) if code.isascii() and code.isdecimal() and len(code) <= DIGITS_MAX else None
