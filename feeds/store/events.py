"""Incidents told to webhooks that asked for them: an event in their lanes, when one begins.

A delivery without a story, made in the transaction that begins the incident; what it tells stands
in its `details`, so that nothing that changes later changes it.
"""

import random
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa

from feeds.model import WEBHOOK, Event, Feed, Incident, NoticeKind, public_url
from feeds.store import outbox
from feeds.store.nouns import DESTINATION, FEED, as_destination, as_feed
from feeds.store.options import as_destination_options
from feeds.store.statements import storable
from feeds.store.tables import DESTINATION_LIVE, deliveries, destinations, feeds

TOLD = {NoticeKind.PARKED: Event.ENDPOINT_DISABLED, NoticeKind.FEED_FAILING: Event.FEED_FAILING}
TEXT_MAX = 600  # characters of a reason or an error

_lane = destinations.c
_asking = (
    sa.select(_lane.id, _lane.options)
    .where(DESTINATION_LIVE, _lane.kind == WEBHOOK, _lane.options.contains(sa.bindparam("event")))
    .order_by(_lane.id)
)
_destination = sa.select(*DESTINATION).where(_lane.id == sa.bindparam("destination"))
_feed = sa.select(*FEED).where(feeds.c.id == sa.bindparam("feed"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """An incident that has just begun, under the number of its notice."""

    notice: int
    incident: Incident


def announce(
    connection: sa.Connection, begun: Iterable[Begun], *, now: datetime, dice: random.Random
) -> None:
    """Put an event for each incident into the lanes of the webhooks that asked for its kind."""
    ears: dict[Event, list[int]] = {}
    rows: list[dict[str, Any]] = []
    for each in begun:
        event = TOLD.get(each.incident.kind)
        if event is None:
            continue
        if event not in ears:
            ears[event] = _who_asked(connection, event)
        # One that is disabled hears nothing of it, nor of anything else.
        lanes = [lane for lane in ears[event] if lane != each.incident.destination]
        if lanes:
            rows += _rows(connection, each, event, lanes, now=now, dice=dice)
    if rows:
        connection.execute(sa.insert(deliveries), rows)
        outbox.refresh(connection, {row["destination"] for row in rows})


def _who_asked(connection: sa.Connection, event: Event) -> list[int]:
    return [
        row.id
        for row in connection.execute(_asking, {"event": event.value})
        if event in as_destination_options(row.options).events
    ]


def _rows(
    connection: sa.Connection,
    begun: Begun,
    event: Event,
    lanes: Collection[int],
    *,
    now: datetime,
    dice: random.Random,
) -> list[dict[str, Any]]:
    incident = begun.incident
    subject = incident.feed if event is Event.FEED_FAILING else incident.destination
    details = _details(connection, incident)
    return [
        outbox.new_delivery(
            destination=lane,
            story=None,
            route=None,
            occasion=f"{event}:{subject}:{begun.notice}",
            seq=outbox.take_seqs(connection, lane, 1),
            details=details,
            dice=dice,
            now=now,
        )
        for lane in lanes
    ]


def _details(connection: sa.Connection, incident: Incident) -> dict[str, Any]:
    """Say what happened in the fields of the event's `data`; a key in an address is left out."""
    if incident.kind is NoticeKind.FEED_FAILING:
        return _of_feed(as_feed(connection.execute(_feed, {"feed": incident.feed}).one()))
    asked = {"destination": incident.destination}
    place = as_destination(connection.execute(_destination, asked).one())
    return {
        "destination": {
            "name": place.name,
            "kind": place.kind,
            "address": _without_path(place.address),
        },
        "reason": storable(incident.details.get("reason", ""), TEXT_MAX),
    }


def _of_feed(feed: Feed) -> dict[str, Any]:
    memory = feed.memory
    return {
        "feed": {"name": feed.name, "title": feed.title, "url": public_url(feed.url, feed.link)},
        "error": storable(memory.last_error or feed.state_reason or "", TEXT_MAX),
        "failures": memory.failures,
        "last_success_at": _written(memory.last_success_at),
    }


def _without_path(address: str) -> str:
    """Hooks carry their keys in path and query."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}/" if parts.netloc else address


def _written(instant: datetime | None) -> str | None:
    return instant.isoformat(timespec="seconds").replace("+00:00", "Z") if instant else None
