"""PURE: a feed that fails for long: which, since when, why; it is tried again by itself."""

from collections.abc import Sequence
from typing import Final

from aiogram.utils.formatting import Text

from bot.commands.notices.affairs import Affair, Item, Kind
from bot.commands.reasons import tell_reason
from bot.commands.words import Words, joined, plain

NAME_MAX, REASON_MAX = 64, 200  # UTF-16 units


def item(affair: Affair, words: Words, units_max: int) -> Item:
    """Show one that goes on failing."""
    details = affair.notice.incident.details
    reason = tell_reason(details.get("error"), words, min(REASON_MAX, units_max))
    since = words.moment(affair.notice.begun_at)
    said = words.say("notice.feed_since", feed=_subject(affair, words), moment=since, reason=reason)
    return Item(text=said)


def _subject(affair: Affair, words: Words) -> Text:  # noqa: ARG001  # a feed has its own name
    return Text(f"“{plain(affair.notice.incident.details.get('name', '?'), NAME_MAX)}”")


def _hint(_open: Sequence[Affair], words: Words) -> Text:
    return words.say("notice.feed_hint")


def _news(over: Sequence[Affair], words: Words) -> Text:
    return words.say("notice.feed_over", feeds=joined((_subject(e, words) for e in over), ", "))


KIND: Final = Kind(
    heading="notice.feed",
    list_command="berita feed list",
    item=item,
    subject=_subject,
    hint=_hint,
    news=_news,
)
