"""The configuration file's word made true: it owns what it declares, we keep what was observed.

A declared thing is known again by its address (as the file wrote it, or as it came to be), else by
its name; so renaming in the file renames here, and a new address is given to the old queue.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from feeds.model import (
    Declared,
    DeclaredDestination,
    DeclaredFeed,
    DeclaredRoute,
    DestinationState,
    FeedState,
    Origin,
    RouteOptions,
)
from feeds.store import destinations as places
from feeds.store import feeds as sources
from feeds.store import misfits, signing
from feeds.store import routes as ways
from feeds.store.matching import make_way, match, refuse_clashes
from feeds.store.nouns import ROUTE, WELL, as_route
from feeds.store.options import options_text
from feeds.store.rows import DeclareReport
from feeds.store.statements import AnyRow
from feeds.store.tables import (
    DESTINATION_LIVE,
    FEED_LIVE,
    ROUTE_LIVE,
    destinations,
    feeds,
    routes,
)

GONE = "no longer in the file"

_feeds = sa.select(feeds).where(FEED_LIVE)
_destinations = sa.select(destinations).where(DESTINATION_LIVE)
_merged = sa.select(
    destinations.c.kind, destinations.c.declared_address, destinations.c.merged_into
).where(destinations.c.merged_into.is_not(None), destinations.c.origin == Origin.FILE)
_file_routes = (
    sa.select(feeds.c.name, destinations.c.name, *ROUTE)
    .join(feeds, feeds.c.id == routes.c.feed)
    .join(destinations, destinations.c.id == routes.c.destination)
    .where(ROUTE_LIVE, routes.c.origin == Origin.FILE)
)


@dataclass(slots=True)
class _Account:
    """What is being changed, as it goes."""

    connection: sa.Connection
    dice: random.Random
    now: datetime
    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)


def declare(
    connection: sa.Connection, wanted: Declared, *, dice: random.Random, now: datetime
) -> DeclareReport:
    """Make feeds, destinations and routes as declared; raises Conflict with what an admin added."""
    account = _Account(connection, dice, now)
    feed_ids = _declare_feeds(account, wanted.feeds)
    destination_ids = _declare_destinations(account, wanted.destinations)
    _declare_routes(account, wanted.routes, feed_ids, destination_ids)
    return DeclareReport(
        added=tuple(account.added), changed=tuple(account.changed), closed=tuple(account.closed)
    )


# ── feeds ────────────────────────────────────────────────────────────────────────────────────────


def _declare_feeds(account: _Account, wanted: Sequence[DeclaredFeed]) -> dict[str, int]:
    rows = account.connection.execute(_feeds).all()
    ours = [row for row in rows if row.origin == Origin.FILE]
    urls = {each.name: each.url for each in wanted}
    known = {row.id: (row.name, (row.declared_url, row.url)) for row in ours}
    matched = match(urls, known)
    refuse_clashes("feed", urls, {row.name: row.url for row in _added(rows)}, but=matched)
    make_way(account.connection, feeds, {row.id: row.name for row in ours}, matched, urls)
    by_id = {row.id: row for row in ours}
    for each in wanted:
        if each.name in matched:
            _change_feed(account, by_id[matched[each.name]], each)
        else:
            matched[each.name] = sources.add(
                account.connection,
                each.name,
                each.url,
                origin=Origin.FILE,
                every=each.every,
                start=each.start,
                now=account.now,
            ).id
            account.added.append(f"feed {each.name}")
    kept = set(matched.values())
    for row in ours:
        if row.id not in kept and row.state == FeedState.ACTIVE:
            sources.pause(account.connection, row.id, reason=GONE)
            account.closed.append(f"feed {row.name}")
    return matched


def _change_feed(account: _Account, row: AnyRow, wanted: DeclaredFeed) -> None:
    changes = sources.FeedChanges()
    if wanted.url not in (row.declared_url, row.url):
        changes["url"] = wanted.url
        known = sources.by_id(account.connection, row.id)
        changes["memory"] = sources.memory_at(known, wanted.url)
    if wanted.every != row.every:
        changes["every"] = wanted.every
    back = row.state == FeedState.PAUSED and row.state_reason == GONE
    if changes:
        sources.change(account.connection, row.id, changes)
    if back:
        sources.resume(account.connection, row.id, now=account.now)
    named = {"name": wanted.name, "declared_url": wanted.url, "start": wanted.start}
    differing = {k: v for k, v in named.items() if v != getattr(row, k)}
    if differing:
        sources.update(account.connection, row.id, **differing)
    if changes or back or differing:
        account.changed.append(f"feed {wanted.name}")


# ── destinations ─────────────────────────────────────────────────────────────────────────────────


def _declare_destinations(
    account: _Account, wanted: Sequence[DeclaredDestination]
) -> dict[str, int]:
    rows = account.connection.execute(_destinations).all()
    aliases = _aliases(account.connection, wanted, {row.id for row in rows})
    ours = [row for row in rows if row.origin == Origin.FILE]
    heirs = _heirs(wanted, aliases, ours)
    own = [each for each in wanted if each.name not in aliases or each.name in heirs]
    at = {each.name: (each.kind, each.address) for each in own}
    added = {row.name: (row.kind, row.address) for row in _added(rows)}
    matched = heirs | match(
        {name: place for name, place in at.items() if name not in heirs},
        {row.id: (row.name, _places(row)) for row in ours if row.id not in heirs.values()},
    )
    kinds = {row.id: row.kind for row in ours}
    for each in own:  # a name that now means another kind of place is another destination
        if kinds.get(matched.get(each.name, 0), each.kind) != each.kind:
            del matched[each.name]
    refuse_clashes("destination", at, added, but=matched)
    make_way(account.connection, destinations, {row.id: row.name for row in ours}, matched, at)
    by_id = {row.id: row for row in ours}
    for each in own:
        if each.name in matched:
            row = by_id[matched[each.name]]
            moved = each.name not in heirs and (each.kind, each.address) not in _places(row)
            _change_destination(account, row, each, moved=moved)
        else:
            matched[each.name] = _add_destination(account, each)
    kept = {*matched.values(), *aliases.values()}
    for row in ours:
        if row.id not in kept and row.state == DestinationState.OPEN:
            places.close(account.connection, row.id, state=DestinationState.PAUSED, reason=GONE)
            account.closed.append(f"destination {row.name}")
    return aliases | matched


def _added(rows: Sequence[AnyRow]) -> list[AnyRow]:
    return [row for row in rows if row.origin == Origin.ADMIN]


def _places(row: AnyRow) -> tuple[tuple[str, str | None], tuple[str, str | None]]:
    """Tell where a row stands: as the file wrote it, and as it came to be."""
    return (row.kind, row.declared_address), (row.kind, row.address)


def _aliases(
    connection: sa.Connection, wanted: Sequence[DeclaredDestination], live: set[int]
) -> dict[str, int]:
    """Find declared destinations that turned out to be another one, and were merged into it."""
    merged = {
        (row.kind, row.declared_address): row.merged_into for row in connection.execute(_merged)
    }
    found = {each.name: merged.get((each.kind, each.address)) for each in wanted}
    return {name: target for name, target in found.items() if target in live}


def _heirs(
    wanted: Sequence[DeclaredDestination], aliases: Mapping[str, int], ours: Sequence[AnyRow]
) -> dict[str, int]:
    """Give a row that only aliases still mean to the first of them: its block left the file."""
    meant = {(each.kind, each.address) for each in wanted if each.name not in aliases}
    heirs: dict[int, str] = {}
    for name, target in aliases.items():
        heirs.setdefault(target, name)
    return {
        heirs[row.id]: row.id for row in ours if row.id in heirs and not meant & {*_places(row)}
    }


def _add_destination(account: _Account, wanted: DeclaredDestination) -> int:
    account.added.append(f"destination {wanted.name}")
    return places.add(
        account.connection,
        wanted.name,
        wanted.kind,
        wanted.address,
        title="",
        secret=wanted.secret,
        options=wanted.options,
        origin=Origin.FILE,
        resolved=False,
        dice=account.dice,
        now=account.now,
    ).id


def _change_destination(
    account: _Account, row: AnyRow, wanted: DeclaredDestination, *, moved: bool
) -> None:
    values: dict[str, Any] = {
        "name": wanted.name,
        "declared_address": wanted.address,
        "options": options_text(wanted.options),
    }
    if wanted.secret is not None:
        values |= signing.rotated(row.secret, wanted.secret, now=account.now)
    if moved:  # the queue goes along; what the old place refused says nothing of the new one
        there = {"kind": row.kind, "address": wanted.address}
        places.refuse_taken(account.connection, name=wanted.name, **there, but=row.id)
        values |= {"address": wanted.address, "resolved": False, "title": ""}
        values |= {"proven": False, **WELL}
    misfits.refuse_misfit(row.kind, wanted.options)
    differing = {k: v for k, v in values.items() if v != getattr(row, k)}
    if differing:
        places.update(account.connection, row.id, **differing)
    anew = moved and row.state != DestinationState.PAUSED
    back = row.state == DestinationState.PAUSED and row.state_reason == GONE
    if anew or back:
        places.open_again(
            account.connection, row.id, dice=account.dice, now=account.now, afresh=True
        )
    if differing or back:
        account.changed.append(f"destination {wanted.name}")


# ── routes ───────────────────────────────────────────────────────────────────────────────────────


def _declare_routes(
    account: _Account,
    wanted: Sequence[DeclaredRoute],
    feed_ids: Mapping[str, int],
    destination_ids: Mapping[str, int],
) -> None:
    pairs: dict[tuple[int, int], DeclaredRoute] = {}
    for each in wanted:
        pairs[feed_ids[each.feed], destination_ids[each.destination]] = each
    for (feed, destination), each in pairs.items():
        called = f"route {each.feed} → {each.destination}"
        _declare_route(account, feed, destination, each.options, called)
    for source, place, *columns in account.connection.execute(_file_routes).all():
        route = as_route(columns)
        if (route.feed, route.destination) not in pairs:
            ways.remove(account.connection, route.id, now=account.now, reason=GONE)
            account.closed.append(f"route {source} → {place}")


def _declare_route(
    account: _Account, feed: int, destination: int, options: RouteOptions, called: str
) -> None:
    there = ways.of_pair(account.connection, feed, destination)
    if there is None:
        ways.add(
            account.connection,
            feed,
            destination,
            options=options,
            origin=Origin.FILE,
            now=account.now,
        )
        account.added.append(called)
    elif (there.options, there.origin) != (options, Origin.FILE):
        values = {"options": options_text(options), "origin": Origin.FILE}
        ways.update(account.connection, there.id, **values)
        account.changed.append(called)
