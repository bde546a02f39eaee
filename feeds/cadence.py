"""PURE: what a poll met → when to poll again, why then, and whether the feed is gone."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from feeds.model import Feed, FeedState

JITTER = 0.10  # of the interval, either way: feeds added together drift apart
MAX_AGE_CAP = timedelta(hours=24)  # a publisher's max-age keeps us away no longer
BACKOFF_MAX = timedelta(hours=24)
RETRY_AFTER_MAX = timedelta(hours=24)  # a date of 2038 is a mistake, not a wish
GONE_AFTER = timedelta(hours=24)  # between two 410s of an unbroken run
OUTAGE_RETRY = timedelta(seconds=60)
DOUBLINGS_MAX = 20

BACKOFF = "backoff"  # why one waits that failed, where the publisher asked for nothing else
GONE = 410
_ASKS_TO_WAIT = frozenset({429, 503})  # RFC 9110 §10.2.3, RFC 6585 §4


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What one poll heard, as far as the next one depends on it.

    `fresh_for` is what the publisher calls fresh: max-age less Age (RFC 9111 §4.2).
    """

    failed: bool = False
    status: int | None = None
    fresh_for: timedelta | None = None
    retry_after: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NextPoll:
    """When to poll again and why; with it the parts of the feed's memory that pace it."""

    at: datetime
    why: str  # "interval", "max-age", "backoff", "Retry-After", "gone", "outage"
    failures: int
    gone_since: datetime | None
    state: FeedState
    state_reason: str | None = None


def next_poll(
    feed: Feed, heard: Heard, *, default_every: timedelta, dice: random.Random, now: datetime
) -> NextPoll:
    """Plan the next poll; short of 410 a feed is never given up.

    After a success: the interval, ±10 %, counted from the planned time, so that it does not drift.
    A feed's own interval undercuts neither the publisher's max-age nor its Retry-After. After the
    n-th failure in a row: between one interval and 2^n of them, at most 24 h. `file:` feeds come
    exactly at their interval: nobody's server is spared by waiting longer.
    """
    every = feed.every or default_every
    gone_since = (feed.memory.gone_since or now) if heard.status == GONE else None
    if gone_since is not None and now - gone_since >= GONE_AFTER:
        return NextPoll(
            at=now + BACKOFF_MAX,
            why="gone",
            failures=feed.memory.failures + 1,
            gone_since=gone_since,
            state=FeedState.GONE,
            state_reason=f"the publisher answers 410 Gone since {gone_since:%Y-%m-%d %H:%M} UTC",
        )
    at, why = _when(feed, heard, every=every, dice=dice, now=now)
    return NextPoll(
        at=at,
        why=why,
        failures=feed.memory.failures + 1 if heard.failed else 0,
        gone_since=gone_since,
        state=feed.state,
        state_reason=feed.state_reason,
    )


def after_outage(feed: Feed, *, dice: random.Random, now: datetime) -> NextPoll:
    """Plan the next poll when the fault was our own network's: soon, and no failure is counted."""
    return NextPoll(
        at=now + _jittered(OUTAGE_RETRY, dice),
        why="outage",
        failures=feed.memory.failures,
        gone_since=feed.memory.gone_since,
        state=feed.state,
        state_reason=feed.state_reason,
    )


def _when(
    feed: Feed, heard: Heard, *, every: timedelta, dice: random.Random, now: datetime
) -> tuple[datetime, str]:
    if feed.url.startswith("file:"):
        return _after_plan(feed.next_poll_at, every, every, now), "interval"
    if heard.failed:
        return _after_failure(feed, heard, every=every, dice=dice, now=now)
    at = _after_plan(feed.next_poll_at, _jittered(every, dice), every, now)
    if heard.fresh_for is not None:
        stale_at = now + min(heard.fresh_for, MAX_AGE_CAP)
        if stale_at > at:
            return stale_at, "max-age"
    return at, "interval"


def _after_failure(
    feed: Feed, heard: Heard, *, every: timedelta, dice: random.Random, now: datetime
) -> tuple[datetime, str]:
    if heard.retry_after is not None and heard.status in _ASKS_TO_WAIT:
        wait = min(heard.retry_after, RETRY_AFTER_MAX)
        return now + max(wait, every), "Retry-After"
    doublings = min(feed.memory.failures + 1, DOUBLINGS_MAX)
    most = max(every, min(every * 2**doublings, BACKOFF_MAX))
    return now + every + (most - every) * dice.random(), BACKOFF


def _after_plan(planned: datetime, wait: timedelta, every: timedelta, now: datetime) -> datetime:
    """Count from the plan; from now, where that came half an interval late or more (a restart)."""
    at = min(planned, now) + wait
    return at if at >= now + every / 2 else now + wait


def _jittered(span: timedelta, dice: random.Random) -> timedelta:
    return span * dice.uniform(1 - JITTER, 1 + JITTER)
