"""PURE: what no single option can see: names that must exist, values that must differ or agree.

Works on the raw tables, so that these mistakes are named together with all others; what has the
wrong type is passed over, the models name it.
"""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, get_args

from config.errors import did_you_mean
from config.lines import Path
from config.section import Kind
from config.settings import PollingSettings
from config.units import format_duration, parse_duration

Problem = tuple[Path, str]
Table = dict[str, Any]

ONLY_FOR = {
    "secret": ("webhook",),
    "secret_file": ("webhook",),
    "headers": ("webhook",),
    "events": ("webhook",),
    "format": ("webhook",),
    "max_per_second": ("webhook",),
    "in_doubt": ("telegram", "discord", "slack", "mattermost"),
}
STORY = "story.published"
_TELEGRAM = re.compile(r"(@\w+|-?[0-9]+)(/[0-9]+)?|(https?://)?(www\.)?(t|telegram)\.me/\S+")
_POSTED = ("webhook", "discord", "slack", "mattermost")
_WEBHOOK = re.compile(r"https?://[^\s/?#]+\S*", re.IGNORECASE)


def problems(raw: Table) -> Iterator[Problem]:
    """Yield every contradiction between options of a configuration."""
    feeds, destinations, routes = (_tables(raw, name) for name in ("feed", "destination", "route"))
    yield from _too_often(raw, feeds)
    yield from _repeated(feeds, "feed", "name")
    yield from _repeated(feeds, "feed", "url")
    yield from _repeated(destinations, "destination", "name")
    yield from _same_places(destinations)
    for index, destination in destinations:
        yield from _misfits(index, destination)
    yield from _strangers(routes, _names(feeds), _names(destinations))
    yield from _repeated_pairs(routes)
    yield from _deaf(routes, destinations)


def _tables(raw: Table, name: str) -> list[tuple[int, Table]]:
    tables = raw.get(name)
    if not isinstance(tables, list):
        return []
    return [(index, table) for index, table in enumerate(tables) if isinstance(table, dict)]


def _names(tables: list[tuple[int, Table]]) -> tuple[str, ...]:
    return tuple(table["name"] for _, table in tables if isinstance(table.get("name"), str))


def _too_often(raw: Table, feeds: list[tuple[int, Table]]) -> Iterator[Problem]:
    polling = raw.get("polling", {})
    if not isinstance(polling, dict):
        return
    default = PollingSettings()
    least = _span(polling.get("every_min"), default.every_min)
    if _span(polling.get("every"), default.every) < least:
        where = "every" if "every" in polling else "every_min"
        yield ("polling", where), "every is less than every_min"
    for index, feed in feeds:
        if _span(feed.get("every"), least) < least:
            text = f"is less than polling.every_min, {format_duration(least)}"
            yield ("feed", index, "every"), text


def _span(value: object, otherwise: timedelta) -> timedelta:
    try:
        return parse_duration(value) if isinstance(value, str) else otherwise
    except ValueError:
        return otherwise


def _repeated(tables: list[tuple[int, Table]], kind: str, option: str) -> Iterator[Problem]:
    seen: set[str] = set()
    for index, table in tables:
        value = table.get(option)
        if isinstance(value, str) and value in seen:
            yield (kind, index, option), f"is that of another [[{kind}]], too: each has its own"
        if isinstance(value, str):
            seen.add(value)


def _same_places(destinations: list[tuple[int, Table]]) -> Iterator[Problem]:
    seen: dict[tuple[str, str], str] = {}
    for index, table in destinations:
        kind = str(table.get("kind"))
        address = str(table.get("address", "")) or ("stdout" if kind == "console" else "")
        place = kind, address.lower() if kind == "telegram" else address
        if place in seen and address:
            yield ("destination", index, "address"), f'is the same place as "{seen[place]}"'
        seen.setdefault(place, str(table.get("name", "another")))


def _misfits(index: int, table: Table) -> Iterator[Problem]:
    """Yield what does not fit the destination's kind; its adapter judges the rest of the address.

    The address is not repeated: that of a webhook may hold a key.
    """
    kind, address = table.get("kind"), str(table.get("address", ""))
    where = ("destination", index, "address")
    if kind == "telegram" and not _TELEGRAM.fullmatch(address):
        yield where, 'must be "@NAME", a chat\'s number such as "-1001234567890", or a t.me link'
    if kind in _POSTED and not _WEBHOOK.fullmatch(address):
        yield where, 'must be a URL that begins with "https://" or "http://"'
    if kind == "console" and address not in ("", "stdout"):
        yield where, 'must be "stdout", or left out'
    if kind in _POSTED and table.get("backlog") == "roll_up":
        one = "an event" if kind == "webhook" else "a post"
        text = f'a {kind} gets each story as {one} of its own: write "all" or "newest:N"'
        yield (*where[:2], "backlog"), text
    for option, homes in ONLY_FOR.items():
        if table.get(option) and kind in get_args(Kind) and kind not in homes:
            named = ", ".join(f'"{home}"' for home in homes)
            what = "kind" if len(homes) == 1 else "kinds"
            yield (*where[:2], option), f"is for the {what} {named} alone: leave it out here"


def _strangers(
    routes: list[tuple[int, Table]], feeds: tuple[str, ...], destinations: tuple[str, ...]
) -> Iterator[Problem]:
    for index, table in routes:
        feed = table.get("feed")
        if isinstance(feed, str) and feed not in feeds:
            yield (
                ("route", index, "feed"),
                f'no [[feed]] is named "{feed}"{did_you_mean(feed, feeds)}',
            )
        for name in dict.fromkeys(_targets(table)):
            if name not in destinations:
                text = f'no [[destination]] is named "{name}"{did_you_mean(name, destinations)}'
                yield ("route", index, "to"), text


def _repeated_pairs(routes: list[tuple[int, Table]]) -> Iterator[Problem]:
    seen: set[tuple[str, str]] = set()
    for index, table in routes:
        for name in _targets(table):
            pair = str(table.get("feed")), name
            if pair in seen:
                yield ("route", index, "to"), f'"{pair[0]}" goes to "{name}" twice: once is enough'
            seen.add(pair)


def _deaf(
    routes: list[tuple[int, Table]], destinations: list[tuple[int, Table]]
) -> Iterator[Problem]:
    """Yield routes that lead to where no story is wanted."""
    deaf = {
        str(table.get("name"))
        for _, table in destinations
        if isinstance(table.get("events"), list) and STORY not in table["events"]
    }
    for index, table in routes:
        for name in deaf.intersection(_targets(table)):
            yield ("route", index, "to"), f'the events of "{name}" lack "{STORY}": it gets none'


def _targets(table: Table) -> list[str]:
    to = table.get("to")
    found = [to] if isinstance(to, str) else to
    return [name for name in found if isinstance(name, str)] if isinstance(found, list) else []
