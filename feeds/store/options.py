"""Options of destinations and routes as stored: JSON of what differs from the default."""

import json
from collections.abc import Callable
from dataclasses import fields
from datetime import timedelta
from functools import lru_cache
from typing import Any, Final

from feeds.model import (
    Backlog,
    DestinationOptions,
    Event,
    EventFormat,
    InDoubtPolicy,
    Layout,
    RouteOptions,
)

OPTIONS_KEPT: Final = 1_024  # most destinations have the same few


@lru_cache(OPTIONS_KEPT)
def as_destination_options(text: str) -> DestinationOptions:
    """Read a destination's options."""
    values = json.loads(text)
    for name, read in _READERS.items():
        if name in values:
            values[name] = read(values[name])
    return DestinationOptions(**values)


_READERS: Final[dict[str, Callable[[Any], object]]] = {
    "in_doubt": InDoubtPolicy,
    "max_age": lambda seconds: timedelta(seconds=seconds),
    "backlog": Backlog.read,
    "headers": lambda pairs: tuple((name, value) for name, value in pairs),
    "events": lambda words: tuple(map(Event, words)),
    "format": EventFormat,
}


@lru_cache(OPTIONS_KEPT)
def as_route_options(text: str | None) -> RouteOptions:
    """Read a route's options; those of a test delivery, which has no route, are the defaults."""
    values = json.loads(text) if text else {}
    for name, read in _ROUTE_READERS.items():
        if name in values:
            values[name] = read(values[name])
    return RouteOptions(**values)


_ROUTE_READERS: Final[dict[str, Callable[[Any], object]]] = {
    "layout": Layout,
    "hashtags": tuple,
    "filter": tuple,
}


def options_text(options: RouteOptions | DestinationOptions) -> str:
    """Write options as they are stored: what is at its default is left to the default."""
    default = type(options)()
    chosen = {each.name: getattr(options, each.name) for each in fields(options)}
    return json.dumps({k: _plain(v) for k, v in chosen.items() if v != getattr(default, k)})


def _plain(value: Any) -> Any:
    match value:
        case timedelta():
            return int(value.total_seconds())
        case Backlog():
            return str(value)
        case _:
            return value
