"""What `berita check` looks at: configuration, store, feeds, token, addresses; a line each."""

import os
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.request import url2pathname

from bot.cli.start import EXAMPLE_FEED

if TYPE_CHECKING:
    from bot.adapter import Adapter
    from bot.world import World
    from config import Settings
    from feeds.guard import Guard
    from feeds.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line of a check."""

    ok: bool
    text: str
    note: bool = False  # well, and probably not meant


async def check_up(settings: "Settings") -> list[Finding]:
    """Look at everything; the configuration itself was read without a mistake already."""
    from bot.app.build import build_adapters, open_world

    findings = [_fine(f"configuration {settings.file}: {_count(settings)}")]
    findings += [_note(warning) for warning in settings.warnings]
    async with open_world(settings) as world:
        adapters = build_adapters(settings, world)
        findings += [finding async for finding in _store(settings, adapters)]
        findings += _feeds(settings)
        findings += _routes(settings)
        if settings.telegram.token.get_secret_value():
            findings.append(await _token(settings, world))
        findings += [finding async for finding in _destinations(settings, adapters)]
    return findings


def _note(text: str) -> Finding:
    return Finding(ok=True, text=text, note=True)


def _count(settings: "Settings") -> str:
    routes = sum(len(route.to) for route in settings.routes)
    counts = (len(settings.feeds), len(settings.destinations), routes)
    return "feeds {}, destinations {}, routes {}".format(*counts)


async def _store(settings: "Settings", adapters: "Mapping[str, Adapter]") -> AsyncIterator[Finding]:
    from feeds.errors import StoreEmpty, StoreError
    from feeds.store import open_store

    url = settings.store.url.get_secret_value()
    if _not_made_yet(url):
        if (closed := _closed_folder(url)) is not None:
            yield _wrong(f"store {settings.store.shown}: this user cannot write into {closed}")
            return
        yield _fine(f"store {settings.store.shown}: not there yet, the first run makes it")
        return
    try:
        store = await open_store(url, create=False, migrate=False)
    except StoreEmpty:
        yield _fine(f"store {settings.store.shown}: empty yet, the first run makes its tables")
        return
    except StoreError as error:
        yield _wrong(f"store {settings.store.shown}: {error}")
        return
    try:
        yield _fine(f"store {settings.store.shown}: schema {await store.schema_version()}")
        async for clash in _feed_clashes(settings, store):
            yield _wrong(clash)
        async for clash in _place_clashes(settings, store, adapters):
            yield _wrong(clash)
        for name in await _plain_http(settings, store):
            yield _note(
                f"destination {name}: plain http, which anyone on the way can read and change; "
                "it is served as before, but webhooks.allow_http lets no other one be added"
            )
    finally:
        await store.close()


def _not_made_yet(url: str) -> bool:
    return url.startswith("sqlite:///") and not Path(url.removeprefix("sqlite:///")).exists()


def _closed_folder(url: str) -> Path | None:
    """Find the folder in which the store would have to be made and cannot be, if that is so."""
    parents = Path(url.removeprefix("sqlite:///")).parents
    there = next(folder for folder in parents if folder.exists())
    return None if there.is_dir() and os.access(there, os.W_OK | os.X_OK) else there


async def _feed_clashes(settings: "Settings", store: "Store") -> AsyncIterator[str]:
    """Name the feeds of the file that an admin added too, or whose name has another one."""
    from feeds.model import Origin

    rows = [row.feed for row in await store.list_feeds()]
    ours = {feed.name for feed in rows if feed.origin is Origin.FILE}
    added = {feed.url: feed.name for feed in rows if feed.origin is Origin.ADMIN}
    urls = {name: url for url, name in added.items()}
    for feed in settings.feeds:
        if feed.url in added and feed.name not in ours:
            name = added[feed.url]
            yield f'feed "{feed.name}": an admin added that feed, as "{name}"; remove one'
        elif url := urls.get(feed.name):
            other = f"an admin added another feed of that name ({url})"
            yield f'feed "{feed.name}": {other}; rename one'


async def _place_clashes(
    settings: "Settings", store: "Store", adapters: "Mapping[str, Adapter]"
) -> AsyncIterator[str]:
    """Name the places of the file that an admin added too, however written, or whose name has."""
    from feeds.errors import AddressError
    from feeds.model import Origin

    added = {
        (row.kind, row.address): row.name
        for row in await store.list_destinations()
        if row.destination.origin is Origin.ADMIN
    }
    for place in settings.destinations:
        try:
            there = (place.kind, adapters[place.kind].read(place.address))
        except AddressError:  # told where the addresses are looked at
            continue
        if name := added.get(there):
            yield f'destination "{place.name}": an admin added that place, as "{name}"; remove one'
        elif place.name in added.values():
            yield f'destination "{place.name}": an admin added another one of that name; rename one'


async def _plain_http(settings: "Settings", store: "Store") -> list[str]:
    """Name what an admin added while plain http was allowed; the file's are read anew anyway."""
    from feeds.model import Origin

    if settings.webhooks.allow_http:
        return []
    return [
        row.name
        for row in await store.list_destinations()
        if row.destination.origin is Origin.ADMIN and row.address.startswith("http://")
    ]


def _feeds(settings: "Settings") -> list[Finding]:
    """Look at the URLs without asking anyone; a route to nowhere is told too."""
    from bot.app.build import guard_of

    guard = guard_of(settings)
    wrong = [finding for feed in settings.feeds if (finding := _feed(feed.name, feed.url, guard))]
    routed = {route.feed for route in settings.routes}
    idle = [feed.name for feed in settings.feeds if feed.name not in routed]
    notes = [_note(f"feed {name} has no route: it goes nowhere") for name in idle]
    notes += [
        _note(f"feed {feed.name}: {EXAMPLE_FEED} is the example of berita init; write your feed's")
        for feed in settings.feeds
        if feed.url == EXAMPLE_FEED
    ]
    fine = [] if wrong else [_fine(f"feeds: the addresses of all {len(settings.feeds)} are sound")]
    return [*wrong, *notes, *fine]


def _routes(settings: "Settings") -> list[Finding]:
    """Look at what routes let through and how they tell it; the rest is the configuration's."""
    from bot.app.declare import looks_of
    from feeds.errors import BadRequest

    wrong: list[Finding] = []
    for route in settings.routes:
        try:
            looks_of(route)
        except BadRequest as error:
            wrong.append(_wrong(f"route {route.feed} → {', '.join(route.to)}: {error}"))
    return wrong


def _feed(name: str, url: str, guard: "Guard") -> Finding | None:
    from feeds.errors import WebError
    from feeds.guard import check_url

    if url.startswith("file:"):
        path = Path(url2pathname(urlsplit(url).path))
        return None if path.is_file() else _wrong(f"feed {name}: there is no file {path}")
    try:
        check_url(url)
    except WebError as error:
        return _wrong(f"feed {name}: {error}")
    why = guard.refuses_literal(url)
    return _wrong(f"feed {name}: {why}") if why else None


async def _token(settings: "Settings", world: "World") -> Finding:
    from bot.adapters.telegram import get_me_plain
    from feeds.errors import BeritaError, WebError

    telegram = settings.telegram
    try:
        me = await get_me_plain(world.web, telegram.api_base, telegram.token.get_secret_value())
    except WebError as error:
        return _wrong(f"telegram: {error}; see whether this machine reaches {telegram.api_base}")
    except BeritaError as error:
        return _wrong(f"telegram: {error}")
    return _fine(f"telegram: the token is that of @{me.username} ({me.name})")


async def _destinations(
    settings: "Settings", adapters: "Mapping[str, Adapter]"
) -> AsyncIterator[Finding]:
    """Resolve each address as a run would; without a token Telegram's are only read."""
    from bot.adapters import refuse_private
    from bot.app.build import guard_of
    from bot.app.declare import headers_of, refuse_double, secret_of
    from feeds.errors import AddressError, BadRequest

    places: dict[tuple[str, str], str] = {}
    guard = guard_of(settings)
    ask_telegram = bool(settings.telegram.token.get_secret_value())
    for place in settings.destinations:
        adapter = adapters[place.kind]
        try:
            refuse_double(places, place.kind, adapter.read(place.address), place.name)
            secret_of(place)
            if place.kind == "telegram" and not ask_telegram:
                text = f"{adapter.read(place.address)}, not asked without a token"
            else:
                headers_of(place, adapter)
                found = await adapter.resolve(place.address)
                refuse_private(found.address, guard)
                text = f"“{found.title}”" if found.title else "sound"
        except (AddressError, BadRequest) as error:
            yield _wrong(f"destination {place.name}: {error}")
        else:
            yield _fine(f"destination {place.name}: {place.kind}, {text}")


def _fine(text: str) -> Finding:
    return Finding(ok=True, text=text)


def _wrong(text: str) -> Finding:
    return Finding(ok=False, text=text)
