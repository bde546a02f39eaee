"""PURE: how an endpoint that does nothing but fail fares: when admins hear, when it is disabled."""

from datetime import datetime, timedelta
from typing import Final

from feeds.model import Failing

DISABLED_AFTER: Final = timedelta(hours=120)  # of nothing but failures; Svix does the same
QUIET_MAX: Final = timedelta(hours=30)  # the longest wait, 24 h and its jitter, and a turn's length
FAILURES_MIN: Final = 5  # else it was we who were away, and hardly tried
STAGES: Final = (50, 70, 90)  # percent of DISABLED_AFTER at which admins hear of it
TOLD_AFTER: Final = DISABLED_AFTER * STAGES[0] / 100


def after_failure(before: Failing | None, answer: str, *, now: datetime) -> Failing:
    """Add a failure; a row that seems to begin ahead begins now: the clock was put back.

    After days in which nothing was tried a row begins anew: nobody knows how it fared meanwhile.
    """
    if before is None or is_stale(before, now=now):
        return Failing(since=now, last_at=now, failures=1, answer=answer)
    since = min(before.since, now)
    return Failing(since=since, last_at=now, failures=before.failures + 1, answer=answer)


def is_stale(failing: Failing, *, now: datetime) -> bool:
    """Tell that so long after its last failure a row says nothing of today."""
    return failing.last_at is not None and now - failing.last_at > QUIET_MAX


def is_over(failing: Failing, *, now: datetime) -> bool:
    """Tell that an endpoint has failed for so long that nothing is to be sent there any more."""
    return failing.failures >= FAILURES_MIN and now - failing.since >= DISABLED_AFTER


def stage(failing: Failing, *, now: datetime) -> int:
    """Tell the last of STAGES that has been reached, in percent; 0: none yet."""
    passed = (now - failing.since) / DISABLED_AFTER * 100
    return max((each for each in STAGES if passed >= each), default=0)


def why_disabled(failing: Failing) -> str:
    """Say since when it failed and what it answered last."""
    since = failing.since.isoformat(sep=" ", timespec="minutes").removesuffix("+00:00")
    return f"nothing but failures since {since} UTC; the last: {failing.answer}"
