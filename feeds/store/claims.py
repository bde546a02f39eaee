"""Which feeds are due, and who is polling them: claimed fairly between hosts, given back."""

from collections.abc import Collection
from datetime import datetime, timedelta

import sqlalchemy as sa

from feeds.cadence import BACKOFF
from feeds.model import Feed
from feeds.store.columns import Instant
from feeds.store.nouns import FEED, as_feed
from feeds.store.statements import ids, listed
from feeds.store.tables import FEED_POLLED, feeds

SCAN_FACTOR = 8  # due feeds looked at for each one wanted, to find some of several hosts
SCAN_MIN = 256
TOO_MANY_REQUESTS = 429  # RFC 6585 §4
JUST_ASKED = timedelta(minutes=1)  # whoever asked that lately is not asked again for a start

NOW = sa.bindparam("now", type_=Instant)
PER_HOST = sa.bindparam("per_host", type_=sa.Integer)
LOCAL = feeds.c.host == ""  # a file: nobody's server, so nobody to be gentle with


def _claimable() -> sa.Select[int]:
    """Choose the longest due first, at most PER_HOST of a host, those in flight counted.

    Hosts that are full are left out before the scan is cut, so that they starve nobody.
    """
    busy = (
        sa.select(feeds.c.host, sa.func.count().label("polling"))
        .where(feeds.c.claimed_until > NOW)
        .group_by(feeds.c.host)
        .cte("busy")
    )
    polling = sa.func.coalesce(busy.c.polling, 0)
    due = (
        sa.select(feeds.c.id, feeds.c.host, feeds.c.next_poll_at, polling.label("polling"))
        .outerjoin(busy, busy.c.host == feeds.c.host)
        .where(
            FEED_POLLED,
            feeds.c.next_poll_at <= NOW,
            sa.or_(feeds.c.claimed_until.is_(None), feeds.c.claimed_until <= NOW),
            sa.or_(LOCAL, polling < PER_HOST),
        )
        .order_by(feeds.c.next_poll_at, feeds.c.id)
        .limit(sa.bindparam("scan", type_=sa.Integer))
        .cte("due")
    )
    place = sa.func.row_number().over(
        partition_by=due.c.host, order_by=(due.c.next_poll_at, due.c.id)
    )
    placed = sa.select(due, (due.c.polling + place).label("place")).cte("placed")
    return (
        sa.select(placed.c.id)
        .where(sa.or_(placed.c.host == "", placed.c.place <= PER_HOST))
        .order_by(placed.c.next_poll_at, placed.c.id)
        .limit(sa.bindparam("most", type_=sa.Integer))
    )


_claim = (
    sa.update(feeds)
    .where(
        feeds.c.id.in_(_claimable()),
        # Said again for PostgreSQL, which looks at it anew when another was quicker.
        sa.or_(feeds.c.claimed_until.is_(None), feeds.c.claimed_until <= NOW),
    )
    .values(claimed_until=sa.bindparam("until", type_=Instant))
    .returning(*FEED)
)
_release = sa.update(feeds).where(feeds.c.id.in_(ids())).values(claimed_until=None)
# What a person may have mended meanwhile. A publisher's own word, "not before", "too often" or
# "gone", is none of that, and holds through any number of starts.
_retry_soon = (
    sa.update(feeds)
    .where(
        FEED_POLLED,
        feeds.c.next_poll_why == BACKOFF,
        feeds.c.next_poll_at > NOW,
        feeds.c.last_poll_at < sa.bindparam("asked_before", type_=Instant),
        feeds.c.gone_since.is_(None),
        sa.func.coalesce(feeds.c.last_status, 0) != TOO_MANY_REQUESTS,
    )
    .values(next_poll_at=NOW)
)
_next_due = (
    sa.select(feeds.c.next_poll_at)
    .where(FEED_POLLED, feeds.c.claimed_until.is_(None))
    .order_by(feeds.c.next_poll_at)
    .limit(1)
)
_next_unclaimed = sa.select(sa.func.min(feeds.c.claimed_until, type_=Instant)).where(
    feeds.c.claimed_until.is_not(None)
)


def claim(
    connection: sa.Connection, *, now: datetime, limit: int, per_host: int, lease: timedelta
) -> list[Feed]:
    """Claim up to `limit` due feeds until `now + lease`, the longest due first."""
    asked = {
        "now": now,
        "until": now + lease,
        "per_host": per_host,
        "most": limit,
        "scan": max(limit * SCAN_FACTOR, SCAN_MIN),
    }
    claimed = [as_feed(row) for row in connection.execute(_claim, asked)]
    return sorted(claimed, key=lambda feed: (feed.next_poll_at, feed.id))


def release(connection: sa.Connection, claimed: Collection[int]) -> None:
    """Give claims back: whatever was due is due again."""
    for chunk in listed(claimed):
        connection.execute(_release, {"ids": chunk})


def retry_soon(connection: sa.Connection, *, now: datetime) -> int:
    """Let feeds that only back off be due now, if last asked over a minute ago; tells how many."""
    asked = {"now": now, "asked_before": now - JUST_ASKED}
    return connection.execute(_retry_soon, asked).rowcount


def next_due_at(connection: sa.Connection) -> datetime | None:
    """Tell when the next feed can be claimed: it falls due, or its claim runs out."""
    instants = (connection.execute(each).scalar() for each in (_next_due, _next_unclaimed))
    return min((at for at in instants if at is not None), default=None)
