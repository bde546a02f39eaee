"""Feeds that fail for long: so many failures in a row begin an incident, a success ends it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from random import Random

import sqlalchemy as sa

from feeds.model import FAILING_AFTER, FeedState, Incident, NoticeKind, PollRecord
from feeds.store import notices
from feeds.store.statements import AnyRow

NEW_URL = "new URL"  # why a feed is polled that was given one: its failures were forgotten


def heed(
    connection: sa.Connection,
    polls: Iterable[tuple[PollRecord, AnyRow]],
    *,
    now: datetime,
    dice: Random,
) -> frozenset[int]:
    """Begin and end incidents by what polls brought; gives the feeds that began to be one.

    Beside each poll stands its feed as it was before: a feed that was well and is costs nothing.
    """
    ill: dict[str, Incident] = {}
    well: list[str] = []
    for record, before in polls:
        key = notices.failing_key(record.feed)
        if record.state is FeedState.GONE or record.memory.failures >= FAILING_AFTER:
            ill[key] = _incident(key, record, before.name)
        elif not record.memory.failures and (before.failures or before.next_poll_why == NEW_URL):
            well.append(key)
    begun = notices.begin(connection, ill.values(), now=now, dice=dice)
    notices.end(connection, well, now=now)
    return frozenset(each.feed for each in begun if each.feed is not None)


def _incident(key: str, record: PollRecord, name: str) -> Incident:
    said: Mapping[str, str | None] = {
        "name": name,
        "error": record.memory.last_error or record.state_reason,
        "failures": str(record.memory.failures),
    }
    return Incident(
        key=key,
        kind=NoticeKind.FEED_FAILING,
        feed=record.feed,
        details={name: text for name, text in said.items() if text},
    )
