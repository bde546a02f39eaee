"""The order of what is new, and the guards against floods: backfill and re-key (rules 6, 7)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from feeds.model import Entry, Key, KnownKey, PollMemory
from feeds.novelty.naming import Item

_BETWEEN_FETCHES = timedelta(hours=24)  # the longest wait between two looks at a well feed


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardLimits:
    """The bounds of the guards; the defaults are the rule set's."""

    burst: int = 20  # new stories of one poll that go out at once; the older rest is held
    backfill: timedelta = timedelta(hours=24)  # before the last full fetch: older is an old post
    rekey_entries_min: int = 5  # of the last full document; fewer prove nothing
    refresh: timedelta = timedelta(hours=24)  # how stale a stored key of a living entry may get


def said_at(entry: Entry) -> datetime | None:
    """Tell when the entry says it was published, or else updated."""
    return entry.published_at or entry.updated_at


def oldest_first(items: Sequence[Item], now: datetime) -> list[Item]:
    """Sort by date; ties, and entries without a date, by the reverse of the document's order.

    Documents are newest first. An entry without a date takes the date of the nearest dated one
    below it, or else above it, and so stays beside its neighbours. A date in the future counts as
    now (rule 10).
    """
    from_below = sorted(items, key=lambda item: -item.place)
    dates = [_not_after(said_at(item.entry), now) for item in from_below]
    neighbour = next((date for date in dates if date is not None), now)
    order: list[tuple[datetime, int, Item]] = []
    for index, (item, date) in enumerate(zip(from_below, dates, strict=True)):
        neighbour = date or neighbour
        order.append((neighbour, index, item))
    return [item for *_, item in sorted(order, key=lambda row: row[:2])]


def newest_date(items: Sequence[Item], now: datetime) -> datetime | None:
    """Tell the newest date in the document that has come already."""
    dates = (said_at(item.entry) for item in items)
    return max((date for date in dates if date is not None and date <= now), default=None)


def is_backfill(
    item: Item, *, newest: datetime | None, memory: PollMemory, limits: GuardLimits
) -> bool:
    """Tell an old post that only now came into the document: dated long before the last look."""
    date = said_at(item.entry)
    if date is None or memory.last_full_at is None or date == newest:
        return False
    return date < memory.last_full_at - limits.backfill


def rekeyed(
    items: Sequence[Item], known: Mapping[Key, KnownKey], *, memory: PollMemory, limits: GuardLimits
) -> dict[int, KnownKey]:
    """Find the entries that are old ones under new names, by their place; none unless many are.

    The publisher re-keyed when the last full document had enough entries, now more than half are
    unknown, and more than half of those carry a stored title of the same day, or one that was in
    the last full document. After a long absence most of them may be news: then more than half of
    what was in that document has to be among them.
    """
    unknown = [item for item in items if item.unknown]
    if memory.entries_seen < limits.rekey_entries_min or len(unknown) * 2 <= len(items):
        return {}
    bearers = Counter(key for item in items for key in (item.keys.title_day, item.keys.title))
    rows = {
        item.place: row
        for item in unknown
        if (row := _row_of_same_title(item, known, bearers, memory, limits)) is not None
    }
    there = sum(_was_there(row, memory, limits) for row in rows.values())
    many = len(rows) * 2 > len(unknown) or there * 2 > memory.entries_seen
    return rows if many else {}


def _row_of_same_title(
    item: Item,
    known: Mapping[Key, KnownKey],
    bearers: Counter[Key | None],
    memory: PollMemory,
    limits: GuardLimits,
) -> KnownKey | None:
    """Find it by its title; one that several entries bear (a daily show's) proves nothing."""
    title_day, title = item.keys.title_day, item.keys.title
    if title_day and title_day in known and bearers[title_day] == 1:
        return known[title_day]
    if title and title in known and bearers[title] == 1:
        return known[title] if _was_there(known[title], memory, limits) else None
    return None


def _was_there(row: KnownKey, memory: PollMemory, limits: GuardLimits) -> bool:
    """Tell whether the row was in the last full document, by when it was last refreshed."""
    if memory.last_full_at is None:
        return False
    return row.seen_at >= memory.last_full_at - limits.refresh - _BETWEEN_FETCHES


def _not_after(date: datetime | None, now: datetime) -> datetime | None:
    return None if date is None else min(date, now)
