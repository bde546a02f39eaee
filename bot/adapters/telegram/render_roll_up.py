"""PURE: a roll-up as the JSON of a `sendMessage` call, bounded like any message.

    **12 stories at a glance**

    • headline              each a link to its story
    • headline
    and 4 more

    sources

Entities take at most about 10 kB in all, so links are given while they fit.
"""

import json
from typing import Final

from bot.adapters.telegram.render import LINK_MAX, TEXT_MAX
from bot.inert import inert
from bot.summary.cutting import shorten_at_word, units
from bot.summary.rolled import Headline, RolledUp
from feeds.model import RouteOptions

LINKS_BYTES_MAX: Final = 8_000
_HEADLINE_MAX = 256  # UTF-16 units, word joiners included
_BYLINE_MAX = 256
_MORE_MAX = 64
_BULLET = "• "
_GAP = "\n\n"


def render_roll_up(rolled: RolledUp, options: RouteOptions, *, plain: bool) -> bytes:
    """Make the call's body; `plain` has no entities, and each link beneath its headline."""
    text, entities = (_plain(rolled), []) if plain else _linked(rolled)
    assert 0 < units(text) <= TEXT_MAX, "the parts are bounded so that the whole fits"
    call = {
        "text": text,
        "entities": entities,
        "link_preview_options": {"is_disabled": True},  # it would show one of many
        "disable_notification": options.silent,
    }
    return json.dumps(call, ensure_ascii=False, separators=(",", ":")).encode()


def _linked(rolled: RolledUp) -> tuple[str, list[dict[str, object]]]:
    entities: list[dict[str, object]] = [
        {"type": "bold", "offset": 0, "length": units(rolled.heading)}
    ]
    at = units(rolled.heading) + units(_GAP)
    lines, links_bytes = [], 0
    for headline in rolled.headlines:
        text = shorten_at_word(inert(headline.text), _room(rolled))
        link = headline.link or ""
        cost = len(link.encode())
        if link and len(link) <= LINK_MAX and links_bytes + cost <= LINKS_BYTES_MAX:
            links_bytes += cost
            where = {"offset": at + units(_BULLET), "length": units(text)}
            entities.append({"type": "text_link", **where, "url": link})
        lines.append(_BULLET + text)
        at += units(lines[-1]) + 1
    return _laid_out(rolled, lines, shown=len(lines)), entities


def _room(rolled: RolledUp) -> int:
    """Share what the message holds among the headlines, in UTF-16 units each."""
    frame = units(rolled.heading) + _BYLINE_MAX + _MORE_MAX + 3 * units(_GAP)
    share = (TEXT_MAX - frame) // len(rolled.headlines)
    return min(_HEADLINE_MAX, share - units(_BULLET) - 1)


def _plain(rolled: RolledUp) -> str:
    lines: list[str] = []
    for shown, headline in enumerate(rolled.headlines):
        longer = [*lines, _with_link(headline)]
        if units(_laid_out(rolled, longer, shown=shown + 1)) > TEXT_MAX - _MORE_MAX:
            break
        lines = longer
    return _laid_out(rolled, lines, shown=len(lines))


def _with_link(headline: Headline) -> str:
    text = _BULLET + shorten_at_word(inert(headline.text), _HEADLINE_MAX)
    link = headline.link if len(headline.link or "") <= LINK_MAX else None
    return "\n".join(part for part in (text, link) if part)


def _laid_out(rolled: RolledUp, lines: list[str], *, shown: int) -> str:
    stories = "\n".join(line for line in (*lines, rolled.more(shown)) if line)
    byline = shorten_at_word(inert(rolled.byline), _BYLINE_MAX)
    return _GAP.join(part for part in (rolled.heading, stories, byline) if part)
