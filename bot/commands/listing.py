"""The list of feeds, in pages that fit into one message each."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Final

from aiogram.utils.formatting import Text

from bot.commands.answers import TEXT_MAX
from bot.commands.reasons import tell_reason
from bot.commands.refusal import Refusal
from bot.commands.words import Words, copyable, joined, lines, plain
from feeds.model import FeedState
from feeds.store.rows import FeedRow

PAGE_UNITS_MAX: Final = TEXT_MAX - 200  # the heading and the way to the next page take the rest
PAGE_FEEDS_MAX: Final = 20  # more than this nobody reads on a phone
PLACES_MAX: Final = 3  # destinations named with a feed
TITLE_MAX, NAME_MAX, ERROR_MAX = 100, 64, 160  # UTF-16 units
_GAP: Final = "\n\n"


def list_feeds(rows: Sequence[FeedRow], *, page: int, words: Words, every: timedelta) -> Text:
    """Say one page (the first is 1) of a list that is not empty; raises Refusal past its end."""
    cards = [card(row, words, every) for row in rows]
    pages = tuple(paged(cards))
    if not 1 <= page <= len(pages):
        raise Refusal("feeds.no_page", page=page, pages=len(pages))
    heading: list[Text | str] = [words.count("feeds.count", len(rows))]
    if len(pages) > 1:
        heading += [" · ", words.say("feeds.page", page=page, pages=len(pages))]
    shown = [Text(*heading), *pages[page - 1]]
    if page < len(pages):
        # A command may hold digits and _: this way the whole of it is one tap.
        shown.append(words.say("feeds.next", command=Text(f"/feeds_{page + 1}")))
    return joined(shown, _GAP)


def paged(cards: Sequence[Text]) -> Iterator[Sequence[Text]]:
    """Share cards out over pages."""
    page: list[Text] = []
    used = 0
    for each in cards:
        size = len(each) + len(_GAP)
        if page and (used + size > PAGE_UNITS_MAX or len(page) == PAGE_FEEDS_MAX):
            yield tuple(page)
            page, used = [], 0
        page.append(each)
        used += size
    yield tuple(page)


def card(row: FeedRow, words: Words, every: timedelta) -> Text:
    """Say a feed in two to five lines: mark, name, interval; title; where to; what is wrong."""
    return lines(
        Text(mark(row), " ", copyable(row.name), " · ", _pace(row, words, every)),
        plain(row.title, TITLE_MAX),
        _places(row, words),
        tell_reason(row.feed.state_reason, words, ERROR_MAX),
        f"⚠️ {tell_reason(row.last_error, words, ERROR_MAX)}" if row.last_error else "",
    )


def mark(row: FeedRow) -> str:
    """Give the sign of how a feed is."""
    match row.state:
        case FeedState.ACTIVE:
            return "🟡" if row.last_error else "🟢"
        case FeedState.PAUSED:
            return "⏸"
        case FeedState.GONE:
            return "⚫"


def _pace(row: FeedRow, words: Words, every: timedelta) -> Text:
    match row.state:
        case FeedState.ACTIVE:
            return words.say("feeds.every", every=words.span(row.every or every))
        case FeedState.PAUSED:
            return words.say("feeds.paused")
        case FeedState.GONE:
            return words.say("feeds.gone")


def _places(row: FeedRow, words: Words) -> Text:
    if not row.destinations:
        return words.say("feeds.goes_nowhere")
    named: list[Text | str] = [plain(name, NAME_MAX) for name in row.destinations[:PLACES_MAX]]
    if (more := len(row.destinations) - PLACES_MAX) > 0:
        named.append(words.count("feeds.more_places", more))
    return words.say("feeds.goes_to", places=joined(named, ", "))
