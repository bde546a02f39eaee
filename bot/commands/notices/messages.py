"""PURE: what a message about incidents of one kind says by now: which are open, how others ended.

A message is made anew whenever one of its incidents ends. What stands in it keeps its number; one
that has no room for all shows the next page once a page is decided.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from aiogram.types import InlineKeyboardMarkup
from aiogram.utils.formatting import Text

from bot.commands.answers import TEXT_MAX
from bot.commands.buttons import keyboard
from bot.commands.notices.affairs import Affair, Kind
from bot.commands.words import Words, copyable, joined, plain
from feeds.model import Ended, Notice

ITEMS_MAX: Final = 8  # shown in one message
ITEMS_UNITS_MAX: Final = 3_200  # UTF-16 units that they share; the rest is for what is around them
ITEM_UNITS_MAX: Final = 1_000
NAME_MAX: Final = 64  # UTF-16 units of who decided
NEWS_MAX: Final = 8  # ends told in one message; the old messages show the others
_MARKS: Final = {
    Ended.FOUND: "✅",
    Ended.RESENT: "🔁",
    Ended.CONFIRMED: "✅",
    Ended.RETRIED: "🔁",
    Ended.DROPPED: "🗑",
    Ended.RESUMED: "✅",
    Ended.LET_IN: "✅",
    Ended.REMOVED: "🗑",
    Ended.PUBLISHED: "✅",
    Ended.SKIPPED: "🗑",
    Ended.ROLLED_UP: "✅",
    Ended.RECOVERED: "✅",
    Ended.DISABLED: "⛔",
}
_NO_NEWS: Final = frozenset({Ended.REMOVED, Ended.DISABLED})  # of the latter a notice tells


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A message ready to be sent, or to take the place of what it said before."""

    text: Text
    markup: InlineKeyboardMarkup | None = None


def page_of(notices: Sequence[Notice]) -> range:
    """Choose which to show: the first page on which something is open, else the last."""
    total = len(notices)
    pages = [range(at, min(at + ITEMS_MAX, total)) for at in range(0, total, ITEMS_MAX)]
    with_open = (page for page in pages if any(notices[at].over_at is None for at in page))
    return next(with_open, pages[-1])


def compose(
    kind: Kind, notices: Sequence[Notice], shown: Sequence[Affair], *, words: Words
) -> Said:
    """Make the message about `notices`; `shown` are those on their page, looked up."""
    page = page_of(notices)
    assert [each.notice for each in shown] == [notices[at] for at in page], "the page, in order"
    room = min(ITEMS_UNITS_MAX // len(shown), ITEM_UNITS_MAX)
    numbers = [f"{at + 1}" if len(notices) > 1 else "" for at in page]
    items = [kind.item(each, words, room) if each.is_open else None for each in shown]
    parts = [
        Text(_dotted(number), item.text if item else ending(kind, affair, words))
        for number, item, affair in zip(numbers, items, shown, strict=True)
    ]
    left = sum(notice.over_at is None for notice in notices)
    if any(items):
        heading = words.count(kind.heading, left)
        more = _more(kind, left - sum(map(bool, items)), words)
        parts = [heading, *parts, *more, kind.hint([a for a in shown if a.is_open], words)]
    text = joined(parts, "\n\n")
    assert len(text) <= TEXT_MAX, "its parts share the room there is"
    rows = [
        [button.shown(words, _dotted(f"{number}{choice.mark}")) for button in choice.buttons]
        for number, item in zip(numbers, items, strict=True)
        for choice in (item.choices if item else ())
    ]
    return Said(text=text, markup=keyboard(rows))


def ending(kind: Kind, affair: Affair, words: Words) -> Text:
    """Say in one line how an affair ended, and who decided."""
    subject, how = kind.subject(affair, words), affair.notice.ending
    if how is None:
        return Text("✅ ", subject, ": ", words.say("ended.somehow"))
    by = plain(how.by.name, NAME_MAX) if how.by is not None else words.say("ended.by_an_admin")
    return Text(_MARKS[how.how], " ", subject, ": ", words.say(f"ended.{how.how}", by=by))


def news_of_end(kind: Kind, affairs: Sequence[Affair], *, person: int, words: Words) -> Text | None:
    """Say what is good to hear at once; not to who did it himself, nor of what is no more."""
    told = [each for each in affairs if _is_news(each.notice, person)][:NEWS_MAX]
    if kind.news is None or not told:
        return None
    return Text("✅ ", kind.news(told, words))


def _is_news(notice: Notice, person: int) -> bool:
    how = notice.ending
    if how is None:
        return True
    return how.how not in _NO_NEWS and (how.by is None or how.by.person != person)


def _more(kind: Kind, number: int, words: Words) -> Iterator[Text]:
    if number:
        yield words.count("notice.more", number, command=copyable(kind.list_command))


def _dotted(number: str) -> str:
    return f"{number}. " if number else ""
