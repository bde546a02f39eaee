"""The README's picture, drawn from a golden message: `python -m tests.house.picture` writes it.

What is read in the bubble is the very call that the Telegram adapter renders: its text, its bold
and linked parts, where its preview goes. The photograph of the preview is Telegram's to find on the
page; here a drawing stands in for it.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any
from urllib.parse import urlsplit

from tests.house.scenery import landscape
from tests.house.tree import ROOT

GOLDEN = ROOT / "tests" / "adapters" / "golden" / "kim-putin.telegram.json"
PICTURE = ROOT / "tests" / "house" / "post.svg"

WIDTH = 480
HEADER = 64
MARGIN = 16  # around the bubble
INSET = 14  # inside it
BUBBLE = WIDTH - 2 * MARGIN
TEXT = BUBBLE - 2 * INSET
SIZE = 15.5
LEADING = 22
PHOTO = (TEXT - 25, 186)

# Widths of Helvetica's letters in thousandths of an em (its AFM file); what is not named is a digit
# wide. System fonts differ by a few percent, which `SLACK` leaves room for.
WIDTHS = {
    **dict.fromkeys("ijl'|‘’", 222),
    **dict.fromkeys(" .,:;!/\\ftI[]()-·", 278),
    **dict.fromkeys('r“”"', 333),
    **dict.fromkeys("ckvxyzsJ", 500),
    **dict.fromkeys("FTZ", 611),
    **dict.fromkeys("ABEKPSVXY", 667),
    **dict.fromkeys("CDHNRUw", 722),
    **dict.fromkeys("GOQ", 778),
    **dict.fromkeys("mM", 833),
    **dict.fromkeys("W", 944),
    **dict.fromkeys("…", 1000),
}
DIGIT = 556
BOLD = 1.07  # bold letters are wider
SLACK = 1.03


STYLES = {"bold": "bold", "text_link": "link"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A piece of text in one style: "", "bold", "bold link"."""

    text: str
    style: str


def picture() -> str:
    """Draw the golden message."""
    call: dict[str, Any] = json.loads(GOLDEN.read_text(encoding="utf-8"))["call"]
    source, _, moment = call["text"].split("\n")[-1].partition(" · ")
    lines = [line for paragraph in _paragraphs(call) for line in _wrapped(paragraph)]
    return "\n".join([*_drawn(call, lines, channel=source, clock=moment.split()[-2]), ""])


def _drawn(
    call: dict[str, Any], lines: Sequence[Sequence[Run]], *, channel: str, clock: str
) -> Iterator[str]:
    """Draw the phone's screen from top to bottom."""
    assert call["link_preview_options"]["show_above_text"], "the photograph is drawn on top"
    headline = call["text"].partition("\n")[0]
    card = PHOTO[1] + 42
    bubble = INSET + card + 12 + LEADING * len(lines) + 14
    height = HEADER + MARGIN + bubble + MARGIN
    top = HEADER + MARGIN
    yield _head(height, label=f"{channel}: {headline}")
    yield _channel(channel)
    yield f'<path class="bubble" d="{_bubble(MARGIN, top, BUBBLE, bubble)}"/>'
    yield from _card(call, top + INSET, card)
    baseline = top + INSET + card + 12 + SIZE
    for number, line in enumerate(lines):
        yield _line(line, baseline + number * LEADING)
    yield (
        f'<text class="clock" x="{WIDTH - MARGIN - INSET}" y="{top + bubble - 10}"'
        f' text-anchor="end">{escape(clock)}</text>'
    )
    yield "</g>"
    yield f'<rect class="frame" x=".5" y=".5" width="{WIDTH - 1}" height="{height - 1:g}" rx="18"/>'
    yield "</svg>"


def _paragraphs(call: dict[str, Any]) -> Iterator[list[Run]]:
    """Cut the text into its lines, each in runs of one style."""
    line: list[Run] = []
    for char, style in _styled(call):
        if char == "\n":
            yield line
            line = []
        elif line and line[-1].style == style:
            line[-1] = Run(text=line[-1].text + char, style=style)
        else:
            line.append(Run(text=char, style=style))
    yield line


def _styled(call: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Give each character its style; entities count in UTF-16 units."""
    place = 0
    for char in call["text"]:
        worn = (
            STYLES[entity["type"]]
            for entity in call["entities"]
            if entity["offset"] <= place < entity["offset"] + entity["length"]
        )
        yield char, " ".join(sorted(worn))
        place += len(char.encode("utf-16-le")) // 2


def _wrapped(runs: Sequence[Run]) -> Iterator[list[Run]]:
    """Break a paragraph into lines no wider than the bubble; an empty one is an empty line."""
    line: list[Run] = []
    words = [Run(text=word, style=run.style) for run in runs for word in run.text.split()]
    for word in words:
        longer = [*line, word]
        if line and _width(longer) > TEXT:
            yield line
            longer = [word]
        line = longer
    yield line


def _width(line: Sequence[Run]) -> float:
    spaces = WIDTHS[" "] * (len(line) - 1)
    letters = sum(
        WIDTHS.get(char, DIGIT) * (BOLD if "bold" in run.style else 1)
        for run in line
        for char in run.text
    )
    return (spaces + letters) / 1000 * SIZE * SLACK


def _line(line: Sequence[Run], baseline: float) -> str:
    """Write a line, neighbours of one style together."""
    merged: list[Run] = []
    for run in line:
        if merged and merged[-1].style == run.style:
            merged[-1] = Run(text=f"{merged[-1].text} {run.text}", style=run.style)
        else:
            merged.append(run)
    spans = " ".join(
        f'<tspan class="{run.style}">{escape(run.text)}</tspan>' if run.style else escape(run.text)
        for run in merged
    )
    return f'<text class="text" x="{MARGIN + INSET}" y="{baseline:g}">{spans}</text>'


def _card(call: dict[str, Any], top: float, height: float) -> Iterator[str]:
    left = MARGIN + INSET
    site = urlsplit(call["link_preview_options"]["url"]).hostname or ""
    box = f'x="{left}" y="{top}" height="{height}"'
    yield f'<rect class="tint" {box} width="{TEXT}" rx="6"/>'
    yield f'<rect class="edge" {box} width="4" rx="2"/>'
    yield f'<text class="site" x="{left + 14}" y="{top + 21}">{escape(site)}</text>'
    yield landscape(left + 14, top + 31, *PHOTO)


def _channel(name: str) -> str:
    initials = "".join(word[0] for word in name.split())[:2]
    middle = HEADER / 2
    return (
        f'<rect class="bar" width="{WIDTH}" height="{HEADER}"/>'
        f'<path class="back" d="M26 {middle - 7:g} l-7 7 l7 7"/>'
        f'<circle cx="60" cy="{middle:g}" r="21" fill="url(#avatar)"/>'
        f'<text class="initials" x="60" y="{middle + 5.5:g}" text-anchor="middle">'
        f"{escape(initials)}</text>"
        f'<text class="name" x="93" y="{middle - 3:g}">{escape(name)}</text>'
        f'<text class="kind" x="93" y="{middle + 16:g}">kanal Telegram</text>'
    )


def _bubble(x: float, y: float, width: float, height: float) -> str:
    """Outline a bubble: three round corners, and a tail at the bottom left."""
    r = 15
    right, bottom = x + width, y + height
    return (
        f"M{x + r} {y} H{right - r} Q{right} {y} {right} {y + r} V{bottom - r}"
        f" Q{right} {bottom} {right - r} {bottom} H{x - 7}"
        f" Q{x} {bottom - 4} {x} {bottom - 13} V{y + r} Q{x} {y} {x + r} {y} Z"
    )


def _head(height: float, *, label: str) -> str:
    return HEAD.format(width=WIDTH, height=height, label=escape(label, quote=True))


HEAD = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height:g}" width="{width}" \
height="{height:g}" role="img" aria-label="{label}">
<!-- Drawn by tests/house/picture.py from a golden message. -->
<style>
text {{ font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, \
sans-serif }}
.bar {{ fill: #ffffff }}
.back {{ fill: none; stroke: #3390ec; stroke-width: 2.4; stroke-linecap: round; \
stroke-linejoin: round }}
.initials {{ fill: #ffffff; font-size: 16px; font-weight: 600 }}
.name {{ fill: #10161d; font-size: 16px; font-weight: 600 }}
.kind {{ fill: #6d7883; font-size: 13px }}
.bubble {{ fill: #ffffff }}
.tint {{ fill: #3390ec; fill-opacity: .09 }}
.edge {{ fill: #3390ec }}
.site {{ fill: #2481cc; font-size: 14px; font-weight: 600 }}
.text {{ fill: #10161d; font-size: 15.5px }}
.bold {{ font-weight: 700 }}
.link {{ fill: #2481cc }}
.frame {{ fill: none; stroke: #7f8b96; stroke-opacity: .35 }}
.clock {{ fill: #8b98a5; font-size: 12px }}
.wall-a {{ stop-color: #d9e8f2 }}
.wall-b {{ stop-color: #d3e4d3 }}
@media (prefers-color-scheme: dark) {{
.bar, .bubble {{ fill: #1c2733 }}
.name, .text {{ fill: #f2f5f8 }}
.kind, .clock {{ fill: #8899a8 }}
.link, .site {{ fill: #6ab7f5 }}
.tint {{ fill-opacity: .16 }}
.wall-a {{ stop-color: #0e1721 }}
.wall-b {{ stop-color: #14242c }}
}}
</style>
<defs>
<clipPath id="screen"><rect width="{width}" height="{height:g}" rx="18"/></clipPath>
<linearGradient id="wall" x1="0" y1="0" x2="1" y2="1">\
<stop offset="0" class="wall-a"/><stop offset="1" class="wall-b"/></linearGradient>
<linearGradient id="avatar" x1="0" y1="0" x2="0" y2="1">\
<stop offset="0" stop-color="#f2705a"/><stop offset="1" stop-color="#c8352f"/></linearGradient>
</defs>
<g clip-path="url(#screen)">
<rect width="{width}" height="{height:g}" fill="url(#wall)"/>"""


if __name__ == "__main__":
    PICTURE.write_text(picture(), encoding="utf-8")
