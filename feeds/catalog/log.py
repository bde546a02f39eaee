"""The log of changes, and taking the last one back where what it takes is known."""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from feeds.catalog.desk import Desk, ours_to_change
from feeds.catalog.differences import Values, feed_values, option_values
from feeds.errors import Conflict, UnknownName
from feeds.model import DestinationState, FeedState
from feeds.model.people import Change, LoggedChange
from feeds.store import FeedChanges, Store, as_destination_options, as_route_options

PAGE_MAX: Final = 50
SINCE: Final = "It was changed again since: set it as you want it."
GONE: Final = "What was changed there was removed since."
UNDOABLE: Final = frozenset(
    {
        *("feed.pause", "feed.resume", "feed.set", "route.set"),
        *("destination.pause", "destination.resume", "destination.set"),
    }
)
NOT_KEPT: Final = frozenset({"url", "headers"})  # a URL begins with a baseline; values are secret
NOBODYS_DEED: Final = frozenset({DestinationState.PARKED, FeedState.GONE})  # nor to be made again


def is_undoable(logged: LoggedChange) -> bool:
    """Tell whether a change may be taken back, as far as it tells itself."""
    change = logged.change
    known = change.what in UNDOABLE and bool(change.before)
    if not known or logged.undone_at is not None or NOT_KEPT & change.before.keys():
        return False
    return change.before.get("state") not in NOBODYS_DEED


class LogDeeds(Desk):
    """Deeds on the log."""

    __slots__ = ()

    async def log(
        self,
        *,
        about: Mapping[str, int] | None = None,
        before: int | None = None,
        among: Collection[int] | None = None,
        limit: int = 20,
    ) -> Sequence[LoggedChange]:
        """List the newest changes; `about` one thing by its kind, `among` these destinations."""
        limit = min(max(limit, 1), PAGE_MAX)
        return await self.store.list_changes(about=about, before=before, among=among, limit=limit)

    async def logged(self, change: int) -> LoggedChange:
        """Find a change; raises UnknownName."""
        found = await self.store.change(change)
        if found is None:
            raise UnknownName(f"There is no change {change}.", "error.gone")
        return found

    async def undo(self, change: int) -> LoggedChange:
        """Take a change back, if things still are as it left them; raises Conflict, UnknownName."""
        logged = await self.logged(change)
        if logged.undone_at is not None:
            raise Conflict("That was undone before.", "error.undo.done")
        if not is_undoable(logged):
            raise Conflict("That cannot be undone.", "error.undo.never")
        match logged.change.what.partition(".")[0]:
            case "feed":
                await self._undo_feed(logged)
            case "destination":
                await self._undo_destination(logged)
            case _:
                await self._undo_route(logged)
        return logged

    async def _undo_feed(self, logged: LoggedChange) -> None:
        feed = await self.store.feed_by(_id(logged.change.feed))
        if feed is None:
            raise Conflict(GONE, "error.undo.gone")
        now, before = self.clock.now(), logged.change.before
        _hold(logged, {"state": str(feed.state), **feed_values(feed)})
        store = self._undoing(logged)
        if "state" in before:
            if before["state"] == FeedState.ACTIVE:
                await store.resume_feed(feed.id, now=now)
            else:
                await store.pause_feed(feed.id, now=now)
            return
        ours_to_change(feed, feed.name)
        await store.set_feed(feed.id, expected=feed, **_feed_changes(before))

    async def _undo_destination(self, logged: LoggedChange) -> None:
        place = await self.store.destination_by(_id(logged.change.destination))
        if place is None:
            raise Conflict(GONE, "error.undo.gone")
        now, before = self.clock.now(), logged.change.before
        values = {"name": place.name, **option_values(place.options)}
        _hold(logged, {"state": str(place.state), **values})
        store = self._undoing(logged)
        if "state" in before:
            if before["state"] == DestinationState.OPEN:
                await store.resume_destination(place.id, now=now)
            else:
                await store.pause_destination(place.id, now=now)
            return
        ours_to_change(place, place.name)
        values = _merged(values, before)
        name = str(values.pop("name"))
        options = as_destination_options(json.dumps(values))
        await store.set_destination(place.id, name=name, options=options, expected=place)

    async def _undo_route(self, logged: LoggedChange) -> None:
        rows = await self.store.list_routes()
        found = [row for row in rows if row.route.id == logged.change.route]
        if not found:
            raise Conflict(GONE, "error.undo.gone")
        route = found[0].route
        ours_to_change(route, f"{found[0].feed} → {found[0].destination}")
        values = option_values(route.options)
        _hold(logged, values)
        options = as_route_options(json.dumps(_merged(values, logged.change.before)))
        await self._undoing(logged).set_route(route.id, options=options, expected=route.options)

    def _undoing(self, logged: LoggedChange) -> Store:
        was = logged.change
        by = Change(
            what="undo",
            person=self.by,
            feed=was.feed,
            destination=was.destination,
            route=was.route,
            after={"change": logged.id, "what": was.what},
        )
        return self.store.undoing(logged.id, by, now=self.clock.now())


def _hold(logged: LoggedChange, present: Mapping[str, Any]) -> None:
    """Refuse if something is not as the change left it: somebody else would be overruled."""
    if any(present.get(name) != value for name, value in logged.change.after.items()):
        raise Conflict(SINCE, "error.undo.since")


def _merged(values: Values, before: Mapping[str, Any]) -> Values:
    merged = {**values, **before}
    return {name: value for name, value in merged.items() if value is not None}


def _feed_changes(before: Mapping[str, Any]) -> FeedChanges:
    changes: FeedChanges = {}
    if "name" in before:
        changes["name"] = str(before["name"])
    if "every" in before:
        every = before["every"]
        changes["every"] = None if every is None else timedelta(seconds=every)
    return changes


def _id(found: int | None) -> int:
    assert found is not None, "a change names what it changed"
    return found
