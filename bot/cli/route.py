"""`berita route …`: which feed goes where, and how it looks there."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli import show
from bot.cli.office import ask, settings_of
from bot.cli.options import (
    AsJson,
    Filter,
    Hashtags,
    HashtagsFromTags,
    Language,
    Layout,
    NoFilter,
    Preview,
    Silent,
    Source,
    SummaryMax,
    Template,
    Time,
)

if TYPE_CHECKING:
    from feeds.catalog import Catalog, RouteChanges
    from feeds.store.rows import RouteRow

    Deed = Callable[[Catalog, str, str, RouteChanges], Awaitable[RouteRow]]

app = typer.Typer(no_args_is_help=True, help="Routes: which feed goes where.")

SHOWN = ("id", "feed", "destination", "filter", "looks", "hashtags")

Feed = Annotated[str, typer.Argument(metavar="FEED", help="A feed's name or id.")]
Place = Annotated[str, typer.Argument(metavar="DEST", help="A destination's name or id.")]


def _command_of_looks(name: str, deed: "Deed", *, help_: str, said: str) -> None:
    """Make a command that takes what can be said of a route; `add` and `set` differ in the deed."""

    @app.command(name, help=help_)
    def command(
        context: typer.Context,
        feed: Feed,
        destination: Place,
        *,
        silent: Silent = None,
        preview: Preview = None,
        summary_max: SummaryMax = None,
        layout: Layout = None,
        source: Source = None,
        time: Time = None,
        hashtags: Hashtags = None,
        hashtags_from_tags: HashtagsFromTags = None,
        language: Language = None,
        rules: Filter = None,
        no_filter: NoFilter = False,
        template: Template = None,
    ) -> None:
        changes = _changes(
            silent=silent,
            preview=preview,
            summary_max=summary_max,
            layout=layout,
            source=source,
            time=time,
            hashtags=hashtags,
            hashtags_from_tags=hashtags_from_tags,
            language=language,
            rules=[] if no_filter else rules,
            template=template,
        )
        row = ask(context, lambda catalog: deed(catalog, feed, destination, changes))
        show.say(said.format(way=f"{row.feed} → {row.destination}"))


_command_of_looks(
    "add",
    lambda catalog, feed, destination, changes: catalog.add_route(feed, destination, changes),
    help_="Publish a feed's coming stories at a destination.",
    said="{way}: its coming stories go there.",
)
_command_of_looks(
    "set",
    lambda catalog, feed, destination, changes: catalog.set_route(feed, destination, changes),
    help_="Change how a feed looks at a destination, from its next story on.",
    said="Changed {way}.",
)


@app.command("try")
def try_(
    context: typer.Context,
    feed: Feed,
    destination: Place,
    *,
    rules: Filter = None,
    no_filter: NoFilter = False,
    template: Template = None,
    as_json: AsJson = False,
) -> None:
    """Show which of a feed's newest stories a filter keeps, and the newest as a template tells it.

    It changes nothing.
    """
    from bot.cli.looking import seen_as
    from bot.cli.rows import tried_row

    changes = _changes(rules=[] if no_filter else rules, template=template)
    tried = ask(context, lambda desk: desk.try_route(feed, destination, changes), outside=True)
    show.listing(
        [tried_row(each) for each in tried.stories],
        show.columns("fate", "title", "reason"),
        as_json=as_json,
        empty="No stories yet: there is nothing to try it on.",
    )
    if not as_json and tried.stories:
        show.say(f"{len(tried.kept)} of {len(tried.stories)} would be published.")
        if tried.options.template and tried.kept:
            show.say(seen_as(tried, settings_of(context)))


@app.command("list")
def list_routes(context: typer.Context, *, as_json: AsJson = False) -> None:
    """List the routes."""
    from bot.cli.rows import route_row, route_seen
    from bot.cli.untaken import tell_untaken, with_names

    found, names = ask(context, with_names(lambda catalog: catalog.list_routes()))
    show.listing(
        [route_row(row) if as_json else route_seen(row) for row in found],
        show.columns(*SHOWN),
        as_json=as_json,
        empty="No routes yet: berita route add FEED DESTINATION",
    )
    tell_untaken(settings_of(context), names, "route")


@app.command("show")
def show_route(
    context: typer.Context, feed: Feed, destination: Place, *, as_json: AsJson = False
) -> None:
    """Show all that is set of a route: its filter, its template, its looks."""
    from bot.cli.rows import route_card, route_row

    zone = settings_of(context).messages.time_zone
    row = ask(context, lambda catalog: catalog.route(feed, destination))
    show.card(route_row(row) if as_json else route_card(row), as_json=as_json, zone=zone)


@app.command()
def remove(context: typer.Context, feed: Feed, destination: Place) -> None:
    """Close a route; what waits on it is dropped."""
    row = ask(context, lambda catalog: catalog.remove_route(feed, destination))
    show.say(f"Closed {row.feed} → {row.destination}.")


def _changes(
    *, hashtags: str | None = None, rules: list[str] | None = None, **said: Any
) -> "RouteChanges":
    """Read what was said of a route; raises BadRequest."""
    from feeds.catalog import RouteChanges
    from feeds.hashtags import read_hashtags

    tags = None if hashtags is None else read_hashtags(hashtags)
    filter_ = None if rules is None else tuple(rules)
    return RouteChanges(hashtags=tags, filter=filter_, **said)
