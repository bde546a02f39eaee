"""What the configuration file declares, made true in the store at every start."""

import random
from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime

import structlog

from bot.adapter import Adapter
from bot.adapters.webhook import make_secret
from config import Settings
from config.declared import DestinationSettings, RouteSettings
from feeds.catalog import RouteChanges
from feeds.errors import AddressError, BadRequest
from feeds.headers import checked_headers
from feeds.model import (
    Backlog,
    Declared,
    DeclaredDestination,
    DeclaredFeed,
    DeclaredRoute,
    DestinationOptions,
    Event,
    EventFormat,
    Headers,
    InDoubtPolicy,
    RouteOptions,
)
from feeds.ports import Clock
from feeds.store import Store
from feeds.webhook_secrets import checked_secret

log = structlog.get_logger()


def declared_by(settings: Settings, adapters: Mapping[str, Adapter]) -> Declared:
    """Say it in the store's nouns, addresses canonical; raises BadRequest, all mistakes at once."""
    mistakes: list[str] = []
    destinations: list[DeclaredDestination] = []
    places: dict[tuple[str, str], str] = {}
    for destination in settings.destinations:
        try:
            read = _destination(destination, adapters[destination.kind])
            destinations.append(read)
            refuse_double(places, read.kind, read.address, read.name)
        except (AddressError, BadRequest) as error:
            mistakes.append(f'destination "{destination.name}": {error}')
    routes: list[DeclaredRoute] = []
    for route in settings.routes:
        try:
            options = looks_of(route)
        except BadRequest as error:
            mistakes.append(f"route {route.feed} → {', '.join(route.to)}: {error}")
        else:
            routes += [
                DeclaredRoute(feed=route.feed, destination=to, options=options) for to in route.to
            ]
    if mistakes:
        raise BadRequest("\n".join(mistakes))
    return Declared(
        feeds=tuple(
            DeclaredFeed(name=feed.name, url=feed.url, every=feed.every, start=feed.start)
            for feed in settings.feeds
        ),
        destinations=tuple(destinations),
        routes=tuple(routes),
    )


def refuse_double(places: dict[tuple[str, str], str], kind: str, address: str, name: str) -> None:
    """Note who has a canonical address; raises BadRequest if another one of the file has it."""
    if (other := places.setdefault((kind, address), name)) != name:
        raise BadRequest(f'that place is declared already, as "{other}": leave one of them out')


def looks_of(settings: RouteSettings) -> RouteOptions:
    """Read how a route's stories look; raises BadRequest."""
    said = {each.name: getattr(settings, each.name) for each in fields(RouteChanges)}
    return RouteChanges(**said).options(RouteOptions())


def _destination(settings: DestinationSettings, adapter: Adapter) -> DeclaredDestination:
    return DeclaredDestination(
        name=settings.name,
        kind=settings.kind,
        address=adapter.read(settings.address),
        secret=secret_of(settings),
        options=DestinationOptions(
            headers=headers_of(settings, adapter),
            events=tuple(map(Event, settings.events)),
            format=EventFormat(settings.format),
            language=settings.language,
            in_doubt=InDoubtPolicy(settings.in_doubt) if settings.in_doubt else None,
            max_age=settings.max_age,
            backlog=Backlog.read(settings.backlog) if settings.backlog else None,
            max_per_second=settings.max_per_second,
        ),
    )


def secret_of(settings: DestinationSettings) -> str | None:
    """Read a destination's secret; None: one is made. Raises BadRequest."""
    return checked_secret(settings.secret.get_secret_value()) if settings.secret else None


def headers_of(settings: DestinationSettings, adapter: Adapter) -> Headers:
    """Read the headers of a destination, those its address stands for too; raises BadRequest."""
    given = ((name, value.get_secret_value()) for name, value in settings.headers.items())
    return checked_headers((*given, *adapter.headers_in(settings.address)))


async def declare(declared: Declared, store: Store, *, clock: Clock, dice: random.Random) -> None:
    """Make it true, and give every webhook that has none a secret of its own."""
    report = await store.declare(declared, now=clock.now())
    if report:
        said = {"added": report.added, "changed": report.changed, "closed": report.closed}
        log.info("configuration", **{name: ", ".join(what) for name, what in said.items() if what})
    for row in await store.list_destinations():
        if row.kind == "webhook" and not row.has_secret:
            await store.set_secret(row.id, make_secret(dice), now=clock.now())


async def resolve(store: Store, adapters: Mapping[str, Adapter], *, now: datetime) -> int:
    """Ask for the canonical addresses still unknown (@name → chat id); tell how many remain."""
    remaining = 0
    for destination in await store.unresolved_destinations():
        try:
            resolved = await adapters[destination.kind].resolve(destination.address)
        except AddressError as error:
            remaining += 1
            log.warning("address not resolved yet", destination=destination.name, why=str(error))
        else:
            await store.resolve_destination(destination.id, resolved, now=now)
            log.info("address resolved", destination=destination.name, title=resolved.title)
    return remaining
