"""Polls recorded: memory, keys, stories and deliveries in one transaction, each poll whole.

A poll that the database refuses (a value it cannot hold) leaves nothing but its error; the others
of the batch go on.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from random import Random
from typing import Any

import sqlalchemy as sa

from feeds.model import FeedState, PollMemory, PollRecord
from feeds.store import failing, holds
from feeds.store.faults import refuses_value
from feeds.store.feeds import host_of
from feeds.store.findings import LINE_MAX, TITLE_MAX, Places, write
from feeds.store.nouns import memory_values
from feeds.store.rows import RecordedPoll
from feeds.store.statements import AnyRow, ids, listed, storable
from feeds.store.tables import FEED_LIVE, feeds

_News = tuple[PollRecord, AnyRow]  # a poll that found something, and the feed as it stands
_polled = (
    sa.select(
        *(feeds.c.id, feeds.c.url, feeds.c.title, feeds.c.link, feeds.c.state),
        *(feeds.c.failures, feeds.c.next_poll_why, feeds.c.name),
    )
    .where(FEED_LIVE, feeds.c.id.in_(ids()))
    .order_by(feeds.c.id)
    .with_for_update()
)
_url_taken = sa.select(feeds.c.id).where(FEED_LIVE, feeds.c.url == sa.bindparam("url"))


def _set(*names: str) -> sa.Update:
    """Set columns of one feed from values called `new_` + name, and end its claim."""
    new = {name: sa.bindparam(f"new_{name}", type_=feeds.c[name].type) for name in names}
    this = feeds.c.id == sa.bindparam("feed_id")
    return sa.update(feeds).where(this).values(**new, claimed_until=None)


_remember_poll = _set("next_poll_at", "next_poll_why", *memory_values(PollMemory()))
_remember_refusal = _set("next_poll_at", "next_poll_why", "last_error")


def record(
    connection: sa.Connection, records: Sequence[PollRecord], *, now: datetime, dice: Random
) -> list[RecordedPoll]:
    """Record polls and end their claims; gives what came of each, in the order given.

    A feed that was removed meanwhile, or was given another URL, records nothing.
    """
    rows = {
        row.id: row
        for chunk in listed(each.feed for each in records)
        for row in connection.execute(_polled, {"ids": chunk})
    }
    places = Places.of(connection, (each.feed for each in records if each.stories))
    results = {each.feed: RecordedPoll(feed=each.feed) for each in records}
    plain: list[PollRecord] = []
    news: list[_News] = []
    for each in records:
        row = rows.get(each.feed)
        if row is None or each.polled_url not in (None, row.url):
            continue
        if each.stories or each.seen or each.edits or _changes(connection, each, row):
            news.append((each, row))
        else:
            plain.append(each)
    found = _found(connection, news, places, now=now, dice=dice)
    results.update((each.feed, each) for each in (*found, *_found_nothing(connection, plain)))
    places.save(connection)
    taken = [(each, rows[each.feed]) for each in (*plain, *(record for record, _ in news))]
    kept = (each for each in taken if results[each[0].feed].error is None)
    for feed in failing.heed(connection, kept, now=now, dice=dice):
        results[feed] = replace(results[feed], failing=True)
    holds.begin(connection, places.held, now=now)
    return [results[each.feed] for each in records]


def _changes(connection: sa.Connection, record: PollRecord, row: AnyRow) -> dict[str, Any]:
    """Say which columns beside the memory change; most polls change none."""
    changes: dict[str, Any] = {}
    if record.title is not None and (title := storable(record.title, TITLE_MAX)) != row.title:
        changes["title"] = title
    if record.link is not None and (link := storable(record.link, LINE_MAX)) != row.link:
        changes["link"] = link
    if record.state is not FeedState.ACTIVE and row.state == FeedState.ACTIVE:
        changes |= {"state": record.state, "state_reason": record.state_reason}
    moved = record.url is not None and record.url != row.url
    if moved and connection.execute(_url_taken, {"url": record.url}).first() is None:
        # A URL that another feed has stays that feed's; this one goes on by its redirect.
        changes |= {"url": record.url, "host": host_of(str(record.url))}
    return changes


def _found(
    connection: sa.Connection,
    news: Sequence[_News],
    places: Places,
    *,
    now: datetime,
    dice: Random,
) -> list[RecordedPoll]:
    """Write polls that found something together; one by one if the batch is refused."""
    if not news:
        return []
    taken = dict(places.after)
    try:
        with connection.begin_nested():
            connection.execute(_remember_poll, [_poll_values(record) for record, _ in news])
            for record, row in news:
                # Looked at anew: two feeds of one batch may move to the same URL.
                if changes := _changes(connection, record, row):
                    this = feeds.c.id == record.feed
                    connection.execute(sa.update(feeds).where(this).values(changes))
            return [write(connection, record, places, now=now, dice=dice) for record, _ in news]
    except (sa.exc.DBAPIError, UnicodeError, OverflowError) as error:
        if not refuses_value(error):
            raise
        places.after = taken
        if len(news) == 1:
            return [_refused(connection, news[0][0], error)]
    alone = (_found(connection, [each], places, now=now, dice=dice) for each in news)
    return [result for results in alone for result in results]


def _found_nothing(connection: sa.Connection, records: Sequence[PollRecord]) -> list[RecordedPoll]:
    """Write many polls that found nothing at once; one by one if the batch is refused."""
    if not records:
        return []
    try:
        with connection.begin_nested():
            connection.execute(_remember_poll, [_poll_values(each) for each in records])
    except (sa.exc.DBAPIError, UnicodeError, OverflowError) as error:
        if not refuses_value(error):
            raise
        if len(records) == 1:
            return [_refused(connection, records[0], error)]
        return [result for each in records for result in _found_nothing(connection, [each])]
    return []


def _refused(connection: sa.Connection, record: PollRecord, error: Exception) -> RecordedPoll:
    why = storable(f"could not be stored: {getattr(error, 'orig', None) or error}", LINE_MAX)
    connection.execute(
        _remember_refusal,
        {
            "feed_id": record.feed,
            "new_next_poll_at": record.next_poll_at,
            "new_next_poll_why": record.next_poll_why,
            "new_last_error": why,
        },
    )
    return RecordedPoll(feed=record.feed, error=why)


def _poll_values(record: PollRecord) -> dict[str, Any]:
    return {
        "feed_id": record.feed,
        "new_next_poll_at": record.next_poll_at,
        "new_next_poll_why": record.next_poll_why,
        **{f"new_{name}": value for name, value in memory_values(record.memory).items()},
    }
