"""Destinations as admins see them: added, changed, closed, opened, removed softly, found."""

import random
from datetime import datetime
from typing import Any, TypedDict

import sqlalchemy as sa

from feeds.errors import Conflict, UnknownName
from feeds.model import (
    Admin,
    Delivery,
    Destination,
    DestinationOptions,
    DestinationState,
    Ended,
    Ending,
    Origin,
)
from feeds.ports import ResolvedAddress
from feeds.store import backlogs, dropping, merging, notices, outbox, people
from feeds.store.misfits import refuse_changed, refuse_misfit
from feeds.store.nouns import DELIVERY, DESTINATION, WELL, as_delivery, as_destination
from feeds.store.options import options_text
from feeds.store.rows import RemovedPlace
from feeds.store.tables import DESTINATION_LIVE, ROUTE_LIVE, deliveries, destinations, routes

PAUSED = "paused by an admin"
TEST = "test"


class DestinationChanges(TypedDict, total=False):
    """What may be set; the address is the identity: for another, add another."""

    name: str
    title: str
    options: DestinationOptions


_by_id = sa.select(*DESTINATION).where(destinations.c.id == sa.bindparam("destination"))
_live_by = {
    column: sa.select(*DESTINATION).where(
        DESTINATION_LIVE, destinations.c[column] == sa.bindparam("value")
    )
    for column in ("id", "name")
}
_live_at = sa.select(*DESTINATION).where(
    DESTINATION_LIVE,
    destinations.c.kind == sa.bindparam("kind"),
    destinations.c.address == sa.bindparam("address"),
)
_removed_at = (
    sa.select(destinations.c.id)
    .where(
        destinations.c.removed_at.is_not(None),
        destinations.c.merged_into.is_(None),
        destinations.c.kind == sa.bindparam("kind"),
        destinations.c.address == sa.bindparam("address"),
    )
    .order_by(destinations.c.removed_at.desc(), destinations.c.id.desc())
    .limit(1)
)
_unresolved = (
    sa.select(*DESTINATION)
    .where(DESTINATION_LIVE, sa.not_(destinations.c.resolved))
    .order_by(destinations.c.id)
)
_delivery = sa.select(*DELIVERY).where(deliveries.c.id == sa.bindparam("delivery"))


def add(
    connection: sa.Connection,
    name: str,
    kind: str,
    address: str,
    *,
    title: str,
    secret: str | None,
    options: DestinationOptions,
    origin: Origin,
    resolved: bool,
    dice: random.Random,
    now: datetime,
) -> Destination:
    """Insert an open destination, or revive a removed one of that address; raises Conflict."""
    refuse_misfit(kind, options)
    refuse_taken(connection, name=name, kind=kind, address=address)
    values: dict[str, Any] = {
        "name": name,
        "kind": kind,
        "address": address,
        "declared_address": address if origin is Origin.FILE else None,
        "title": title,
        "options": options_text(options),
        "origin": origin,
        "resolved": resolved,
    }
    if secret is not None:  # a revived one without a new secret keeps the one it had
        values["secret"] = secret
    removed = connection.execute(_removed_at, {"kind": kind, "address": address}).scalar()
    if removed is None:
        inserted = connection.execute(sa.insert(destinations).values(**values, created_at=now))
        assert inserted.inserted_primary_key is not None, "one row was inserted"
        return by_id(connection, inserted.inserted_primary_key[0])
    update(connection, removed, **values, removed_at=None)
    return open_again(connection, removed, dice=dice, now=now, afresh=True)


def change(
    connection: sa.Connection,
    destination: int,
    changes: DestinationChanges,
    *,
    expected: Destination | None = None,
) -> Destination:
    """Set what is given; raises Conflict for a taken name, or if it is not as `expected`."""
    if expected is not None:
        refuse_changed(by_id(connection, destination), expected)
    if "name" in changes:
        refuse_taken(connection, name=changes["name"], but=destination)
    values: dict[str, Any] = {k: v for k, v in changes.items() if k != "options"}
    if "options" in changes:
        refuse_misfit(by_id(connection, destination).kind, changes["options"])
        values["options"] = options_text(changes["options"])
    if values:
        update(connection, destination, **values)
    return by_id(connection, destination)


def close(
    connection: sa.Connection, destination: int, *, state: DestinationState, reason: str
) -> Destination:
    """Serve it no more until it is opened again; what comes for it waits."""
    update(connection, destination, state=state, state_reason=reason)
    return by_id(connection, destination)


def pause(connection: sa.Connection, destination: int) -> Destination:
    """Close it because an admin wants it so."""
    return close(connection, destination, state=DestinationState.PAUSED, reason=PAUSED)


def open_again(
    connection: sa.Connection,
    destination: int,
    *,
    dice: random.Random,
    now: datetime,
    how: Ended = Ended.RESUMED,
    by: Admin | None = None,
    afresh: bool = False,
) -> Destination:
    """Serve it again, whatever it was told to wait for; what waited follows its policy.

    One that was closed, or is to begin `afresh`, is as if it had never failed. Without a policy
    the newest few keep waiting, in their order, and an admin decides on what is older,
    as with any burst: a channel is not flooded with a month of stories at once.
    """
    values: dict[str, Any] = {"state": DestinationState.OPEN, "state_reason": None}
    place = by_id(connection, destination)
    if place.state is not DestinationState.OPEN:
        afresh = True
        values["reached_at"] = now  # its policy is obeyed now, and not as after an outage again
    values |= WELL if afresh else {}
    update(connection, destination, **values, not_before=None)
    outbox.hurry(connection, destination, afresh=afresh, now=now)
    backlogs.open_again(connection, place, dice=dice, now=now)
    if afresh:
        ending = Ending(how=how, by=by)
        notices.end(connection, notices.keys_of(destination), now=now, ending=ending)
    outbox.refresh(connection, [destination])
    return by_id(connection, destination)


def remove(connection: sa.Connection, destination: int, *, now: datetime) -> RemovedPlace:
    """Stop it softly: routes closed, helpers let go, what waits dropped; its history is kept."""
    by_id(connection, destination)
    people.leave_alone(connection, destination)
    update(connection, destination, removed_at=now, old_secret=None, old_secret_until=None, **WELL)
    ending = Ending(how=Ended.REMOVED)
    notices.end(connection, notices.keys_of(destination), now=now, ending=ending)
    connection.execute(
        sa.update(routes)
        .where(ROUTE_LIVE, routes.c.destination == destination)
        .values(removed_at=now)
    )
    its, reason = outbox.of_destination(destination), outbox.DESTINATION_REMOVED
    dropped = dropping.drop(connection, its, lanes=(destination,), reason=reason, now=now)
    return RemovedPlace(dropped=dropped)


def resolve(
    connection: sa.Connection, destination: int, resolved: ResolvedAddress, *, now: datetime
) -> Destination:
    """Give it its canonical address; gives the destination that has it, if merged the other one."""
    title = resolved.title or None
    return by_id(
        connection, merging.move(connection, destination, resolved.address, now=now, title=title)
    )


def unresolved(connection: sa.Connection) -> list[Destination]:
    """List those whose canonical address is not known yet."""
    return [as_destination(row) for row in connection.execute(_unresolved)]


def add_test(
    connection: sa.Connection, destination: int, *, dice: random.Random, now: datetime
) -> Delivery:
    """Put a test message into its lane."""
    by_id(connection, destination)
    seq = outbox.take_seqs(connection, destination, 1)
    values = outbox.new_delivery(
        destination=destination,
        story=None,
        route=None,
        occasion=f"{TEST}:{seq}",
        seq=seq,
        dice=dice,
        now=now,
    )
    inserted = connection.execute(sa.insert(deliveries).values(**values))
    assert inserted.inserted_primary_key is not None, "one row was inserted"
    outbox.refresh(connection, [destination])
    found = connection.execute(_delivery, {"delivery": inserted.inserted_primary_key[0]})
    return as_delivery(found.one())


def find(connection: sa.Connection, name_or_id: str | int) -> Destination | None:
    """Find a live destination by its name, else by its id."""
    if isinstance(name_or_id, int):  # no name is a number
        return _find(connection, "id", name_or_id)
    if found := _find(connection, "name", name_or_id):
        return found
    return _find(connection, "id", int(name_or_id)) if name_or_id.isdecimal() else None


def by_id(connection: sa.Connection, destination: int) -> Destination:
    """Read a destination; raises UnknownName."""
    row = connection.execute(_by_id, {"destination": destination}).first()
    if row is None:
        raise UnknownName(f"There is no destination {destination}.", "error.gone")
    return as_destination(row)


def update(connection: sa.Connection, destination: int, **values: Any) -> None:
    """Set columns of one destination."""
    connection.execute(
        sa.update(destinations).where(destinations.c.id == destination).values(**values)
    )


def refuse_taken(
    connection: sa.Connection,
    *,
    name: str,
    kind: str = "",
    address: str = "",
    but: int | None = None,
) -> None:
    """Raise Conflict if another live destination has that name or that place."""
    other = _find(connection, "name", name)
    if other is not None and other.id != but:
        raise Conflict(
            f"There is a destination called {name} already: choose another name.",
            "error.destination.name_taken",
            name=name,
        )
    row = connection.execute(_live_at, {"kind": kind, "address": address}).first()
    if row is not None and as_destination(row).id != but:
        there = as_destination(row).name
        raise Conflict(
            f"That place is there already: the destination is called {there}.",
            "error.destination.known",
            name=there,
        )


def _find(connection: sa.Connection, column: str, value: str | int) -> Destination | None:
    row = connection.execute(_live_by[column], {"value": value}).first()
    return as_destination(row) if row else None
