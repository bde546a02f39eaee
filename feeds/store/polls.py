"""What polls found, recorded: memory, keys, stories and their deliveries in one transaction."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any

import sqlalchemy as sa

from feeds.model import PUBLISHED, FeedState, NewStory, PollMemory, PollRecord
from feeds.store import keys, outbox
from feeds.store.feeds import host_of
from feeds.store.nouns import memory_values, tags_text
from feeds.store.rows import RecordedPoll
from feeds.store.statements import ids, listed, public_id, storable
from feeds.store.tables import (
    DESTINATION_LIVE,
    FEED_LIVE,
    ROUTE_LIVE,
    deliveries,
    destinations,
    feeds,
    routes,
    stories,
)

TITLE_MAX = 2_000  # characters kept of a story
SUMMARY_MAX = 16_000
LINE_MAX = 4_000  # of a link, an author, an image
TAGS_MAX = 64

_polled = (
    sa.select(feeds.c.id, feeds.c.url, feeds.c.title, feeds.c.link, feeds.c.state)
    .where(FEED_LIVE, feeds.c.id.in_(ids()))
    .order_by(feeds.c.id)
    .with_for_update()
)
_url_taken = sa.select(feeds.c.id).where(FEED_LIVE, feeds.c.url == sa.bindparam("url"))
_this = feeds.c.id == sa.bindparam("feed_id")


def _set(*names: str) -> sa.Update:
    """Set columns of one feed, from values called `new_` + name."""
    new = {name: sa.bindparam(f"new_{name}", type_=feeds.c[name].type) for name in names}
    return sa.update(feeds).where(_this).values(**new, claimed_until=None)


_remember_poll = _set("next_poll_at", "next_poll_why", *memory_values(PollMemory()))
_remember_failure = _set("next_poll_at", "next_poll_why", "last_error")
_insert_stories = sa.insert(stories).returning(stories.c.id, sort_by_parameter_order=True)
_insert_deliveries = sa.insert(deliveries)
_edit = (
    sa.update(stories)
    .where(stories.c.id == sa.bindparam("story_id_"))
    .values(fingerprint=sa.bindparam("new_fingerprint", type_=stories.c.fingerprint.type))
)
_open_routes = (
    sa.select(routes.c.id, routes.c.feed, routes.c.destination, destinations.c.next_seq)
    .join(destinations, destinations.c.id == routes.c.destination)
    .where(ROUTE_LIVE, DESTINATION_LIVE, routes.c.feed.in_(ids()))
    .order_by(destinations.c.id)
    .with_for_update(of=destinations)
)
_next_seq = (
    sa.update(destinations)
    .where(destinations.c.id == sa.bindparam("lane"))
    .values(next_seq=sa.bindparam("seq"))
)


@dataclass(slots=True)
class _Lanes:
    """The routes of the feeds at hand, and the next free place of each lane they lead to."""

    routes: dict[int, list[tuple[int, int]]]  # feed → (route, destination)
    seqs: dict[int, int]


def record(
    connection: sa.Connection, records: Sequence[PollRecord], *, now: datetime, dice: Random
) -> list[RecordedPoll]:
    """Record polls, each wholly or not at all; gives what came of each, in the order given."""
    rows = {
        row.id: row
        for chunk in listed(record.feed for record in records)
        for row in connection.execute(_polled, {"ids": chunk})
    }
    lanes = _lanes_of(connection, (each.feed for each in records if each.stories))
    before = dict(lanes.seqs)
    recorded: list[RecordedPoll] = []
    done: list[PollRecord] = []
    for each in records:
        row = rows.get(each.feed)
        if row is None or each.polled_url not in (None, row.url):
            recorded.append(RecordedPoll(feed=each.feed))  # removed, or another URL by now
            continue
        result = _record_one(connection, each, row, lanes, now=now, dice=dice)
        recorded.append(result)
        if result.error is None:
            done.append(each)
    if done:
        connection.execute(_remember_poll, [_poll_values(each) for each in done])
    _advance(connection, before, lanes.seqs)
    return recorded


def _lanes_of(connection: sa.Connection, with_stories: Iterable[int]) -> _Lanes:
    lanes = _Lanes(routes=defaultdict(list), seqs={})
    for chunk in listed(with_stories):
        for route, feed, destination, seq in connection.execute(_open_routes, {"ids": chunk}):
            lanes.routes[feed].append((route, destination))
            lanes.seqs[destination] = seq
    return lanes


def _advance(connection: sa.Connection, before: dict[int, int], after: dict[int, int]) -> None:
    moved = [lane for lane, seq in after.items() if seq != before[lane]]
    if moved:
        connection.execute(_next_seq, [{"lane": lane, "seq": after[lane]} for lane in moved])
        outbox.refresh(connection, moved)


def _record_one(
    connection: sa.Connection,
    record: PollRecord,
    row: sa.Row[Any],
    lanes: _Lanes,
    *,
    now: datetime,
    dice: Random,
) -> RecordedPoll:
    """Write what one poll found, in a savepoint; a refused one leaves nothing but its error."""
    changes = _feed_changes(connection, record, row)
    if not (record.stories or record.seen or record.edits or changes):
        return RecordedPoll(feed=record.feed)
    seqs = dict(lanes.seqs)
    try:
        with connection.begin_nested():
            if changes:
                connection.execute(sa.update(feeds).where(feeds.c.id == row.id).values(changes))
            return _write_found(connection, record, lanes, now=now, dice=dice)
    except (sa.exc.IntegrityError, sa.exc.DataError, UnicodeError, OverflowError) as error:
        # The savepoint is undone; the others of this transaction go on.
        lanes.seqs = seqs
        why = f"could not be stored: {getattr(error, 'orig', None) or error}"[:LINE_MAX]
        connection.execute(
            _remember_failure,
            {
                "feed_id": record.feed,
                "new_next_poll_at": record.next_poll_at,
                "new_next_poll_why": record.next_poll_why,
                "new_last_error": why,
            },
        )
        return RecordedPoll(feed=record.feed, error=why)


def _feed_changes(
    connection: sa.Connection, record: PollRecord, row: sa.Row[Any]
) -> dict[str, Any]:
    """Say which columns beside the memory change; most polls change none."""
    changes: dict[str, Any] = {}
    if record.title is not None and (title := storable(record.title, TITLE_MAX)) != row.title:
        changes["title"] = title
    if record.link is not None and record.link != row.link:
        changes["link"] = record.link
    if record.state is not FeedState.ACTIVE and row.state == FeedState.ACTIVE:
        changes |= {"state": record.state, "state_reason": record.state_reason}
    moved = record.url is not None and record.url != row.url
    if moved and connection.execute(_url_taken, {"url": record.url}).first() is None:
        # A URL that another feed has stays that feed's; this one goes on by its redirect.
        changes |= {"url": record.url, "host": host_of(str(record.url))}
    return changes


def _write_found(
    connection: sa.Connection, record: PollRecord, lanes: _Lanes, *, now: datetime, dice: Random
) -> RecordedPoll:
    new: list[int] = []
    if record.stories:
        values = [_story_values(record.feed, each, now, dice) for each in record.stories]
        new = list(connection.execute(_insert_stories, values).scalars())
    pairs = list(zip(new, record.stories, strict=True))
    keys.remember(connection, record.feed, stories=pairs, seen=record.seen, now=now)
    outgoing = [
        _delivery_values(story, each, route, lanes, now, dice)
        for story, each in pairs
        for route in lanes.routes.get(record.feed, ())
    ]
    if outgoing:
        connection.execute(_insert_deliveries, outgoing)
    if record.edits:
        edits = [{"story_id_": e.story, "new_fingerprint": e.fingerprint} for e in record.edits]
        connection.execute(_edit, edits)
    return RecordedPoll(feed=record.feed, stories=tuple(new), deliveries=len(outgoing))


def _delivery_values(
    story: int,
    new: NewStory,
    route: tuple[int, int],
    lanes: _Lanes,
    now: datetime,
    dice: Random,
) -> dict[str, Any]:
    route_id, destination = route
    seq = lanes.seqs[destination]
    lanes.seqs[destination] = seq + 1
    return outbox.new_delivery(
        destination=destination,
        story=story,
        route=route_id,
        occasion=PUBLISHED,
        seq=seq,
        hold=new.hold,
        dice=dice,
        now=now,
    )


def _story_values(feed: int, new: NewStory, now: datetime, dice: Random) -> dict[str, Any]:
    entry = new.entry
    return {
        "story_id": public_id("sty_", dice),
        "feed": feed,
        "title": storable(entry.title, TITLE_MAX),
        "link": entry.link and storable(entry.link, LINE_MAX),
        "summary": storable(entry.summary or entry.content, SUMMARY_MAX),
        "author": entry.author and storable(entry.author, LINE_MAX),
        "published_at": entry.published_at,
        "updated_at": entry.updated_at,
        "image": entry.image and storable(entry.image, LINE_MAX),
        "tags": tags_text([storable(tag, LINE_MAX) for tag in entry.tags[:TAGS_MAX]]),
        "language": new.language,
        "found_by": int(new.found_by),
        "fingerprint": new.fingerprint,
        "accepted_at": now,
    }


def _poll_values(record: PollRecord) -> dict[str, Any]:
    return {
        "feed_id": record.feed,
        "new_next_poll_at": record.next_poll_at,
        "new_next_poll_why": record.next_poll_why,
        **{f"new_{name}": value for name, value in memory_values(record.memory).items()},
    }
