"""Where conversations stand, and which updates were taken up: both outlive a restart."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from feeds.model.people import Taken, Talk
from feeds.store.people_tables import talks, updates
from feeds.store.statements import upsert

TALK_MAX = timedelta(days=7)  # a conversation that rested longer begins anew
UPDATES_KEEP = timedelta(days=2)  # Telegram keeps an update for one
CUT_OFF_MAX = 1_000  # far more than are ever under way

_say = upsert(
    talks,
    key=("person",),
    update=lambda new: {"kind": new.kind, "data": new.data, "changed_at": new.changed_at},
)
_talk = sa.select(talks.c.kind, talks.c.data, talks.c.changed_at).where(
    talks.c.person == sa.bindparam("person")
)
_take = {
    dialect.dialect.name: dialect.insert(updates).on_conflict_do_nothing(index_elements=["id"])
    for dialect in (sqlite, postgresql)
}


def keep(
    connection: sa.Connection, person: int, kind: str, data: Mapping[str, object], *, now: datetime
) -> None:
    """Keep where a conversation stands, instead of what was there."""
    row = {
        "person": person,
        "kind": kind,
        "data": json.dumps(dict(data), ensure_ascii=False),
        "changed_at": now,
    }
    connection.execute(_say[connection.dialect.name], row)


def read(connection: sa.Connection, person: int, *, now: datetime) -> Talk | None:
    """Read where a conversation stands, if it is not too long ago."""
    row = connection.execute(_talk, {"person": person}).first()
    if row is None or row.changed_at < now - TALK_MAX:
        return None
    return Talk(person=person, kind=row.kind, data=json.loads(row.data), changed_at=row.changed_at)


def end(connection: sa.Connection, person: int) -> None:
    """End a conversation."""
    connection.execute(sa.delete(talks).where(talks.c.person == person))


def take_up(connection: sa.Connection, update: int, *, person: int | None, now: datetime) -> Taken:
    """Take an update up, unless it was before, perhaps by a run that is no more."""
    row = {"id": update, "taken_at": now, "person": person, "done": False}
    if connection.execute(_take[connection.dialect.name], row).rowcount == 1:
        return Taken.NOW
    done = connection.execute(sa.select(updates.c.done).where(updates.c.id == update)).scalar()
    return Taken.BEFORE if done else Taken.CUT_OFF


def finish(connection: sa.Connection, update: int) -> None:
    """Note that an update is done."""
    connection.execute(sa.update(updates).where(updates.c.id == update).values(done=True))


def cut_off(connection: sa.Connection) -> dict[int, int]:
    """List the updates that are not done, each with the person who waits for an answer."""
    found = sa.select(updates.c.id, updates.c.person).where(
        updates.c.done.is_(False), updates.c.person.is_not(None)
    )
    rows = connection.execute(found.order_by(updates.c.id).limit(CUT_OFF_MAX))
    return {row.id: row.person for row in rows}


def forget(connection: sa.Connection, *, now: datetime) -> int:
    """Forget updates that Telegram will not deliver again, and conversations left lying."""
    gone = connection.execute(
        sa.delete(updates).where(updates.c.taken_at < now - UPDATES_KEEP)
    ).rowcount
    return (
        gone
        + connection.execute(sa.delete(talks).where(talks.c.changed_at < now - TALK_MAX)).rowcount
    )
