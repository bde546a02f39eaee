"""Who changed what and when; a change is written in the transaction that makes it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from feeds.model.people import Change, LoggedChange
from feeds.store.columns import Instant
from feeds.store.people_tables import changes
from feeds.store.runner import Result, Runner
from feeds.store.statements import AnyRow

_CHANGE = (
    *(changes.c.id, changes.c.at, changes.c.person, changes.c.what, changes.c.feed),
    *(changes.c.destination, changes.c.route, changes.c.before, changes.c.after),
    changes.c.undone_at,
)
_undone = (
    sa.update(changes)
    .where(changes.c.id == sa.bindparam("change"), changes.c.undone_at.is_(None))
    .values(undone_at=sa.bindparam("now", type_=Instant))
)


def note(connection: sa.Connection, change: Change, *, now: datetime) -> None:
    """Write down a change."""
    values = {
        "at": now,
        "person": change.person,
        "what": change.what,
        "feed": change.feed,
        "destination": change.destination,
        "route": change.route,
        "before": json.dumps(dict(change.before), ensure_ascii=False),
        "after": json.dumps(dict(change.after), ensure_ascii=False),
    }
    connection.execute(sa.insert(changes).values(values))


def undo(connection: sa.Connection, change: int, *, now: datetime) -> bool:
    """Mark a change as undone; False: it was before."""
    return connection.execute(_undone, {"change": change, "now": now}).rowcount == 1


def listed_changes(
    connection: sa.Connection, *, about: Mapping[str, int], limit: int
) -> list[LoggedChange]:
    """List the newest changes; `about` names a feed, a destination or a route by its column."""
    query = sa.select(*_CHANGE).order_by(changes.c.id.desc()).limit(limit)
    for column, id_ in about.items():
        query = query.where(changes.c[column] == id_)
    return [_as_change(row) for row in connection.execute(query)]


def _as_change(row: AnyRow) -> LoggedChange:
    id_, at, person, what, feed, destination, route, before, after, undone_at = row
    return LoggedChange(
        id=id_,
        at=at,
        change=Change(
            what=what,
            person=person,
            feed=feed,
            destination=destination,
            route=route,
            before=json.loads(before),
            after=json.loads(after),
        ),
        undone_at=undone_at,
    )


class NotingRunner:
    """Runs writes as another runner does, each with a change written in the same transaction."""

    def __init__(self, runner: Runner, change: Change, *, now: datetime) -> None:
        self._runner = runner
        self._change = change
        self._now = now

    async def write(self, operation: Callable[[sa.Connection], Result]) -> Result:
        def noted(connection: sa.Connection) -> Result:
            result = operation(connection)
            note(connection, _completed(self._change, result), now=self._now)
            return result

        return await self._runner.write(noted)

    async def read(self, operation: Callable[[sa.Connection], Result]) -> Result:
        return await self._runner.read(operation)

    async def checkpoint(self) -> None:
        await self._runner.checkpoint()

    async def backup(self, target: Path) -> None:
        await self._runner.backup(target)

    def hurry(self) -> None:
        self._runner.hurry()

    async def close(self) -> None:
        """Leave the runner to who opened it."""


def _completed(change: Change, result: object) -> Change:
    """Name the thing that was made by the write itself: it had no id before."""
    made = getattr(result, "id", None)
    match change.what.partition(".")[0]:
        case "feed" if change.feed is None:
            return replace(change, feed=made)
        case "destination" if change.destination is None:
            return replace(change, destination=made)
        case "route" if change.route is None:
            return replace(change, route=made)
        case _:
            return change
