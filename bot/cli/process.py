"""The commands of the whole: init, run, claim, check, migrate, backup, status, preview."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli import show
from bot.cli.office import ask, is_running, open_outside, read_settings, settings_of
from bot.cli.options import AsJson

if TYPE_CHECKING:
    from config import Settings


NOT_RUNNING = "does not run: nothing is polled or sent until it does"


def register(app: typer.Typer) -> None:
    """Put the commands on the root, in the order to read them."""
    from bot.cli.claim import claim
    from bot.cli.start import init

    app.command()(init)
    for command in (run, claim, check, migrate, backup, status):
        app.command()(command)
    app.command("preview")(show_preview)


def run(
    context: typer.Context,
    *,
    once: Annotated[
        bool,
        typer.Option(
            "--once", help="Poll what is due, publish until nothing is due within 60 s, end."
        ),
    ] = False,
) -> None:
    """Poll and publish until stopped; --config FILE names the configuration.

    With --once the exit code is 1 if anything failed. On a terminal, a bot that nobody owns shows
    how to become its owner.
    """
    import asyncio
    import sys

    from bot.cli.claim import claim_text

    settings = read_settings(context)  # the log tells which one it is
    from bot.app import run as run_app

    def show_claim(bot: str, code: str) -> None:
        show.say(claim_text(bot, code))

    seen = sys.stdout.isatty()  # elsewhere it would stay in a file: `berita claim` prints it
    raise typer.Exit(
        asyncio.run(run_app(settings, once=once, show_claim=show_claim if seen else None))
    )


def check(context: typer.Context) -> None:
    """Say everything that is wrong with the configuration, the store, the token.

    --config FILE names the configuration. Exit code 1 if anything is wrong.
    """
    import asyncio

    from bot.cli.checkup import check_up

    settings = settings_of(context)
    findings = asyncio.run(check_up(settings))
    for finding in findings:
        if finding.ok:
            show.say(f"{'note' if finding.note else 'fine'}   {finding.text}")
        else:
            show.complain(f"wrong  {finding.text}")
    if not all(finding.ok for finding in findings):
        raise typer.Exit(1)


def migrate(context: typer.Context) -> None:
    """Bring the store to this version's schema; making it if there is none."""
    version = ask(context, lambda catalog: catalog.store.schema_version())
    show.say(f"The store is at schema {version}.")


def backup(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where the copy goes.")],
) -> None:
    """Copy the store into a new file, also beside a running bot; it holds secrets."""
    from feeds.errors import Conflict

    if file.exists():
        raise Conflict(f"{file} is there already: give another name, or remove it first.")
    ask(context, lambda catalog: catalog.store.backup(file))
    show.say(f"Written: {file}. It holds secrets: keep it safe.")


def status(context: typer.Context, *, as_json: AsJson = False) -> None:
    """Tell how things stand."""
    from bot.cli.rows import status_object
    from bot.cli.standing import tell_standing
    from bot.cli.untaken import tell_untaken, with_names
    from bot.clock import WallClock

    settings = settings_of(context)
    now = WallClock().now()
    found, names = ask(context, with_names(lambda catalog: catalog.store.status(now=now)))
    running = is_running(settings)
    if as_json:
        show.say_json(status_object(found, now) | {"running": running})
    else:
        show.say(f"berita run    {'runs' if running else NOT_RUNNING}")
        show.say(tell_standing(found, now, settings.messages.time_zone))
    tell_untaken(settings, names, "feed", "destination", "route")


def show_preview(
    context: typer.Context,
    url: Annotated[str, typer.Argument(metavar="URL", help="A feed's address.")],
    *,
    last: Annotated[int, typer.Option(metavar="N", help="So many of its newest stories.")] = 3,
) -> None:
    """Show a feed's newest stories as they would be published; nothing is stored."""
    import asyncio

    settings = settings_of(context)
    asyncio.run(_preview(settings, url, last))


async def _preview(settings: "Settings", url: str, last: int) -> None:
    import sys

    from bot.adapters.console import ConsoleAdapter
    from bot.clock import WallClock
    from bot.preview import preview, stage

    now = WallClock().now()
    console = ConsoleAdapter(
        sys.stdout, language=settings.messages.language, time_zone=settings.messages.time_zone
    )
    async with open_outside(settings) as outside:
        found = await preview(url, last=last, outside=outside, now=now)
    place = stage(kind=console.kind, now=now)
    for parcel in found.parcels:
        await console.send(place, parcel, console.render(place, parcel))
    shown = len(found.parcels)
    show.say(f"{found.title or url}: {shown} of {found.entries} entries; nothing was stored.")
