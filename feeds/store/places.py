"""A whole place shuts us out or lets us in again: all of its destinations, topics included."""

import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

import sqlalchemy as sa

from feeds.model import Destination, DestinationState, Ended, Incident, NoticeKind
from feeds.store import destinations as deeds
from feeds.store import notices
from feeds.store.chats import IN_CHAT, asked_of
from feeds.store.nouns import DESTINATION, as_destination
from feeds.store.tables import DESTINATION_LIVE, destinations

_of_place = (
    sa.select(*DESTINATION)
    .where(IN_CHAT, DESTINATION_LIVE, destinations.c.state == sa.bindparam("state"))
    .order_by(destinations.c.id)
    .with_for_update()
)
_park = (
    sa.update(destinations)
    .where(
        DESTINATION_LIVE,
        destinations.c.id == sa.bindparam("lane"),
        destinations.c.state == DestinationState.OPEN,  # what an admin paused stays paused
    )
    .values(state=DestinationState.PARKED, state_reason=sa.bindparam("why"))
)


def shut_out(
    connection: sa.Connection,
    kind: str,
    place: str,
    *,
    reason: str,
    now: datetime,
    dice: random.Random,
) -> list[Destination]:
    """Park the open destinations of a place, and begin to tell of it; what is paused stays so."""

    def park(destination: int) -> Destination:
        notices.begin(connection, (parked(destination, reason),), now=now, dice=dice)
        return deeds.close(connection, destination, state=DestinationState.PARKED, reason=reason)

    return _each(connection, kind, place, DestinationState.OPEN, park)


def let_in(
    connection: sa.Connection, kind: str, place: str, *, now: datetime, dice: random.Random
) -> list[Destination]:
    """Open the parked destinations of a place again; what an admin paused stays paused."""

    def open_again(destination: int) -> Destination:
        return deeds.open_again(connection, destination, dice=dice, now=now, how=Ended.LET_IN)

    return _each(connection, kind, place, DestinationState.PARKED, open_again)


def park(
    connection: sa.Connection,
    destination: int,
    reason: str,
    *,
    now: datetime,
    dice: random.Random,
    details: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Serve it no more, and tell of it; `details` say more of why.

    What an admin paused or removed while the request was on its way stays as it is: no news to him.
    """
    if not connection.execute(_park, {"lane": destination, "why": reason}).rowcount:
        return
    incident = parked(destination, reason)
    told = replace(incident, details={**incident.details, **details})
    notices.begin(connection, (told,), now=now, dice=dice)


def parked(destination: int, reason: str) -> Incident:
    """Make the incident of a destination that refuses us."""
    return Incident(
        key=notices.parked_key(destination),
        kind=NoticeKind.PARKED,
        destination=destination,
        details={"reason": reason},
    )


def _each(
    connection: sa.Connection,
    kind: str,
    place: str,
    state: DestinationState,
    deed: Callable[[int], Destination],
) -> list[Destination]:
    asked = {**asked_of(kind, place), "state": state}
    found = [as_destination(row) for row in connection.execute(_of_place, asked)]
    return [deed(each.id) for each in found]
