"""PURE: what may be changed on a route, worked into the options there are."""

from dataclasses import dataclass, fields, replace
from typing import Final

from feeds.catalog.changes import LANGUAGES, chosen
from feeds.errors import BadRequest
from feeds.filters import read_filter
from feeds.hashtags import checked_hashtags
from feeds.model import Layout, RouteOptions
from feeds.templates import check_template

SUMMARY_MAX: Final = 3_000  # UTF-16 units


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteChanges:
    """What to change; None leaves as it is, "default" goes back to what is usual."""

    silent: bool | None = None
    preview: bool | None = None
    summary_max: int | None = None  # UTF-16 units; 0: no lead
    layout: str | None = None
    source: bool | None = None
    time: bool | None = None
    hashtags: tuple[str, ...] | None = None  # all of its own from now on
    hashtags_from_tags: bool | None = None
    language: str | None = None
    filter: tuple[str, ...] | None = None  # all of its rules from now on
    template: str | None = None  # empty: the card again

    @classmethod
    def to(cls, options: RouteOptions) -> "RouteChanges":
        """Say what leads from the defaults to these options."""
        return cls(**{each.name: getattr(options, each.name) for each in fields(cls)})

    def options(self, old: RouteOptions) -> RouteOptions:
        """Work the changes into the options there are; raises BadRequest for what cannot be."""
        said = {each.name: getattr(self, each.name) for each in fields(self)}
        new = {name: value for name, value in said.items() if value is not None}
        if self.summary_max is not None and not 0 <= self.summary_max <= SUMMARY_MAX:
            raise BadRequest(
                f"The length of a summary lies between 0 and {SUMMARY_MAX:,}.",
                "error.summary",
                most=SUMMARY_MAX,
            )
        if self.layout is not None:
            layout = chosen(self.layout, "layout", tuple(Layout))
            new["layout"] = Layout(layout) if layout else RouteOptions().layout
        if self.hashtags is not None:
            new["hashtags"] = checked_hashtags(self.hashtags)
        if self.language is not None:
            new["language"] = chosen(self.language, "language", LANGUAGES)
        if self.filter is not None:
            new["filter"] = read_filter(self.filter).texts
        if self.template:
            check_template(self.template)
        return replace(old, **new)
