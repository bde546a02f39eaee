import random
from datetime import timedelta
from typing import Any

import pytest

from feeds.cadence import Heard, after_outage, next_poll
from feeds.model import FeedState, PollMemory
from tests.builders import NOON, a_feed

QUARTER = timedelta(minutes=15)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


class Die(random.Random):
    """A die that always shows the same share of the way, 0 to 1."""

    def __init__(self, shows: float) -> None:
        super().__init__()
        self._shows = shows

    def random(self) -> float:
        return self._shows


def plan(heard: Heard, *, shows: float = 0.5, late: timedelta = MINUTE, **feed: Any) -> Any:
    """Poll a feed that was due at NOON, `late` after that."""
    return next_poll(a_feed(**feed), heard, default_every=QUARTER, dice=Die(shows), now=NOON + late)


def failed(status: int | None = None, **changes: Any) -> Heard:
    return Heard(failed=True, status=status, **changes)


def having(**memory: Any) -> dict[str, PollMemory]:
    return {"memory": PollMemory(**memory)}


@pytest.mark.parametrize(("shows", "share"), [(0.0, 0.9), (0.5, 1.0), (1.0, 1.1)])
def test_the_interval_is_kept_within_a_tenth_from_the_planned_time(
    shows: float, share: float
) -> None:
    planned = plan(Heard(status=200), shows=shows)

    assert planned.at == NOON + QUARTER * share
    assert planned.why == "interval"


def test_a_feeds_own_interval_goes_before_the_default() -> None:
    assert plan(Heard(status=200), every=HOUR).at == NOON + HOUR


def test_many_late_polls_do_not_drift() -> None:
    at = NOON
    dice = random.Random(7)
    for _ in range(1000):
        feed = a_feed(next_poll_at=at)
        late = at + timedelta(seconds=20)
        at = next_poll(feed, Heard(status=304), default_every=QUARTER, dice=dice, now=late).at

    assert abs(at - NOON - QUARTER * 1000) < 3 * HOUR


def test_after_a_long_stop_the_next_poll_is_a_whole_interval_away() -> None:
    assert plan(Heard(status=200), late=3 * HOUR).at == NOON + 3 * HOUR + QUARTER


@pytest.mark.parametrize("late", [QUARTER * share / 10 for share in range(40)])
def test_no_plan_is_ever_in_the_past(late: timedelta) -> None:
    for heard in (Heard(status=200), failed(), failed(429, retry_after=timedelta(0))):
        assert plan(heard, late=late, shows=0.0).at >= NOON + late + QUARTER * 0.4


def test_a_poll_before_its_time_counts_from_now() -> None:
    assert plan(Heard(status=200), late=-HOUR).at == NOON - HOUR + QUARTER


def test_no_interval_undercuts_what_the_publisher_calls_fresh() -> None:
    planned = plan(Heard(status=304, fresh_for=12 * HOUR), every=MINUTE)

    assert planned.at == NOON + MINUTE + 12 * HOUR
    assert planned.why == "max-age"


def test_freshness_keeps_us_away_for_a_day_at_most() -> None:
    planned = plan(Heard(status=200, fresh_for=400 * DAY))

    assert planned.at == NOON + MINUTE + DAY


def test_a_freshness_shorter_than_the_interval_changes_nothing() -> None:
    planned = plan(Heard(status=200, fresh_for=5 * MINUTE))

    assert planned.at == NOON + QUARTER
    assert planned.why == "interval"


@pytest.mark.parametrize(
    ("failures", "shows", "wait"),
    [
        (0, 0.0, QUARTER),
        (0, 1.0, 2 * QUARTER),
        (1, 1.0, 4 * QUARTER),
        (4, 0.5, QUARTER * 16.5),
        (6, 1.0, DAY),
        (500, 1.0, DAY),
        (500, 0.0, QUARTER),
    ],
)
def test_failures_are_retried_with_growing_pauses_for_ever(
    failures: int, shows: float, wait: timedelta
) -> None:
    planned = plan(failed(500), shows=shows, **having(failures=failures))

    assert planned.at == NOON + MINUTE + wait
    assert planned.why == "backoff"
    assert planned.failures == failures + 1
    assert planned.state is FeedState.ACTIVE


def test_an_interval_longer_than_the_longest_backoff_is_kept() -> None:
    assert plan(failed(500), every=2 * DAY, shows=1.0).at == NOON + MINUTE + 2 * DAY


def test_a_success_forgets_the_failures() -> None:
    planned = plan(Heard(status=304), **having(failures=9, gone_since=NOON))

    assert planned.failures == 0
    assert planned.gone_since is None


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_obeyed(status: int) -> None:
    planned = plan(failed(status, retry_after=6 * HOUR), every=MINUTE)

    assert planned.at == NOON + MINUTE + 6 * HOUR
    assert planned.why == "Retry-After"
    assert planned.failures == 1


def test_a_retry_after_shorter_than_the_interval_hurries_nothing() -> None:
    assert plan(failed(429, retry_after=timedelta(seconds=1))).at == NOON + MINUTE + QUARTER


def test_a_retry_after_of_years_is_a_mistake() -> None:
    assert plan(failed(503, retry_after=900 * DAY)).at == NOON + MINUTE + DAY


def test_retry_after_on_another_status_means_nothing() -> None:
    assert plan(failed(404, retry_after=6 * HOUR)).why == "backoff"


def test_one_410_is_a_failure_like_any_other() -> None:
    planned = plan(failed(410))

    assert planned.state is FeedState.ACTIVE
    assert planned.gone_since == NOON + MINUTE


def test_a_second_410_within_a_day_changes_nothing() -> None:
    planned = plan(failed(410), **having(gone_since=NOON - 23 * HOUR))

    assert planned.state is FeedState.ACTIVE
    assert planned.gone_since == NOON - 23 * HOUR


def test_410_again_after_a_day_ends_the_feed_with_a_reason() -> None:
    planned = plan(failed(410), **having(gone_since=NOON - DAY))

    assert planned.state is FeedState.GONE
    assert planned.state_reason is not None
    assert "410" in planned.state_reason


def test_anything_else_in_between_begins_the_run_of_410s_anew() -> None:
    assert plan(failed(500), **having(gone_since=NOON - DAY)).gone_since is None


@pytest.mark.parametrize("heard", [Heard(status=200), failed()])
def test_a_file_is_read_exactly_at_its_interval(heard: Heard) -> None:
    feed = {"url": "file:///srv/sample.xml", "every": timedelta(seconds=2)}

    for shows in (0.0, 1.0):
        planned = plan(heard, shows=shows, late=timedelta(seconds=0.3), **feed)

        assert planned.at == NOON + timedelta(seconds=2)


def test_an_outage_of_ours_counts_no_failure_and_is_retried_soon() -> None:
    feed = a_feed(memory=PollMemory(failures=2, gone_since=NOON))

    planned = after_outage(feed, dice=Die(0.5), now=NOON)

    assert planned.at == NOON + MINUTE
    assert planned.failures == 2
    assert planned.gone_since == NOON
    assert planned.why == "outage"
