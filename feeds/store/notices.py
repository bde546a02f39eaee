"""Incidents that admins must hear of: begun and over in the transaction that makes them so.

One notice is open for each key; who is told of it, see `tellings`.
"""

import json
import random
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from feeds.model import Admin, Ended, Ending, Incident, Notice, NoticeKind
from feeds.store import events
from feeds.store.columns import Instant
from feeds.store.side_tables import notices
from feeds.store.statements import AnyRow, ids, listed, storable

DETAIL_MAX = 600  # characters of one detail
NAME_MAX = 64  # characters of the name of who decided
ENDED, ENDED_BY, ENDED_BY_NAME = "ended", "ended_by", "ended_by_name"  # kept among the details

_now = sa.bindparam("now", type_=Instant)
NOTICE = (
    *(notices.c.id, notices.c.key, notices.c.kind, notices.c.destination, notices.c.feed),
    *(notices.c.delivery, notices.c.details, notices.c.begun_at, notices.c.over_at),
)
IS_OPEN = notices.c.over_at.is_(None)
_begin = {
    dialect.dialect.name: dialect.insert(notices)
    .on_conflict_do_nothing(index_elements=["key"], index_where=IS_OPEN)
    .returning(notices.c.id, notices.c.key)
    for dialect in (sqlite, postgresql)
}
_open_of = sa.select(notices.c.id, notices.c.key, notices.c.details).where(
    notices.c.key.in_(ids("keys")), IS_OPEN
)
_change = (
    sa.update(notices)
    .where(notices.c.id == sa.bindparam("of_notice"), IS_OPEN)
    .values(details=sa.bindparam("new_details", type_=sa.Text))
)
_end = (
    sa.update(notices)
    .where(notices.c.id == sa.bindparam("of_notice"), IS_OPEN)
    .values(over_at=_now, details=sa.bindparam("new_details", type_=sa.Text))
)
_open_by_kind = sa.select(*NOTICE).where(IS_OPEN, notices.c.kind == sa.bindparam("kind"))


def begin(
    connection: sa.Connection, incidents: Iterable[Incident], *, now: datetime, dice: random.Random
) -> list[Incident]:
    """Begin incidents, and tell of them who asked; gives those begun: an open one just goes on."""
    begun = _open(connection, incidents, now=now)
    events.announce(connection, begun, now=now, dice=dice)
    return [each.incident for each in begun]


def change(connection: sa.Connection, incidents: Iterable[Incident]) -> None:
    """Say anew what open incidents are about; what is told already stays as it is."""
    told = {each.key: _text(_storable(each.details)) for each in incidents}
    for chunk in listed(told):
        rows = [
            {"of_notice": row.id, "new_details": told[row.key]}
            for row in connection.execute(_open_of, {"keys": chunk})
            if row.details != told[row.key]
        ]
        if rows:
            connection.execute(_change, rows)


def details_of(connection: sa.Connection, keys: Collection[str]) -> dict[str, dict[str, str]]:
    """Read what the open incidents of these keys are about."""
    rows = (row for chunk in listed(keys) for row in connection.execute(_open_of, {"keys": chunk}))
    return {row.key: json.loads(row.details) for row in rows}


def begin_for_admins(
    connection: sa.Connection, incidents: Iterable[Incident], *, now: datetime
) -> None:
    """Begin incidents that are no event to anybody but admins; an open one just goes on."""
    _open(connection, incidents, now=now)


def _open(
    connection: sa.Connection, incidents: Iterable[Incident], *, now: datetime
) -> list[events.Begun]:
    asked = {each.key: each for each in incidents}
    if not asked:
        return []
    rows = [_values(each, now) for each in asked.values()]
    return [
        events.Begun(notice=id_, incident=asked[key])
        for id_, key in connection.execute(_begin[connection.dialect.name], rows)
    ]


def _values(incident: Incident, now: datetime) -> dict[str, object]:
    return {
        "key": incident.key,
        "kind": incident.kind.value,
        "destination": incident.destination,
        "feed": incident.feed,
        "delivery": incident.delivery,
        "details": _text(_storable(incident.details)),
        "begun_at": now,
    }


def _storable(details: Mapping[str, str]) -> dict[str, str]:
    return {name: storable(text, DETAIL_MAX) for name, text in details.items()}


def end(
    connection: sa.Connection,
    keys: Collection[str],
    *,
    now: datetime,
    ending: Ending | None = None,
) -> None:
    """End the incidents of these keys, and keep how; one that is not open is over already."""
    how = _ending_values(ending)
    for chunk in listed(keys):
        rows = [
            {"of_notice": row.id, "new_details": _text(json.loads(row.details) | how), "now": now}
            for row in connection.execute(_open_of, {"keys": chunk})
        ]
        if rows:
            connection.execute(_end, rows)


def _ending_values(ending: Ending | None) -> dict[str, str]:
    if ending is None:
        return {}
    how = {ENDED: ending.how.value}
    if ending.by is None:
        return how
    by = {ENDED_BY: str(ending.by.person), ENDED_BY_NAME: storable(ending.by.name, NAME_MAX)}
    return how | by


def _text(details: Mapping[str, str]) -> str:
    return json.dumps(details, ensure_ascii=False)


def still_open(connection: sa.Connection, kind: NoticeKind) -> list[Notice]:
    """List the open notices of a kind."""
    return [as_notice(row) for row in connection.execute(_open_by_kind, {"kind": kind.value})]


def as_notice(row: AnyRow) -> Notice:
    """Read a row of NOTICE."""
    id_, key, kind, destination, feed, delivery, text, begun_at, over_at = row[: len(NOTICE)]
    details = json.loads(text)
    ending = _as_ending(details)
    return Notice(
        id=id_,
        incident=Incident(
            key=key,
            kind=NoticeKind(kind),
            destination=destination,
            feed=feed,
            delivery=delivery,
            details=details,
        ),
        begun_at=begun_at,
        over_at=over_at,
        ending=ending,
    )


def _as_ending(details: dict[str, str]) -> Ending | None:
    """Take the ending out of an incident's details."""
    how, person = details.pop(ENDED, None), details.pop(ENDED_BY, None)
    name = details.pop(ENDED_BY_NAME, "")
    if how is None:
        return None
    by = Admin(person=int(person), name=name) if person is not None else None
    return Ending(how=Ended(how), by=by)


def parked_key(destination: int) -> str:
    """Name the incident of a destination that refused us."""
    return f"parked:{destination}"


def keys_of(destination: int) -> tuple[str, str]:
    """Name the incidents of a destination that are over once it is opened anew, or removed."""
    return parked_key(destination), endpoint_key(destination)


def doubt_key(delivery: int) -> str:
    """Name the incident of a delivery that somebody must decide on."""
    return f"in_doubt:{delivery}"


def failing_key(feed: int) -> str:
    """Name the incident of a feed that fails for long."""
    return f"feed_failing:{feed}"


def outage_key(service: str) -> str:
    """Name the incident of a service that does not answer."""
    return f"outage:{service}"


def endpoint_key(destination: int) -> str:
    """Name the incident of an endpoint that takes nothing for days."""
    return f"endpoint_failing:{destination}"
