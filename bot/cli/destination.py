"""`berita destination …`: where stories are published."""

from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli import show
from bot.cli.office import ask, is_running, settings_of
from bot.cli.options import (
    AsJson,
    Backlog,
    DestinationName,
    Events,
    Format,
    HeaderLines,
    InDoubt,
    Language,
    MaxAge,
    MaxPerSecond,
    Rename,
)

if TYPE_CHECKING:
    from feeds.catalog import Catalog
    from feeds.model import Destination, Failing

app = typer.Typer(no_args_is_help=True, help="Destinations: where stories are published.")
secret = typer.Typer(no_args_is_help=True, help="The secret that signs what a webhook gets.")
app.add_typer(secret, name="secret")

KINDS = "telegram, webhook, discord, slack, mattermost or console."
SHOWN = ("id", "name", "kind", "address", "title", "state", "waiting", "in_doubt", "state_reason")


@app.command(context_settings={"ignore_unknown_options": True})  # -100… is a chat, no option
def add(
    context: typer.Context,
    kind: Annotated[str, typer.Argument(metavar="KIND", help=KINDS)],
    address: Annotated[
        str,
        typer.Argument(
            metavar="ADDRESS",
            help="@channel, -100… or -100…/TOPIC, https://…; the console needs none.",
        ),
    ] = "",
    *,
    name: Annotated[
        str | None, typer.Option(metavar="N", help="What you call it; else made of its title.")
    ] = None,
    signed_with: Annotated[
        str | None,
        typer.Option("--secret", metavar="S", help="A webhook's secret (whsec_…); else made."),
    ] = None,
    header: HeaderLines = None,
    event: Events = None,
    format_: Format = None,
    language: Language = None,
    in_doubt: InDoubt = None,
    max_age: MaxAge = None,
    backlog: Backlog = None,
    max_per_second: MaxPerSecond = None,
) -> None:
    """Add a place to publish; its address is looked up at once."""
    from bot.adapters import shown
    from bot.cli import reading
    from feeds.catalog import DestinationChanges
    from feeds.headers import read_header
    from feeds.model import DestinationOptions

    chosen = DestinationChanges(
        language=language,
        in_doubt=in_doubt,
        headers=tuple(map(read_header, header or ())),
        events=tuple(event or ()),
        format=format_,
        max_age=reading.age(max_age),
        backlog=backlog,
        max_per_second=reading.rate(max_per_second),
    )
    options = chosen.options(DestinationOptions())
    added = ask(
        context,
        lambda catalog: catalog.add_destination(
            kind, address, name=name, secret=signed_with, options=options
        ),
        outside=True,
    )
    place = added.destination
    titled = f" “{place.title}”" if place.title else ""
    where = shown(kind, place.address)
    show.say(f"Added {place.name} (destination {place.id}): {kind}{titled}, {where}")
    if added.secret_made:
        show.say(f"It is signed with this secret; give it to its owner:\n{place.secret}")
    show.say(f"Try it: berita destination test {place.name}")


@app.command("set")
def change(
    context: typer.Context,
    destination: DestinationName,
    *,
    name: Rename = None,
    header: HeaderLines = None,
    no_header: Annotated[
        list[str] | None,
        typer.Option("--no-header", metavar="NAME", help="A header to send no more."),
    ] = None,
    event: Events = None,
    format_: Format = None,
    language: Language = None,
    in_doubt: InDoubt = None,
    max_age: MaxAge = None,
    backlog: Backlog = None,
    max_per_second: MaxPerSecond = None,
) -> None:
    """Change a destination; for another address, add another destination."""
    from bot.cli import reading
    from feeds.catalog import DestinationChanges
    from feeds.headers import read_header

    changes = DestinationChanges(
        rename=name,
        language=language,
        in_doubt=in_doubt,
        headers=tuple(map(read_header, header or ())),
        events=tuple(event or ()),
        format=format_,
        without_headers=tuple(no_header or ()),
        max_age=reading.age(max_age),
        backlog=backlog,
        max_per_second=reading.rate(max_per_second),
    )
    changed = ask(context, lambda catalog: catalog.set_destination(destination, changes))
    show.say(f"Changed “{changed.name}”.")


@app.command("list")
def list_destinations(context: typer.Context, *, as_json: AsJson = False) -> None:
    """List the destinations, and how much waits for each."""
    from bot.cli.rows import destination_row, destination_seen
    from bot.cli.untaken import tell_untaken, with_names

    settings = settings_of(context)
    zone = settings.messages.time_zone
    found, names = ask(context, with_names(lambda catalog: catalog.store.list_destinations()))
    show.listing(
        [destination_row(row) if as_json else destination_seen(row, zone) for row in found],
        show.columns(*SHOWN),
        as_json=as_json,
        empty="No destinations yet: berita destination add telegram @channel",
        zone=zone,
    )
    tell_untaken(settings, names, "destination")


@app.command("show")
def show_destination(
    context: typer.Context, destination: DestinationName, *, as_json: AsJson = False
) -> None:
    """Show all that is known of a destination, except its secret."""
    from bot.cli.rows import destination_row

    settings = settings_of(context)
    row = ask(context, lambda catalog: catalog.destination_row(destination))
    show.card(destination_row(row), as_json=as_json, zone=settings.messages.time_zone)


@app.command("test")
def try_out(context: typer.Context, destination: DestinationName) -> None:
    """Send a test message through the destination's own queue."""
    queued = ask(context, lambda catalog: catalog.test_destination(destination))
    number = queued.delivery.id
    show.say(f"The test is delivery {number}; its way: berita delivery show {number}")
    if queued.blocked:
        resume = f"berita destination resume {queued.destination.name}"
        show.say(f"It waits, for {queued.blocked}. Let it go: {resume}")
    elif not is_running(settings_of(context)):
        show.say("berita run is not running: it goes out at the next run.")


@app.command()
def pause(context: typer.Context, destination: DestinationName) -> None:
    """Publish nothing there until it is resumed; what comes meanwhile waits."""
    paused = ask(context, lambda catalog: catalog.pause_destination(destination))
    show.say(f"Paused “{paused.name}”. Go on with: berita destination resume {paused.name}")


@app.command()
def resume(context: typer.Context, destination: DestinationName) -> None:
    """Publish there again, after a pause or after it had refused us."""
    failing, resumed = ask(context, lambda catalog: _resume(catalog, destination))
    show.say(f"“{resumed.name}” is open; what waited for it goes out in order.")
    if failing is not None:
        show.say(f"The last that was heard there: {failing.answer}")


async def _resume(catalog: "Catalog", destination: str) -> "tuple[Failing | None, Destination]":
    """Open it; gives how it had fared, too: of what came while it was paused nobody was told."""
    before = await catalog.destination(destination)
    return before.failing, await catalog.resume_destination(destination)


@app.command()
def remove(context: typer.Context, destination: DestinationName) -> None:
    """Remove a destination: what waits for it is dropped, its history stays."""
    removed = ask(context, lambda catalog: catalog.remove_destination(destination))
    count = removed.dropped
    were = "1 delivery that waited was" if count == 1 else f"{count} deliveries that waited were"
    said = f" {were} dropped." if count else ""
    show.say(f"Removed “{removed.destination.name}”.{said}")


@secret.command("show")
def show_secret(context: typer.Context, destination: DestinationName) -> None:
    """Print the secret, for the one who receives the webhook."""
    show.say(ask(context, lambda catalog: catalog.secret_of(destination)))


@secret.command()
def rotate(context: typer.Context, destination: DestinationName) -> None:
    """Sign with a new secret, for 24 hours with the old one too, and print the new one."""
    settings = settings_of(context)
    declared = {place.name for place in settings.destinations if place.secret}
    rotated = ask(
        context,
        lambda catalog: catalog.rotate_secret(destination, declared=declared),
        outside=True,
    )
    show.say(rotated.secret)
    if rotated.old_until is not None:
        until = show.moment(rotated.old_until, settings.messages.time_zone)
        show.complain(
            f"Until {until} everything is signed with both: give the new secret to the receiver"
            " before. If the old one has leaked, rotate once more: that ends it now."
        )
