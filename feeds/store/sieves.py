"""The filters of routes, held against stories before their deliveries are written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from feeds.errors import BadRequest
from feeds.filters import Facts, Filter, read_filter
from feeds.model import NewStory
from feeds.store.options import as_route_options

NOT_READ: Final = "its route's filter cannot be read: set it anew, then decide"
_MARK: Final = '"filter"'  # what the options of a route with a filter hold


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What becomes of a story on one route: held or dropped for a reason; else it waits."""

    hold: str | None = None
    drop: str | None = None


PASSES: Final = Fate()


@dataclass(frozen=True, slots=True)
class Sieves:
    """The filters of some routes; None: it cannot be read. Routes without one are not in it."""

    _filters: dict[int, Filter | None] = field(default_factory=dict)

    def note(self, route: int, options: str) -> None:
        """Take a route's filter up, if its options hold one."""
        if _MARK in options:
            rules = as_route_options(options).filter
            try:
                self._filters[route] = read_filter(rules)
            except BadRequest:  # kept by a version that knew other rules
                self._filters[route] = None

    def fates(
        self,
        routes: Sequence[tuple[int, int]],
        rows: Sequence[Mapping[str, Any]],
        stories: Sequence[NewStory],
    ) -> list[dict[int, Fate]]:
        """Tell of each story what becomes of it on the routes that have a filter.

        `rows` are the same stories as they are written.
        """
        sieves = [(route, self._filters[route]) for route, _ in routes if route in self._filters]
        if not sieves:
            return [{}] * len(rows)
        return [_fates(sieves, _facts(*each)) for each in zip(rows, stories, strict=True)]


def _fates(sieves: Sequence[tuple[int, Filter | None]], facts: Facts) -> dict[int, Fate]:
    return {
        route: Fate(hold=NOT_READ) if sieve is None else Fate(drop=sieve.drops(facts))
        for route, sieve in sieves
    }


def _facts(row: Mapping[str, Any], story: NewStory) -> Facts:
    return Facts(
        title=row["title"],
        summary=row["summary"],
        author=row["author"],
        tags=story.entry.tags,
        link=row["link"],
    )
