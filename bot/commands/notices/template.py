"""PURE: a template that cannot tell a story: whose, and where it fails; posts go out anyway."""

from collections.abc import Sequence
from typing import Final

from aiogram.utils.formatting import Pre, Text

from bot.commands.notices.affairs import Affair, Item, Kind
from bot.commands.places import called
from bot.commands.words import Words, joined, lines, plain
from feeds.templates import TemplateFault

NAME_MAX, SHOWN_MAX = 64, 80  # UTF-16 units
CARET_DIGITS: Final = 3  # a place is never so far to the right


def item(affair: Affair, words: Words, units_max: int) -> Item:  # noqa: ARG001  # it is short
    """Show one that goes on failing, with the line where it does."""
    told = affair.notice.incident.details
    where = words.say("template.at", line=told.get("line", "?"), column=told.get("column", "?"))
    fault = told.get("fault", "")
    why = words.say(f"template.fault.{fault}") if fault in tuple(TemplateFault) else Text()
    shown = told.get("shown", "")[:SHOWN_MAX]
    caret = told.get("caret", "")
    mark = " " * int(caret) if caret.isdecimal() and len(caret) < CARET_DIGITS else ""
    return Item(
        text=lines(
            Text(_subject(affair, words), ": ", where, " ", why),
            Pre(f"{shown}\n{mark}^") if shown else "",
        )
    )


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
