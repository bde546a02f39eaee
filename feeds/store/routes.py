"""Routes as admins see them: one live route for a pair of feed and destination."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from feeds.errors import Conflict, UnknownName
from feeds.model import Origin, Route, RouteOptions
from feeds.store import dropping, outbox
from feeds.store.nouns import ROUTE, as_route
from feeds.store.options import options_text
from feeds.store.tables import ROUTE_LIVE, routes

_by_id = sa.select(*ROUTE).where(routes.c.id == sa.bindparam("route"))
_pair = sa.and_(
    routes.c.feed == sa.bindparam("feed"), routes.c.destination == sa.bindparam("destination")
)
_live_pair = sa.select(*ROUTE).where(ROUTE_LIVE, _pair)
_removed_pair = (
    sa.select(routes.c.id)
    .where(routes.c.removed_at.is_not(None), _pair)
    .order_by(routes.c.removed_at.desc(), routes.c.id.desc())
    .limit(1)
)


def add(
    connection: sa.Connection,
    feed: int,
    destination: int,
    *,
    options: RouteOptions,
    origin: Origin,
    now: datetime,
) -> Route:
    """Publish a feed's stories, those to come, at a destination; raises Conflict if it is so."""
    if of_pair(connection, feed, destination) is not None:
        raise Conflict("That route is there already.", "error.route.known")
    values: dict[str, Any] = {"options": options_text(options), "origin": origin}
    pair = {"feed": feed, "destination": destination}
    removed = connection.execute(_removed_pair, pair).scalar()
    if removed is not None:
        update(connection, removed, **values, removed_at=None)
        return by_id(connection, removed)
    inserted = connection.execute(sa.insert(routes).values(**pair, **values, created_at=now))
    assert inserted.inserted_primary_key is not None, "one row was inserted"
    return by_id(connection, inserted.inserted_primary_key[0])


def change(
    connection: sa.Connection,
    route: int,
    *,
    options: RouteOptions,
    expected: RouteOptions | None = None,
) -> Route:
    """Set how the feed's stories look there, those that wait already included."""
    if expected is not None and by_id(connection, route).options != expected:
        raise Conflict(
            "It was changed meanwhile: look again, then set it as you want it.",
            "error.changed",
        )
    update(connection, route, options=options_text(options))
    return by_id(connection, route)


def remove(
    connection: sa.Connection, route: int, *, now: datetime, reason: str = outbox.ROUTE_REMOVED
) -> None:
    """Close a route; what waits on it is dropped with the reason."""
    closed = by_id(connection, route)
    update(connection, route, removed_at=now)
    pair = outbox.of_pair(closed.feed, closed.destination)
    lanes = (closed.destination,)
    dropping.drop(connection, pair, lanes=lanes, reason=reason, now=now)


def of_pair(connection: sa.Connection, feed: int, destination: int) -> Route | None:
    """Find the live route of a pair."""
    row = connection.execute(_live_pair, {"feed": feed, "destination": destination}).first()
    return as_route(row) if row else None


def by_id(connection: sa.Connection, route: int) -> Route:
    """Read a route; raises UnknownName."""
    row = connection.execute(_by_id, {"route": route}).first()
    if row is None:
        raise UnknownName(f"There is no route {route}.", "error.gone")
    return as_route(row)


def update(connection: sa.Connection, route: int, **values: Any) -> None:
    """Set columns of one route."""
    connection.execute(sa.update(routes).where(routes.c.id == route).values(**values))
