"""The table of what became of every story, a row for each scenario."""

import os
from collections.abc import Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from tests.torture.ordeal import Played

COLUMNS = (
    "died at",
    "in flight",
    "kills",
    "stories",
    "sent",
    "repeats ≤ cut off",
    "changed",
    "doubles",
    "doubts",
    "proven",
    "left",
    "there",
    "lost",
    "seconds",
)
WIDE = 150


def show(played: Sequence[Played], title: str) -> None:
    """Print all rows and their sums."""
    table = Table(
        title=title, title_justify="left", box=SIMPLE_HEAD, padding=(0, 0), pad_edge=False
    )
    for place, column in enumerate(COLUMNS):
        table.add_column(column, justify="right" if place else "left", no_wrap=True)
    for each in played:
        table.add_row(*cells(each))
    table.add_section()
    table.add_row(*_sums(played))
    Console(width=None if os.isatty(1) else WIDE).print(table)


def cells(played: Played) -> list[str]:
    """Write one row."""
    scenario, verdict, size = played.scenario, played.verdict, played.scenario.size
    kind = "" if size.webhooks and size.chats else " webhook" if size.webhooks else " chat"
    return [
        scenario.name,
        f"{size.in_flight}{kind}",
        str(len(scenario.points)),
        str(played.stories),
        str(verdict.sent),
        f"{verdict.repeats} ≤ {verdict.repeats_max}",
        str(verdict.changed),
        str(verdict.doubles),
        str(verdict.doubts),
        str(verdict.proven),
        str(verdict.in_doubt),
        str(verdict.there),
        str(verdict.lost),
        f"{played.seconds:.0f}",
    ]


def _sums(played: Sequence[Played]) -> list[str]:
    verdicts = [each.verdict for each in played]
    repeats = sum(each.repeats for each in verdicts)
    return [
        "all",
        "",
        str(sum(len(each.scenario.points) for each in played)),
        str(sum(each.stories for each in played)),
        str(sum(each.sent for each in verdicts)),
        f"{repeats} ≤ {sum(each.repeats_max for each in verdicts)}",
        str(sum(each.changed for each in verdicts)),
        str(sum(each.doubles for each in verdicts)),
        str(sum(each.doubts for each in verdicts)),
        str(sum(each.proven for each in verdicts)),
        str(sum(each.in_doubt for each in verdicts)),
        str(sum(each.there for each in verdicts)),
        str(sum(each.lost for each in verdicts)),
        f"{sum(each.seconds for each in played):.0f}",
    ]
