"""PURE: a story in a template's words as Markdown, for the chats that read it."""

from collections.abc import Callable, Sequence

from bot.summary.cutting import units
from feeds.templates import Span


def told_in_markdown(
    told: Sequence[Span],
    link: str,
    *,
    most: int,
    harmless: Callable[[str], str],
    fitted: Callable[[str, int, Callable[[str], str]], str],
) -> str:
    """Write it, at most `most` UTF-16 units; `link` is as it may stand in brackets, or empty."""
    text = ""
    for span in told:
        marks = _marks(span, link)
        room = most - units(text) - sum(map(units, marks))
        piece = fitted(span.text, max(room, 0), harmless)
        if span.text and not piece:
            break
        core = piece.strip()
        if core and any(marks):
            before, _, after = piece.partition(core)
            piece = f"{before}{marks[0]}{core}{marks[1]}{after}"
        text += piece
    return text.rstrip()


def _marks(span: Span, link: str) -> tuple[str, str]:
    begins = ends = ""
    if span.link and link:
        begins, ends = "[", f"]({link})"
    if span.italic:
        begins, ends = f"_{begins}", f"{ends}_"
    if span.bold:
        begins, ends = f"**{begins}", f"{ends}**"
    return begins, ends
