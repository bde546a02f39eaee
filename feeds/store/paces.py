"""What scopes have used up, kept across restarts."""

import json
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from feeds.model import Pace
from feeds.store.columns import EPOCH, MILLISECOND, Instant
from feeds.store.nouns import Row
from feeds.store.side_tables import paces
from feeds.store.statements import later, storable, upsert

REASON_MAX = 600  # characters of why a scope is closed

INSTANTS_KEPT = 16_384  # of some hundred busy scopes
_now = sa.bindparam("now", type_=Instant)


def _updated(new: Any) -> dict[str, Any]:
    """Take over what is new, but for a closure that is stored and neither over nor outlasted.

    A send's pace may have been taken before another send was told to wait, and come here after it.
    """
    stored = paces.c
    sooner = sa.or_(new.not_before.is_(None), new.not_before < stored.not_before)
    stays = sa.and_(stored.not_before > _now, sooner)
    return {
        "recent": new.recent,
        "not_before": sa.case((stays, stored.not_before), else_=new.not_before),
        "reason": sa.case((stays, stored.reason), else_=new.reason),
        "used_at": sa.case((stays, later(stored.used_at, new.used_at)), else_=new.used_at),
    }


_save = upsert(paces, key=["scope"], update=_updated)
_all = sa.select(paces.c.scope, paces.c.recent, paces.c.not_before, paces.c.reason)


def save(connection: sa.Connection, changed: Iterable[Pace], *, now: datetime) -> None:
    """Keep these paces; of several for one scope, the last. None shortens a closure stored."""
    rows = {
        pace.scope: {
            "scope": pace.scope,
            "recent": json.dumps([_milliseconds(at) for at in pace.recent]),
            "not_before": pace.not_before,
            "reason": pace.reason and storable(pace.reason, REASON_MAX),
            "used_at": max((*pace.recent, pace.not_before or EPOCH)),
            "now": now,
        }
        for pace in changed
    }
    if rows:
        # In one order for everyone, so that two processes never wait for each other crosswise.
        connection.execute(_save[connection.dialect.name], [rows[scope] for scope in sorted(rows)])


@lru_cache(INSTANTS_KEPT)
def _milliseconds(at: datetime) -> int:
    """Write an instant; of those in a pace all but the last were written before."""
    return (at - EPOCH) // MILLISECOND


def load(connection: sa.Connection) -> list[Pace]:
    """Read all that is kept."""
    return [as_pace(row) for row in connection.execute(_all)]


def closed(connection: sa.Connection, *, now: datetime) -> tuple[Pace, ...]:
    """Read the scopes that may not be used now."""
    rows = connection.execute(_all.where(paces.c.not_before > now).order_by(paces.c.scope))
    return tuple(as_pace(row) for row in rows)


def as_pace(row: Row) -> Pace:
    """Read a row of scope, recent, not_before, reason."""
    scope, recent, not_before, reason = row
    instants = tuple(EPOCH + at * MILLISECOND for at in json.loads(recent))
    return Pace(scope=scope, recent=instants, not_before=not_before, reason=reason)
