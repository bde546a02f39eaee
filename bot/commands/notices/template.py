"""PURE: a template that cannot tell a story: whose, and where it fails; posts go out anyway."""

from collections.abc import Sequence
from typing import Final

from aiogram.utils.formatting import Pre, Text

from bot.commands.notices.affairs import Affair, Item, Kind
from bot.commands.places import called
from bot.commands.words import Words, joined, lines, plain

NAME_MAX, REASON_MAX = 64, 200  # UTF-16 units


def item(affair: Affair, words: Words, units_max: int) -> Item:
    """Show one that goes on failing, with the line where it does."""
    reason = affair.notice.incident.details.get("reason", "")
    where, _, shown = reason.partition("\n")
    told = Text(_subject(affair, words), ": ", plain(where, min(REASON_MAX, units_max)))
    return Item(text=lines(told, Pre(_line(shown)) if shown.strip() else ""))


def _line(shown: str) -> str:
    return "\n".join(line[2:] for line in shown.split("\n"))[:REASON_MAX]


def _subject(affair: Affair, words: Words) -> Text:  # noqa: ARG001  # both have names of their own
    feed = plain(affair.notice.incident.details.get("feed", "?"), NAME_MAX)
    place = called(affair.place) if affair.place is not None else "?"
    return Text(f"“{feed}” → “{place}”")


def _hint(_open: Sequence[Affair], words: Words) -> Text:
    return words.say("notice.template_hint")


def _news(over: Sequence[Affair], words: Words) -> Text:
    named = joined((_subject(each, words) for each in over), ", ")
    return words.say("notice.template_over", routes=named)


KIND: Final = Kind(
    heading="notice.template",
    list_command="berita route list",
    item=item,
    subject=_subject,
    hint=_hint,
    news=_news,
)
