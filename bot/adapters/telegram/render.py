"""PURE: a Summary as the JSON of a `sendMessage` call: text and entities, never markup in a string.

    **headline**            bold, and a link to the story

    the lead

    source · time
    #hashtags

What a feed writes is made inert: it calls nobody and offers no command (bot/inert.py).
Offsets are UTF-16 units, and so is the bound of 4,096: never less than what Telegram counts.
"""

import json
from typing import Final

from bot.adapters.telegram.render_told import told_text
from bot.inert import inert
from bot.summary import Summary
from bot.summary.cutting import shorten, shorten_at_word, units
from feeds.model import RouteOptions

TEXT_MAX: Final = 4_096  # UTF-16 units (Bot API, sendMessage)
LINK_MAX: Final = 2_048  # characters; entities take at most about 10 kB in all
_HEADLINE_MAX = 1_024  # UTF-16 units, word joiners included
_BYLINE_MAX = 512
_GAP = "\n\n"


def render(summary: Summary, options: RouteOptions, *, plain: bool) -> bytes:
    """Make the call's body, without chat and topic: those are the destination's, at send time.

    `plain` is the form for a story that Telegram refused as malformed: headline and link, no more.
    """
    link = summary.link if len(summary.link or "") <= LINK_MAX else None
    text, entities = _text_of(summary, link, plain=plain)
    assert units(text) <= TEXT_MAX, "the parts are bounded so that the whole fits"
    call = {
        "text": text,
        "entities": entities,
        "link_preview_options": _preview(link, wanted=options.preview),
        "disable_notification": options.silent,
    }
    return json.dumps(call, ensure_ascii=False, separators=(",", ":")).encode()


def _text_of(
    summary: Summary, link: str | None, *, plain: bool
) -> tuple[str, list[dict[str, object]]]:
    if plain:
        return _plain_text(summary, link), []
    if summary.told:
        return told_text(summary.told, link, most=TEXT_MAX)
    return _text(summary), _entities(_headline(summary), link)


def _text(summary: Summary) -> str:
    headline, byline = _headline(summary), shorten_at_word(inert(summary.byline), _BYLINE_MAX)
    end = "\n".join(part for part in (byline, summary.hashtag_line) if part)
    room = TEXT_MAX - units(headline) - units(end) - 2 * units(_GAP)
    lead = shorten(inert(summary.text), room)
    return _GAP.join(part for part in (headline, lead, end) if part)


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
