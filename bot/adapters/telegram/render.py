"""PURE: a Summary as the JSON of a `sendMessage` call: text and entities, never markup in a string.

    **headline**            bold, and a link to the story

    the lead

    source · time

Telegram's servers find mentions and commands in any text by themselves, so a feed could ping people
and offer commands in the operator's name: their first character is parted from the rest by a word
joiner, which nobody sees. Hashtags and plain addresses stay alive: they lead where they say.
Offsets are UTF-16 units, and so is the bound of 4,096: never less than what Telegram counts.
"""

import json
import re
from typing import Final

from bot.summary import Summary
from bot.summary.cutting import shorten, shorten_at_word, units
from feeds.model import RouteOptions

TEXT_MAX: Final = 4_096  # UTF-16 units (Bot API, sendMessage)
LINK_MAX: Final = 2_048  # characters; entities take at most about 10 kB in all
_HEADLINE_MAX = 1_024  # UTF-16 units, word joiners included
_BYLINE_MAX = 512
_GAP = "\n\n"
_WORD_JOINER = "\u2060"

# TDLib deletes them from any text (combining lines and ring), which would shift our offsets.
_DELETED_BY_TELEGRAM = dict.fromkeys((0x030A, 0x0333, 0x033F))
# "@name" and "/command" where Telegram looks for them, but not inside a web address.
_ADDRESS = r"https?://[a-z0-9-]+(?:\.[a-z0-9-]+)+(?::\d+)?/[\w.~%!$&'*+,;=:@/?#-]*"
_CALLING = re.compile(rf"({_ADDRESS})|(?<!\w)([@/])(?=\w)", re.IGNORECASE | re.ASCII)


def render(summary: Summary, options: RouteOptions, *, plain: bool) -> bytes:
    """Make the call's body, without chat and topic: those are the destination's, at send time.

    `plain` is the form for a story that Telegram refused as malformed: headline and link, no more.
    """
    link = summary.link if len(summary.link or "") <= LINK_MAX else None
    text = _plain_text(summary, link) if plain else _text(summary)
    assert units(text) <= TEXT_MAX, "the parts are bounded so that the whole fits"
    call = {
        "text": text,
        "entities": [] if plain else _entities(_headline(summary), link),
        "link_preview_options": _preview(link, wanted=options.preview),
        "disable_notification": options.silent,
    }
    return json.dumps(call, ensure_ascii=False, separators=(",", ":")).encode()


def inert(text: str) -> str:
    """Part "@" and "/" from the word they would call; take out what Telegram deletes."""
    text = text.translate(_DELETED_BY_TELEGRAM)
    return _CALLING.sub(lambda found: found[1] or found[2] + _WORD_JOINER, text)


def _text(summary: Summary) -> str:
    headline, byline = _headline(summary), shorten_at_word(inert(summary.byline), _BYLINE_MAX)
    room = TEXT_MAX - units(headline) - units(byline) - 2 * units(_GAP)
    lead = shorten(inert(summary.text), room)
    return _GAP.join(part for part in (headline, lead, byline) if part)


def _plain_text(summary: Summary, link: str | None) -> str:
    return "\n".join(part for part in (_headline(summary), link) if part)


def _headline(summary: Summary) -> str:
    return shorten_at_word(inert(summary.headline), _HEADLINE_MAX)


def _entities(headline: str, link: str | None) -> list[dict[str, object]]:
    over_headline = {"offset": 0, "length": units(headline)}
    bold: dict[str, object] = {"type": "bold", **over_headline}
    return [bold, {"type": "text_link", **over_headline, "url": link}] if link else [bold]


def _preview(link: str | None, *, wanted: bool) -> dict[str, object]:
    if link is None or not wanted:
        return {"is_disabled": True}
    return {"url": link, "prefer_large_media": True, "show_above_text": True}
