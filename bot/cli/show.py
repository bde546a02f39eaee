"""What commands print: tables for people, JSON for programs, errors on stderr."""

import json
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Literal

import typer

PIPED_WIDTH = 200  # columns of a table that goes into a file or a pipe

_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]+")
_COLOURS = {
    "active": "green",
    "open": "green",
    "sent": "green",
    "waiting": "cyan",
    "sending": "cyan",
    "paused": "yellow",
    "held": "yellow",
    "in_doubt": "magenta",
    "parked": "red",
    "failed": "red",
    "gone": "red",
}

_HEADINGS = {
    "next_poll_at": "next",
    "last_error": "error",
    "state_reason": "why",
    "attempts": "tries",
    "due_at": "due",
}

Row = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a table: the row's key, its heading, and whether it gives way to others."""

    key: str
    heading: str
    right: bool = False
    yields: bool = False  # shortened on a narrow terminal, broken into lines in a pipe


def columns(*keys: str) -> tuple[Column, ...]:
    """Make columns of these keys: numbers to the right, long texts giving way."""
    numbers = {"id", "waiting", "in_doubt", "attempts", "seq", "summary_max", "count"}
    texts = {"url", "address", "title", "oldest", "newest", "last_error", "reason", "state_reason"}
    texts |= {"filter", "looks", "hashtags"}
    return tuple(
        Column(
            key=key,
            heading=_HEADINGS.get(key, key.replace("_", " ")),
            right=key in numbers,
            yields=key in texts,
        )
        for key in keys
    )


def listing(
    rows: Sequence[Row],
    shown: Sequence[Column],
    *,
    as_json: bool,
    empty: str,
    zone: tzinfo = UTC,
) -> None:
    """Print rows as JSON (all their keys) or as a table of the columns chosen."""
    if as_json:
        say_json(list(rows))
    elif not rows:
        typer.echo(empty)
    else:
        _table(rows, shown, zone)


def card(row: Row, *, as_json: bool, zone: tzinfo) -> None:
    """Print one thing: its keys, one a line, those without a value left out."""
    if as_json:
        say_json(row)
        return
    width = max(len(key) for key in row)
    for key, value in row.items():
        if value not in (None, "", []):
            shown = ", ".join(value) if isinstance(value, list) else value
            lines = shown.splitlines() if isinstance(shown, str) else [shown]
            for number, line in enumerate(lines):
                heading = "" if number else key.replace("_", " ")
                say(f"{heading:<{width}}  {_cell(line, zone)}")


def say_json(value: object) -> None:
    """Print JSON, instants as ISO 8601 in UTC."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2, default=_plain))


def say(text: str) -> None:
    """Tell a person something, its control characters taken out line by line."""
    typer.echo("\n".join(visible(line) for line in text.split("\n")))


def complain(text: str) -> None:
    """Tell a person what went wrong and what to do, on stderr."""
    for line in text.split("\n"):
        typer.echo(visible(line), err=True)


def visible(text: str) -> str:
    """Take out what could command a terminal or reorder a line: feeds may hold anything."""
    return _UNSEEN.sub(" ", text)


def moment(instant: datetime | None, zone: tzinfo) -> str:
    """Write an instant for people, in their zone."""
    return instant.astimezone(zone).strftime("%d %b %H:%M") if instant else "–"


def _table(rows: Sequence[Row], shown: Sequence[Column], zone: tzinfo) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    seen = sys.stdout.isatty()
    console = Console(width=None if seen else PIPED_WIDTH, highlight=False)
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, header_style="bold")
    for column in shown:
        justify: Literal["left", "right"] = "right" if column.right else "left"
        table.add_column(
            column.heading,
            justify=justify,
            no_wrap=not column.yields,
            overflow="fold",
        )
    for row in rows:
        cells = [_cell(row[column.key], zone) for column in shown]
        table.add_row(
            *(
                Text(
                    cell,
                    style=_COLOURS.get(cell, ""),
                    no_wrap=seen or None,
                    overflow="ellipsis" if seen else "fold",
                )
                for cell in cells
            )
        )
    console.print(table)


def _cell(value: object, zone: tzinfo) -> str:
    match value:
        case None:
            return "–"
        case bool():
            return "yes" if value else "no"
        case datetime():
            return moment(value, zone)
        case _:
            return visible(str(value))


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    raise TypeError(f"no JSON for {type(value).__name__}")
