"""`berita feed …`: what is polled, and how often."""

from typing import Annotated

import typer

from bot.cli import show
from bot.cli.office import ask, settings_of
from bot.cli.options import AsJson, FeedName, Rename

app = typer.Typer(no_args_is_help=True, help="Feeds: what is polled, and how often.")

SHOWN = ("id", "name", "url", "state", "every", "next_poll_at", "last_error")


@app.command()
def add(
    context: typer.Context,
    url: Annotated[str, typer.Argument(metavar="URL", help="The feed's address.")],
    *,
    name: Annotated[
        str | None, typer.Option(metavar="N", help="What you call it; else made of its title.")
    ] = None,
    every: Annotated[
        str | None, typer.Option(metavar="D", help="How often to look: 30s, 15m, 1h.")
    ] = None,
    start: Annotated[
        str,
        typer.Option(
            metavar="new|N|all",
            help="What of its first poll is published: nothing, the newest N, everything.",
        ),
    ] = "new",
    to: Annotated[
        list[str] | None,
        typer.Option(metavar="DEST", help="Publish it there; may be given several times."),
    ] = None,
) -> None:
    """Add a feed, after a look whether it is one."""
    from bot.cli import reading

    first, interval = reading.start(start), reading.interval(every)
    added = ask(
        context,
        lambda catalog: catalog.add_feed(
            url, name=name, every=interval, start=first, to=tuple(to or ())
        ),
        outside=True,
    )
    show.say(f"Added “{added.feed.name}” (feed {added.feed.id}): {added.entries} entries now.")
    for headline in added.headlines:
        show.say(f"  · {headline}")
    if added.to:
        show.say(f"New stories go to {', '.join(place.name for place in added.to)}.")
    else:
        show.say(f"It goes nowhere yet: berita route add {added.feed.name} DESTINATION")


@app.command("set")
def change(
    context: typer.Context,
    feed: FeedName,
    *,
    url: Annotated[str | None, typer.Option(metavar="U", help="Its new address.")] = None,
    every: Annotated[
        str | None, typer.Option(metavar="D", help="How often to look: 15m, 1h, or default.")
    ] = None,
    name: Rename = None,
) -> None:
    """Change a feed; under a new URL it goes on if it is the same, else it begins anew."""
    from bot.cli import reading

    interval = reading.interval(every)
    changed = ask(
        context,
        lambda catalog: catalog.set_feed(
            feed, url=url, every=interval, default_every=every == reading.DEFAULT, rename=name
        ),
        outside=url is not None,
    )
    show.say(f"Changed “{changed.name}”.")


@app.command("list")
def list_feeds(context: typer.Context, *, as_json: AsJson = False) -> None:
    """List the feeds."""
    from bot.cli.rows import feed_row
    from bot.cli.untaken import tell_untaken, with_names

    settings = settings_of(context)
    found, names = ask(context, with_names(lambda catalog: catalog.store.list_feeds()))
    show.listing(
        [feed_row(row, settings.polling.every) for row in found],
        show.columns(*SHOWN),
        as_json=as_json,
        empty="No feeds yet: berita feed add URL",
        zone=settings.messages.time_zone,
    )
    tell_untaken(settings, names, "feed")


@app.command("show")
def show_feed(context: typer.Context, feed: FeedName, *, as_json: AsJson = False) -> None:
    """Show all that is known of a feed."""
    from bot.cli.rows import feed_row

    settings = settings_of(context)
    row = ask(context, lambda catalog: catalog.feed_row(feed))
    show.card(
        feed_row(row, settings.polling.every), as_json=as_json, zone=settings.messages.time_zone
    )


@app.command()
def pause(context: typer.Context, feed: FeedName) -> None:
    """Poll a feed no more until it is resumed."""
    paused = ask(context, lambda catalog: catalog.pause_feed(feed))
    show.say(f"Paused “{paused.name}”. Go on with: berita feed resume {paused.name}")


@app.command()
def resume(
    context: typer.Context,
    feed: FeedName,
    *,
    newest: Annotated[
        int | None,
        typer.Option(
            "--newest", metavar="N", help="Of what it holds by now only the newest N; 0: none."
        ),
    ] = None,
) -> None:
    """Poll a feed again, at once; what came meanwhile is published, unless --newest says less."""
    resumed = ask(context, lambda catalog: catalog.resume_feed(feed, newest=newest))
    show.say(f"“{resumed.name}” is polled again.")


@app.command()
def remove(context: typer.Context, feed: FeedName) -> None:
    """Remove a feed: what waits is dropped, what was published stays known."""
    removed = ask(context, lambda catalog: catalog.remove_feed(feed))
    show.say(f"Removed “{removed.name}”. Added again, it repeats nothing: {removed.url}")
