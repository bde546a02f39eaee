"""PURE: what becomes of what waited for a destination while it was closed or out of reach."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import assert_never

from feeds.model import Backlog, BacklogPolicy

OUTAGE_MIN = timedelta(minutes=10)
ROLL_UP_MIN = 5  # so few are sent as they are
ROLLED_UP = ("telegram", "console")  # kinds that can tell several stories in one message
EACH_APART = ("webhook",)  # kinds whose readers want each event as it is
EXPIRED = "expired"  # how the reason begins of what was too old to send
WAITED_MAX = 20  # without a policy: what goes out at once when a closed destination opens again


class Fate(StrEnum):
    """What a surplus comes to."""

    HELD = "held"
    DROPPED = "dropped"
    ROLLED_UP = "rolled_up"


@dataclass(frozen=True, slots=True, kw_only=True)
class Surplus:
    """The oldest so many of what waits, and what they come to; none are nothing to be done."""

    oldest: int
    fate: Fate = Fate.DROPPED
    reason: str = ""  # of HELD and DROPPED


NONE = Surplus(oldest=0)


def was_out(*, reached_at: datetime | None, waits_since: datetime | None, now: datetime) -> bool:
    """Tell an outage: something waited, and nothing was taken, for OUTAGE_MIN at least.

    `waits_since` is when the oldest of what waits came into the lane, `reached_at` when the
    destination last took something. A full lane that is emptied at its pace takes something every
    minute; in an idle one nothing waits for long.
    """
    if waits_since is None or reached_lately(reached_at, now=now):
        return False
    return now - waits_since >= OUTAGE_MIN


def reached_lately(reached_at: datetime | None, *, now: datetime) -> bool:
    """Tell that a destination took something so lately that there was no outage since."""
    return reached_at is not None and now - reached_at < OUTAGE_MIN


def after_outage(waiting: int, backlog: Backlog | None, *, rolled_up: bool) -> Surplus:
    """Tell the surplus of so many stories once an outage is seen; without a policy all go out.

    With `rolled_up` a roll-up waits already, which the destination has not taken: they join it.
    """
    return _by_policy(waiting, backlog, rolled_up=rolled_up) if backlog else NONE


def after_closure(waiting: int, backlog: Backlog | None, *, state: str, rolled_up: bool) -> Surplus:
    """Tell the surplus when a destination that was paused or parked opens again."""
    if backlog is not None:
        return _by_policy(waiting, backlog, rolled_up=rolled_up)
    if waiting <= WAITED_MAX:
        return NONE
    reason = f"burst: {waiting} waited while {state}"
    return Surplus(oldest=waiting - WAITED_MAX, fate=Fate.HELD, reason=reason)


def _by_policy(waiting: int, backlog: Backlog, *, rolled_up: bool) -> Surplus:
    match backlog.policy:
        case BacklogPolicy.ALL:
            return NONE
        case BacklogPolicy.NEWEST:
            assert backlog.newest is not None, "it has its number"
            reason = f"backlog: only the newest {backlog.newest} were kept"
            return Surplus(oldest=max(0, waiting - backlog.newest), reason=reason)
        case BacklogPolicy.ROLL_UP:
            enough = rolled_up or waiting > ROLL_UP_MIN
            return Surplus(oldest=waiting if enough else 0, fate=Fate.ROLLED_UP)
        case _:
            assert_never(backlog.policy)


def cannot_roll_up(kind: str) -> str | None:
    """Say why several stories cannot be one message for a kind of destination; None if they can."""
    if kind in ROLLED_UP:
        return None
    one = "an event" if kind in EACH_APART else "a post"
    return f"a {kind} gets each story as {one} of its own"


def too_old(max_age: timedelta) -> str:
    """Say why something is dropped that waited longer than it may: "expired: older than 24h"."""
    return f"{EXPIRED}: older than {_span(max_age)}"


def _span(span: timedelta) -> str:
    """Write whole days from two on, else hours, minutes and seconds: 3d, 24h, 1h30m."""
    seconds = int(span.total_seconds())
    days, rest = divmod(seconds, 86_400)
    if days > 1 and not rest:
        return f"{days}d"
    hours, minutes, seconds = seconds // 3_600, seconds // 60 % 60, seconds % 60
    parts = ((hours, "h"), (minutes, "m"), (seconds, "s"))
    return "".join(f"{count}{unit}" for count, unit in parts if count)
