"""PURE: how soon a chat, a bot token or an endpoint may be served again.

A limit is a set of sliding windows: at most `count` sends in any `span`. A chat's pace must be a
sliding window and not a leaky bucket: one with a burst of 18 lets 36 through in a minute.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from feeds.model import Pace

RECENT_MAX = 64  # instants remembered for a scope; no window may count more
RESERVED = 10  # one send in so many is for admins
LEFT_LATE_MAX = timedelta(seconds=60)  # no write takes longer: a lease would be lost meanwhile
AHEAD_MAX = timedelta(seconds=1)  # a last send further ahead than this: the clock was put back


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """At most `count` sends in any `span`."""

    count: int
    span: timedelta

    def __post_init__(self) -> None:
        """Hold the bound that the stored memory sets."""
        assert 1 <= self.count <= RECENT_MAX, "a window counts between 1 and RECENT_MAX sends"
        assert self.span > timedelta(0), "a window lasts"


Limit = tuple[Window, ...]


def free_at(pace: Pace, limit: Limit, now: datetime) -> datetime:
    """Tell the earliest instant, not before `now`, at which one more send breaks no window."""
    earliest = max(now, pace.not_before) if pace.not_before else now
    for window in limit:
        if len(pace.recent) >= window.count:
            earliest = max(earliest, pace.recent[-window.count] + window.span)
    return earliest


def take(pace: Pace, limit: Limit, now: datetime) -> Pace:
    """Count one send at `now`, forgetting what no window looks at any more."""
    since = now - max((window.span for window in limit), default=timedelta(0))
    over = pace.not_before is not None and pace.not_before <= now
    return Pace(
        scope=pace.scope,
        recent=(*[at for at in pace.recent if at > since], now)[-RECENT_MAX:],
        not_before=None if over else pace.not_before,
        reason=None if over else pace.reason,
    )


def freeze(pace: Pace, until: datetime, reason: str) -> Pace:
    """Close the scope until `until`; a freeze never shortens another."""
    if pace.not_before is not None and pace.not_before >= until:
        return pace
    return replace(pace, not_before=until, reason=reason)


def set_back(pace: Pace, now: datetime) -> Pace:
    """Move a pace along with a clock that was put back; one that is not ahead stays as it is."""
    if not pace.recent or pace.recent[-1] - now <= AHEAD_MAX:
        return pace
    return move(pace, now - pace.recent[-1])


def taken_over(pace: Pace, now: datetime) -> Pace:
    """Take the last send of a run that ended for one of this moment, if it may have been.

    Stored is when it was counted; a slow disk may have held it up until the very end.
    """
    if not pace.recent or not timedelta(0) <= now - pace.recent[-1] <= LEFT_LATE_MAX:
        return pace
    return replace(pace, recent=(*pace.recent[:-1], now))


def move(pace: Pace, by: timedelta) -> Pace:
    """Move all of a pace's instants by as much as the clock was: nothing is free the sooner."""
    return replace(
        pace,
        recent=tuple(at + by for at in pace.recent),
        not_before=pace.not_before + by if pace.not_before else None,
    )


def telegram_bot_limit(per_second: int) -> Limit:
    """At most `per_second` (1 to 30) a second for one bot token, 5 of them at once."""
    burst = min(5, per_second)
    return (
        Window(count=per_second, span=timedelta(seconds=1)),
        Window(count=burst, span=timedelta(seconds=burst / per_second)),
    )


def telegram_chat_limit(per_minute: int) -> Limit:
    """At most `per_minute` (1 to 20) in any sliding 60 s, and 1.1 s apart."""
    return (
        Window(count=per_minute, span=timedelta(seconds=60)),
        Window(count=1, span=timedelta(seconds=1.1)),
    )


def telegram_probes_limit(per_minute: int) -> Limit:
    """Limit the looks after doubts so that a quarter of their chat's minute is left to answers.

    Both are counted together. The looks of one doubt in its first minute come to 13.
    """
    return telegram_chat_limit(per_minute - per_minute // 4)


def telegram_posts_limit(per_second: int) -> Limit:
    """Limit the posts of a token so that a tenth of its second, at least one, is left to answers.

    Both are counted together: an answer finds its share free however many posts go out.
    """
    return telegram_bot_limit(max(1, per_second - max(1, per_second // RESERVED)))


def endpoint_limit(per_second: int) -> Limit:
    """At most `per_second` (1 to 1,000) a second for one webhook endpoint, evenly in slices."""
    slices = -(-per_second // RECENT_MAX)
    return (Window(count=per_second // slices or 1, span=timedelta(seconds=1 / slices)),)
