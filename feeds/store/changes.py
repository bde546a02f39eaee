"""Who changed what and when; a change is written in the transaction that makes it."""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from feeds.errors import Conflict
from feeds.model.people import Change, LoggedChange
from feeds.store.columns import Instant
from feeds.store.people_tables import changes, people
from feeds.store.rows import Decided
from feeds.store.runner import Result, Runner
from feeds.store.statements import AnyRow, ids
from feeds.store.tables import ROUTE_LIVE, deliveries, destinations, feeds, routes

NAMED_MAX = 20  # deliveries of one decision that are named
UNDONE = "That was undone before."

CHANGE = (
    *(changes.c.id, changes.c.at, changes.c.person, changes.c.what, changes.c.feed),
    *(changes.c.destination, changes.c.route, changes.c.before, changes.c.after),
    changes.c.undone_at,
)
_changes = (
    sa.select(*CHANGE, people.c.name, feeds.c.name, destinations.c.name)
    .select_from(changes)
    .outerjoin(people, people.c.id == changes.c.person)
    .outerjoin(feeds, feeds.c.id == changes.c.feed)
    .outerjoin(destinations, destinations.c.id == changes.c.destination)
)
_newer = changes.alias()
# The last change of a feed itself, beside that feed.
LAST_OF_FEED = (
    sa.select(_newer.c.id)
    .where(_newer.c.feed == feeds.c.id, _newer.c.route.is_(None))
    .order_by(_newer.c.id.desc())
    .limit(1)
    .correlate(feeds)
    .scalar_subquery()
)
_undone = (
    sa.update(changes)
    .where(changes.c.id == sa.bindparam("change"), changes.c.undone_at.is_(None))
    .values(undone_at=sa.bindparam("now", type_=Instant))
)

_places_of = (
    sa.select(deliveries.c.destination).where(deliveries.c.id.in_(ids())).distinct().limit(2)
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
    connection: sa.Connection,
    *,
    about: Mapping[str, int],
    limit: int,
    before: int | None = None,
    among: Collection[int] | None = None,
    what: str | None = None,
) -> list[LoggedChange]:
    """List the newest changes; `about` names a feed, a destination or a route by its column.

    `before`: those older than this change; `among`: those of these destinations, and of the
    feeds that go there; `what`: of this sort alone.
    """
    query = _changes.order_by(changes.c.id.desc()).limit(limit)
    for column, id_ in about.items():
        query = query.where(changes.c[column] == id_)
    if what is not None:
        query = query.where(changes.c.what == what)
    if before is not None:
        query = query.where(changes.c.id < before)
    if among is not None:
        goes_there = sa.exists().where(
            routes.c.feed == changes.c.feed, routes.c.destination.in_(among), ROUTE_LIVE
        )
        of_their_feeds = sa.and_(changes.c.destination.is_(None), goes_there)
        query = query.where(sa.or_(changes.c.destination.in_(among), of_their_feeds))
    return [_named(row) for row in connection.execute(query)]


def change_by(connection: sa.Connection, change: int) -> LoggedChange | None:
    """Find a change by its number."""
    row = connection.execute(_changes.where(changes.c.id == change)).first()
    return _named(row) if row is not None else None


def as_change(row: Sequence[Any]) -> LoggedChange:
    """Read the columns of CHANGE; the names of who and what are left open."""
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


def _named(row: AnyRow) -> LoggedChange:
    person_name, feed_name, destination_name = row[len(CHANGE) :]
    return replace(
        as_change(row[: len(CHANGE)]),
        person_name=person_name or "",
        feed_name=feed_name,
        destination_name=destination_name,
    )


class NotingRunner:
    """Runs writes as another runner does, each with a change written in the same transaction.

    With `undoes` the write is to undo that change, which is marked so; raises Conflict if it was.
    """

    def __init__(
        self, runner: Runner, change: Change, *, now: datetime, undoes: int | None = None
    ) -> None:
        self._runner = runner
        self._change = change
        self._now = now
        self._undoes = undoes

    async def write(self, operation: Callable[[sa.Connection], Result]) -> Result:
        def noted(connection: sa.Connection) -> Result:
            if self._undoes is not None and not undo(connection, self._undoes, now=self._now):
                raise Conflict(UNDONE, "error.undo.done")
            result = operation(connection)
            if not _is_nothing(result):
                note(connection, _completed(connection, self._change, result), now=self._now)
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


def _is_nothing(result: object) -> bool:
    """Tell whether a deed changed nothing: all was refused, or there was none of it."""
    return not result.changed if isinstance(result, Decided) else result == 0


def _completed(connection: sa.Connection, change: Change, result: object) -> Change:
    """Name what the write alone knows: the thing it made, the deliveries it decided on."""
    if isinstance(result, Decided):
        return _decided(connection, change, result.changed)
    if isinstance(result, int):
        return replace(change, after={**change.after, "count": result})
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


def _decided(connection: sa.Connection, change: Change, chosen: tuple[int, ...]) -> Change:
    """Name the deliveries, and their destination where it is one."""
    shown = chosen[:NAMED_MAX]
    places = list(connection.scalars(_places_of, {"ids": list(shown)}))
    after = {**change.after, "deliveries": list(shown), "count": len(chosen)}
    return replace(change, destination=places[0] if len(places) == 1 else None, after=after)
