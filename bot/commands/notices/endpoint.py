"""PURE: an endpoint that takes nothing for days: since when, what it says, when that ends."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from aiogram.utils.formatting import Text

from bot.commands.notices.affairs import Affair, Item, Kind
from bot.commands.places import called
from bot.commands.reasons import tell_reason
from bot.commands.words import Words, joined, lines, plain

REASON_MAX: Final = 200  # UTF-16 units


def item(affair: Affair, words: Words, units_max: int) -> Item:
    """Show one that goes on failing; its message is changed as the time runs out."""
    details = affair.notice.incident.details
    return Item(
        text=lines(
            Text(_subject(affair, words), ": ", silence(affair, words, units_max)),
            words.say(
                "notice.endpoint_left",
                percent=plain(details.get("stage", "?"), 3),
                moment=_moment(details.get("until"), words),
            ),
        )
    )


def silence(affair: Affair, words: Words, units_max: int) -> Text:
    """Say since when an endpoint has taken nothing, and what it said last."""
    details = affair.notice.incident.details
    answer = tell_reason(details.get("answer"), words, min(REASON_MAX, units_max))
    since = _moment(details.get("since"), words)
    return words.say("notice.endpoint_since", moment=since, reason=answer)


def _moment(written: str | None, words: Words) -> str:
    try:
        return str(words.moment(datetime.fromisoformat(written or "")))
    except ValueError:
        return "?"


def _subject(affair: Affair, words: Words) -> Text:  # noqa: ARG001  # a place has its own name
    return Text(f"“{called(affair.place)}”" if affair.place is not None else "?")


def _hint(_open: Sequence[Affair], words: Words) -> Text:
    return words.say("notice.endpoint_hint")


def _news(over: Sequence[Affair], words: Words) -> Text:
    named = joined((_subject(each, words) for each in over), ", ")
    return words.say("notice.goes_on", places=named)


KIND: Final = Kind(
    heading="notice.endpoint",
    list_command="berita destination list",
    item=item,
    subject=_subject,
    hint=_hint,
    news=_news,
)
