"""The kinds of values an option can have: how each is read, and what is said when it is wrong."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Annotated, Generic, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr

from config.errors import nearest
from config.units import parse_duration, parse_size

NEWEST_MAX = 1_000
SERVICE_IDS = {  # they speak for anybody: anonymous admins, linked channels, Telegram itself
    1087968824: "an anonymous group admin",
    777000: "Telegram's own service account",
    136817688: "a channel posting as itself",
}

Span = TypeVar("Span", timedelta, int)

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_NEWEST = re.compile(r"newest:([1-9][0-9]{0,3})")
_TOKEN = re.compile(r"[0-9]{1,20}:[A-Za-z0-9_-]{1,120}")
_HASHTAG = re.compile(r"\w{1,64}")
_ZONES = {"wib": "Asia/Jakarta", "wita": "Asia/Makassar", "wit": "Asia/Jayapura"}


class Between(Generic[Span]):
    """The bounds of a duration or a size, both allowed, as the file writes them."""

    def __init__(self, least: str, most: str, parse: Callable[[str], Span]) -> None:
        self.least, self.most = least, most
        self._low: Span = parse(least)
        self._high: Span = parse(most)

    def __call__(self, value: Span) -> Span:
        if not self._low <= value <= self._high:
            raise ValueError(f"must be between {self.least} and {self.most}")
        return value


def duration(least: str, most: str) -> AfterValidator:
    """Bound a duration."""
    return AfterValidator(Between(least, most, parse_duration))


def size(least: str, most: str) -> AfterValidator:
    """Bound a size."""
    return AfterValidator(Between(least, most, parse_size))


def _read_duration(value: object) -> object:
    if isinstance(value, timedelta):
        return value
    if not isinstance(value, str):
        raise ValueError('must be a duration in quotes: "30s", "15m", "1h30m"')  # noqa: TRY004  # pydantic collects ValueError only
    return parse_duration(value)


def _read_size(value: object) -> object:
    if not isinstance(value, str):
        raise ValueError('must be a size in quotes: "512kB", "10MB"')  # noqa: TRY004  # pydantic collects ValueError only
    return parse_size(value)


def read_list(value: object) -> object:
    """Take a TOML list for a tuple."""
    return tuple(value) if isinstance(value, list) else value


def at_least_one(values: tuple[str, ...]) -> tuple[str, ...]:
    """Refuse an empty list; a bound of the type would complain of wrong words, too."""
    if not values:
        raise ValueError("must name at least one")
    return values


def _read_one_or_more(value: object) -> object:
    return (value,) if isinstance(value, str) else read_list(value)


def _read_address(value: object) -> object:
    """Take a chat id written as a number, too."""
    return str(value) if type(value) is int else value


def _check_probe_chat(value: str) -> str:
    if value in ("", "owner") or re.fullmatch(r"-?[1-9][0-9]{0,15}", value):
        return value
    raise ValueError('must be "owner", a chat\'s number, or "" for never')


def _read_start(value: object) -> object:
    """Turn "new" into 0 and "all" into None: the newest how many of the first poll."""
    if isinstance(value, str):
        if value not in ("new", "all"):
            raise ValueError('must be "new", "all" or a number of stories')
        return 0 if value == "new" else None
    return value


def _blank_is_none(value: object) -> object:
    return value or None if isinstance(value, str) else value


def _read_zone(value: object) -> object:
    if not isinstance(value, str):
        raise ValueError('must be a time zone in quotes: "Asia/Jakarta"')  # noqa: TRY004  # pydantic collects ValueError only
    try:
        return ZoneInfo(value)
    except (OSError, ValueError, LookupError):
        raise ValueError(f"is no known time zone{_zone_like(value)}") from None


def _zone_like(value: str) -> str:
    zones = {zone.rpartition("/")[2].lower(): zone for zone in sorted(available_timezones())}
    zones |= _ZONES
    near = nearest(value.rpartition("/")[2], zones)
    return f'; did you mean "{zones[near]}"?' if near else '; write one such as "Asia/Jakarta"'


def _check_name(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ValueError(
            "must be 1 to 64 of a-z, 0-9, dot, dash and underscore, beginning with a-z or 0-9"
        )
    if name.isdigit():
        raise ValueError("must not be all digits: it would be taken for an id")
    return name


def _check_token(token: SecretStr) -> SecretStr:
    if token.get_secret_value() and not _TOKEN.fullmatch(token.get_secret_value()):
        raise ValueError("does not look like a bot token: copy it whole from @BotFather")
    return token


def _check_store_url(url: SecretStr) -> SecretStr:
    scheme, colon, rest = url.get_secret_value().partition("://")
    if scheme == "sqlite" and rest.startswith("/") and rest.strip("/"):
        return url
    if scheme == "postgresql" and len(rest) > 1 and _has_usable_port(url.get_secret_value()):
        return url
    if colon and scheme == "postgres":
        raise ValueError('must begin with "postgresql://", not "postgres://"')
    raise ValueError('must be "sqlite:///FILE" or "postgresql://USER@HOST:PORT/DATABASE"')


def _has_usable_port(url: str) -> bool:
    try:
        return urlsplit(url).port != 0
    except ValueError:
        return False


def _check_owner(owner: int) -> int:
    if owner in SERVICE_IDS:
        raise ValueError(f"is {SERVICE_IDS[owner]}, not a person: anybody could command the bot")
    return owner


def _check_hashtag(tag: str) -> str:
    word = tag.removeprefix("#")
    if not _HASHTAG.fullmatch(word) or word.replace("_", "").isdigit():
        raise ValueError("must be 1 to 64 letters, digits and underscores, not digits alone")
    return word


def _check_backlog(policy: str) -> str:
    newest = _NEWEST.fullmatch(policy)
    if policy not in ("", "all", "roll_up") and not (newest and int(newest[1]) <= NEWEST_MAX):
        raise ValueError(f'must be "all", "newest:N" (1 to {NEWEST_MAX:,}) or "roll_up"')
    return policy


Hashtag = Annotated[str, AfterValidator(_check_hashtag)]
Hashtags = Annotated[tuple[Hashtag, ...], Field(max_length=10), BeforeValidator(read_list)]
Rules = Annotated[tuple[str, ...], BeforeValidator(_read_one_or_more)]
Duration = Annotated[timedelta, BeforeValidator(_read_duration)]
MaxAge = Annotated[
    Annotated[Duration, duration("1m", "365d")] | None, BeforeValidator(_blank_is_none)
]
Backlog = Annotated[str, AfterValidator(_check_backlog)]
Size = Annotated[int, BeforeValidator(_read_size)]
Name = Annotated[str, AfterValidator(_check_name)]
Names = Annotated[tuple[str, ...], BeforeValidator(_read_one_or_more)]
Zone = Annotated[ZoneInfo, BeforeValidator(_read_zone)]
Token = Annotated[SecretStr, AfterValidator(_check_token)]
WebhookSecret = Annotated[SecretStr | None, BeforeValidator(_blank_is_none)]
StoreUrl = Annotated[SecretStr, AfterValidator(_check_store_url)]
Owner = Annotated[int, Field(ge=1, lt=2**52), AfterValidator(_check_owner)]
Owners = Annotated[tuple[Owner, ...], BeforeValidator(read_list)]
ProbeChat = Annotated[str, BeforeValidator(_read_address), AfterValidator(_check_probe_chat)]
Address = Annotated[str, BeforeValidator(_read_address)]
Start = Annotated[int | None, Field(ge=0, le=1_000), BeforeValidator(_read_start)]
