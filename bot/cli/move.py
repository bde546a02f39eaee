"""`berita import` and `berita export`: lists of feeds and whole set-ups."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli import show
from bot.cli.office import ask

if TYPE_CHECKING:
    from feeds.catalog import Catalog, Imported
    from feeds.catalog.bundle import Bundle

MANY = 20  # items from which a progress bar is worth its while

File = Annotated[
    Path, typer.Argument(metavar="FILE", help="Its ending tells what it holds: .opml .xml .json")
]


def register(app: typer.Typer) -> None:
    """Put both commands on the root."""
    app.command("import")(import_file)
    app.command("export")(export_file)


def import_file(
    context: typer.Context,
    file: File,
    *,
    to: Annotated[
        list[str] | None,
        typer.Option(metavar="DEST", help="Publish its feeds there; may be given several times."),
    ] = None,
) -> None:
    """Add the feeds of an OPML list, or everything of a JSON export; what is known stays as it is.

    With --to all feeds of the list go there, those known before too. Feeds are not looked at now:
    the first poll of each judges it.
    """
    from feeds.catalog import kind_of_file, read_file

    kind = kind_of_file(file.name)
    bundle = read_file(_read(file), kind)
    done = ask(context, lambda catalog: _import(catalog, bundle, tuple(to or ())), outside=True)
    for item in done:
        if item.outcome == "failed":
            show.complain(f"{item.what} {item.called}: {item.why}")
        elif item.instead_of:
            show.say(f"{item.what} {item.instead_of} of the file is called {item.called} here.")
    counts = {
        outcome: sum(item.outcome == outcome for item in done)
        for outcome in ("added", "known", "failed")
    }
    show.say(f"{counts['added']} added, {counts['known']} known, {counts['failed']} failed.")
    if routed := sum(item.routed for item in done):
        show.say(f"Feeds known before have got {routed} new routes: berita route list")
    if counts["failed"]:
        raise typer.Exit(1)


def export_file(
    context: typer.Context,
    file: File,
    *,
    with_secrets: Annotated[
        bool,
        typer.Option("--with-secrets", help="JSON only: webhooks' secrets and chats' hooks, too."),
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
) -> None:
    """Write all feeds as OPML, or everything that can be set as JSON."""
    from bot.adapters import is_key
    from feeds.catalog import kind_of_file
    from feeds.errors import BadRequest, Conflict

    kind = kind_of_file(file.name)
    if file.exists() and not (force or file.is_dir()):
        raise Conflict(f"{file} is there already: give another name, or --force to replace it.")
    if with_secrets and kind != "json":
        raise BadRequest("OPML holds no secrets: export to a .json file")
    data = ask(
        context,
        lambda catalog: catalog.export_file(kind, with_secrets=with_secrets, is_key=is_key),
    )
    _write_whole(file, data)
    secrets = "; it holds secrets, keep it safe" if with_secrets else ""
    show.say(f"Written: {file}{secrets}")


def _read(file: Path) -> bytes:
    """Read at most one byte more than is allowed, which then is refused."""
    from feeds.errors import BadRequest
    from feeds.opml import FILE_BYTES_MAX

    try:
        with file.open("rb") as opened:
            return opened.read(FILE_BYTES_MAX + 1)
    except OSError as error:
        raise BadRequest(f"Cannot read {file}: {error.strerror or error}.") from error


async def _import(catalog: "Catalog", bundle: "Bundle", to: tuple[str, ...]) -> "list[Imported]":
    from rich.console import Console
    from rich.progress import Progress

    done = []
    console = Console(stderr=True)
    silent = len(bundle) < MANY or not sys.stderr.isatty()
    with Progress(console=console, disable=silent, transient=True) as progress:
        task = progress.add_task("Importing", total=len(bundle))
        async for item in catalog.import_bundle(bundle, to=to):
            done.append(item)
            progress.advance(task)
    return done


def _write_whole(file: Path, data: bytes) -> None:
    """Write beside, then rename: whole or not at all, readable by its owner only."""
    import os

    from feeds.errors import BadRequest

    part = file.with_name(f"{file.name}.part")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
            out.write(data)
        part.replace(file)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise BadRequest(f"Cannot write {file}: {error.strerror or error}.") from error
