"""What one poll found, written: stories, their keys, their deliveries at the ends of the lanes."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any

import sqlalchemy as sa

from feeds.model import PUBLISHED, Event, NewStory, PollRecord
from feeds.store import keys, outbox
from feeds.store.nouns import tags_text
from feeds.store.options import as_destination_options
from feeds.store.rows import RecordedPoll
from feeds.store.sieves import PASSES, Sieves
from feeds.store.statements import ids, listed, public_id, storable
from feeds.store.tables import (
    DESTINATION_LIVE,
    ROUTE_LIVE,
    deliveries,
    destinations,
    routes,
    stories,
)

TITLE_MAX = 2_000  # characters kept of a story
SUMMARY_MAX = 16_000
LINE_MAX = 4_000  # of a link, an author, an image
TAGS_MAX = 64
NOT_ASKED_FOR = f"{Event.STORY_PUBLISHED} is not among its events"

_insert_stories = sa.insert(stories).returning(stories.c.id, sort_by_parameter_order=True)
_insert_deliveries = sa.insert(deliveries)
_edit = (
    sa.update(stories)
    .where(stories.c.id == sa.bindparam("edited"))
    .values(fingerprint=sa.bindparam("new_fingerprint", type_=stories.c.fingerprint.type))
)
_open_routes = (
    sa.select(
        *(routes.c.id, routes.c.feed, routes.c.destination, routes.c.options.label("looks")),
        *(destinations.c.next_seq, destinations.c.options),
    )
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
class Places:
    """Where the stories of some feeds go: their routes, and the next free place of each lane."""

    routes: dict[int, list[tuple[int, int]]]  # feed → (route, destination)
    before: dict[int, int]  # destination → next seq, as found
    after: dict[int, int]  # and as taken meanwhile
    deaf: frozenset[int]  # those that asked to be told of other things than stories
    sieves: Sieves
    held: set[int] = field(default_factory=set)  # those for which something may be held now

    @classmethod
    def of(cls, connection: sa.Connection, feeds: Iterable[int]) -> "Places":
        """Read them, and hold the lanes until the transaction ends."""
        leading: dict[int, list[tuple[int, int]]] = defaultdict(list)
        seqs: dict[int, int] = {}
        options: dict[int, str] = {}
        sieves = Sieves()
        for chunk in listed(feeds):
            for row in connection.execute(_open_routes, {"ids": chunk}):
                route, feed, destination, looks, *lane = row
                leading[feed].append((route, destination))
                seqs[destination], options[destination] = lane
                sieves.note(route, looks)
        deaf = frozenset(lane for lane, text in options.items() if not _wants_stories(text))
        return cls(routes=leading, before=seqs, after=dict(seqs), deaf=deaf, sieves=sieves)

    def save(self, connection: sa.Connection) -> None:
        """Write the places taken."""
        moved = [lane for lane, seq in self.after.items() if seq != self.before[lane]]
        if moved:
            rows = [{"lane": lane, "seq": self.after[lane]} for lane in moved]
            connection.execute(_next_seq, rows)
            outbox.refresh(connection, moved)


def write(
    connection: sa.Connection, record: PollRecord, places: Places, *, now: datetime, dice: Random
) -> RecordedPoll:
    """Write stories in the order given, each with its keys and a delivery for every open route."""
    new: list[int] = []
    values = [_story_values(record.feed, each, now, dice) for each in record.stories]
    if values:
        new = list(connection.execute(_insert_stories, values).scalars())
    pairs = list(zip(new, record.stories, strict=True))
    keys.remember(connection, record.feed, stories=pairs, seen=record.seen, now=now)
    ways = places.routes.get(record.feed, ())
    fates = places.sieves.fates(ways, values, record.stories)
    outgoing = [
        outbox.new_delivery(
            destination=destination,
            story=story,
            route=route,
            occasion=PUBLISHED,
            seq=_take(places, destination),
            hold=_hold(places, destination, fate.get(route, PASSES).hold or each.hold),
            drop=NOT_ASKED_FOR if destination in places.deaf else fate.get(route, PASSES).drop,
            dice=dice,
            now=now,
        )
        for (story, each), fate in zip(pairs, fates, strict=True)
        for route, destination in ways
    ]
    if outgoing:
        connection.execute(_insert_deliveries, outgoing)
    if record.edits:
        edits = [{"edited": e.story, "new_fingerprint": e.fingerprint} for e in record.edits]
        connection.execute(_edit, edits)
    return RecordedPoll(feed=record.feed, stories=tuple(new), deliveries=len(outgoing))


def _wants_stories(options: str) -> bool:
    """Most have no options at all, and all want stories by default."""
    return (
        '"events"' not in options or Event.STORY_PUBLISHED in as_destination_options(options).events
    )


def _hold(places: Places, destination: int, why: str | None) -> str | None:
    if why:
        places.held.add(destination)
    return why


def _take(places: Places, destination: int) -> int:
    seq = places.after[destination]
    places.after[destination] = seq + 1
    return seq


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
