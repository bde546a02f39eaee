"""The root of the command line: every command's place, `--config`, `--version`, and how it ends."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from bot.cli import burst, delivery, destination, feed, move, process, route
from bot.cli.show import complain
from feeds.errors import BadRequest, BeritaError

FAILED, WRONG_CALL, INTERRUPTED = 1, 2, 130

app = typer.Typer(
    name="berita",
    no_args_is_help=True,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_show_locals=False,  # locals hold tokens and secrets
)
process.register(app)
app.add_typer(feed.app, name="feed")
app.add_typer(destination.app, name="destination")
app.add_typer(route.app, name="route")
app.add_typer(delivery.app, name="delivery")
app.add_typer(burst.app, name="burst")
move.register(app)


def _version(asked: bool) -> None:  # noqa: FBT001  # Typer hands a flag's value over so
    if asked:
        from importlib.metadata import version

        typer.echo(f"berita {version('berita')}")
        raise typer.Exit


@app.callback()
def root(
    context: typer.Context,
    *,
    config: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="The configuration, before or after the command. Default: $BERITA_CONFIG,"
            " ./berita.toml, or the one shipped.",
        ),
    ] = None,
    version: Annotated[  # noqa: ARG001  # its callback answers
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Tell the version.")
    ] = False,
) -> None:
    """Publish news feeds to Telegram channels and webhooks: each story once, always explained.

    A NAME may always be an id. Every listing takes --json. Exit codes: 0 done, 1 it failed,
    2 the call was wrong.
    """
    context.obj = config


def call(arguments: Sequence[str]) -> int:
    """Run one command; expected errors become one line on stderr and an exit code."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # real streams can
    try:
        app(config_first(arguments), prog_name="berita")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else FAILED
    except BadRequest as error:
        complain(str(error))
        return WRONG_CALL
    except BeritaError as error:
        complain(str(error))
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    return 0


def config_first(arguments: Sequence[str]) -> list[str]:
    """Move `--config FILE` to the front, where the root takes it from, wherever it was written."""
    rest, moved = list(arguments), list[str]()
    end = rest.index("--") if "--" in rest else len(rest)
    for position in reversed(range(end)):
        if rest[position] == "--config" and position + 1 < end:
            moved = [*rest[position : position + 2], *moved]
            del rest[position : position + 2]
        elif rest[position].startswith("--config="):
            moved = [rest.pop(position), *moved]
    return [*moved, *rest]
