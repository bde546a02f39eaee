"""PURE: a story in a template's words as text and entities: what was marked, and nothing else.

What came out of the feed is made inert, and parted by a word joiner from a neighbour with which it
would make a call that neither of them is alone.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from bot.inert import WORD_JOINER, inert
from bot.summary.cutting import head_within, shorten_at_word, units
from feeds.templates import Span

ENTITIES_MAX: Final = 90  # Telegram reads 100

_CALLS = re.compile(r"[@/]$")
_CALLED = re.compile(r"^\w")

Entity = dict[str, object]


def told_text(told: Sequence[Span], link: str | None, *, most: int) -> tuple[str, list[Entity]]:
    """Give the text, at most `most` UTF-16 units, and its entities."""
    text, entities, fed = "", list[Entity](), False
    for span in told:
        piece = inert(span.text) if span.fed else span.text
        if (fed or span.fed) and _CALLS.search(text) and _CALLED.match(piece):
            piece = WORD_JOINER + piece
        room = most - units(text)
        cut = units(piece) > room
        if cut:
            piece = shorten_at_word(piece, room) or head_within(piece, room)
        entities += _entities(span, piece, units(text), link)
        text, fed = text + piece, span.fed
        if cut:
            break
    kept = sorted(entities[:ENTITIES_MAX], key=lambda entity: str(entity["type"]))
    return text.rstrip(), kept


def _entities(span: Span, piece: str, begin: int, link: str | None) -> Iterator[Entity]:
    """Mark a piece, the blanks at its ends left out: Telegram would move such marks."""
    core = piece.strip()
    if not core:
        return
    offset = begin + units(piece[: len(piece) - len(piece.lstrip())])
    where: Entity = {"offset": offset, "length": units(core)}
    if span.bold:
        yield {"type": "bold", **where}
    if span.italic:
        yield {"type": "italic", **where}
    if span.link and link:
        yield {"type": "text_link", **where, "url": link}
