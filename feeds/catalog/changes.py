"""PURE: what may be changed on a destination, worked into the options there are."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Literal

from feeds.errors import BadRequest
from feeds.headers import changed_headers
from feeds.model import (
    Backlog,
    DestinationOptions,
    Event,
    EventFormat,
    Headers,
    InDoubtPolicy,
)

DEFAULT = "default"  # goes back to what the configuration says
LANGUAGES = ("id", "en")
POLICIES = tuple(InDoubtPolicy)
RATE_MAX = 1_000  # calls a second
MAX_AGE_MIN, MAX_AGE_MAX = timedelta(minutes=1), timedelta(days=365)


@dataclass(frozen=True, slots=True, kw_only=True)
class DestinationChanges:
    """What to change; None leaves as it is, "default" goes back to the configuration's."""

    rename: str | None = None
    language: str | None = None
    in_doubt: str | None = None
    headers: Headers = field(default=(), repr=False)  # set, or put in the place of what is there
    without_headers: tuple[str, ...] = ()  # names of those that go
    events: tuple[str, ...] = ()  # all that it is told of from now on
    format: str | None = None
    max_age: timedelta | Literal["default"] | None = None
    backlog: str | None = None
    max_per_second: int | Literal["default"] | None = None

    def options(self, old: DestinationOptions) -> DestinationOptions:
        """Work the changes into the options there are; raises BadRequest for unknown words."""
        new = old
        if self.language is not None:
            new = replace(new, language=chosen(self.language, "language", LANGUAGES))
        if self.in_doubt is not None:
            policy = chosen(self.in_doubt, "policy", POLICIES)
            new = replace(new, in_doubt=InDoubtPolicy(policy) if policy else None)
        if self.headers or self.without_headers:
            headers = changed_headers(new.headers, self.headers, self.without_headers)
            new = replace(new, headers=headers)
        if self.events:
            new = replace(new, events=_events(self.events))
        if self.format is not None:
            format_ = chosen(self.format, "format", tuple(EventFormat))
            new = replace(new, format=EventFormat(format_ or EventFormat.STANDARD))
        if self.max_age is not None:
            new = replace(new, max_age=_age(self.max_age))
        if self.backlog is not None:
            new = replace(new, backlog=_backlog(self.backlog))
        if self.max_per_second is not None:
            new = replace(new, max_per_second=_rate(self.max_per_second))
        return new


def _events(words: tuple[str, ...]) -> tuple[Event, ...]:
    """Read the kinds of events, each once, in the order in which they are listed anywhere."""
    wanted = {chosen(word, "event", tuple(Event)) for word in words}
    if None in wanted:
        return DestinationOptions().events
    return tuple(event for event in Event if event in wanted)


def _age(span: timedelta | Literal["default"]) -> timedelta | None:
    if not isinstance(span, timedelta):
        return None
    if not MAX_AGE_MIN <= span <= MAX_AGE_MAX:
        raise BadRequest(
            "The age at which a story is dropped lies between 1 minute and 365 days.",
            "error.destination.age",
        )
    return span


def _rate(number: int | Literal["default"]) -> int | None:
    if isinstance(number, str):
        return None
    if not 1 <= number <= RATE_MAX:
        raise BadRequest(
            f"The calls a second to a webhook lie between 1 and {RATE_MAX:,}.",
            "error.destination.rate",
            most=RATE_MAX,
        )
    return number


def _backlog(text: str) -> Backlog | None:
    if text == DEFAULT:
        return None
    try:
        return Backlog.read(text)
    except ValueError as error:
        raise BadRequest(
            f"Of policies for a backlog, “{text}” {error}, or {DEFAULT}.",
            "error.destination.backlog",
            word=text,
        ) from error


def chosen(word: str, what: str, known: tuple[str, ...]) -> str | None:
    """Hold a word among those known; None for "default". Raises BadRequest."""
    if word == DEFAULT:
        return None
    if word not in known:
        raise BadRequest(
            f"There is no {what} “{word}”: it is {', '.join(known)} or {DEFAULT}.",
            "error.choice",
            word=word,
            known=", ".join((*known, DEFAULT)),
        )
    return word
