"""PURE: what a deed changes, as the log keeps it: before and after, the same keys in both."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from feeds.model import Destination, DestinationOptions, Feed, RouteOptions
from feeds.store import options_text

Values = dict[str, Any]


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[Values, Values]:
    """Give what differs, as it was and as it is; None: not set, or at its default."""
    names = [name for name in {**old, **new} if old.get(name) != new.get(name)]
    return {name: old.get(name) for name in names}, {name: new.get(name) for name in names}


def feed_values(feed: Feed) -> Values:
    """Give of a feed what an admin may set."""
    return {"name": feed.name, "url": feed.url, "every": _plain(feed.every)}


def changed_values(changes: Mapping[str, Any]) -> Values:
    """Give of changes to a feed those that an admin asked for."""
    return {k: _plain(v) for k, v in changes.items() if k in ("name", "url", "every")}


def place_differences(
    old: Destination, name: str, options: DestinationOptions
) -> tuple[Values, Values]:
    """Give what another name and other options change; of headers the names alone, no secret."""
    before, after = differences(
        {"name": old.name, **_without_headers(old.options)},
        {"name": name, **_without_headers(options)},
    )
    if options.headers != old.options.headers:
        before["headers"] = [header for header, _ in old.options.headers]
        after["headers"] = [header for header, _ in options.headers]
    return before, after


def option_values(options: RouteOptions | DestinationOptions) -> Values:
    """Give options as they are stored: without those at their default."""
    told: Values = json.loads(options_text(options))
    return told


def _without_headers(options: DestinationOptions) -> Values:
    return option_values(replace(options, headers=()))


def _plain(value: object) -> object:
    return int(value.total_seconds()) if isinstance(value, timedelta) else value
