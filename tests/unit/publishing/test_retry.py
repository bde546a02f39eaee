import random
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapter import Gone, InDoubt, Moved, Outcome, Rejected, RetryLater, Sent
from bot.retry import ASKED_MAX, ATTEMPTS_MAX, JITTER, SCHEDULE, SPAN, UNHEARD_MIN, Try, judge
from feeds.health import DISABLED_AFTER
from feeds.model import DeliveryState, Failing, Settlement
from tests.builders import NOON, a_delivery, a_parcel

DICE = random.Random(1)


def judged(outcome: Outcome, *, delivery: Any = None, **changes: Any) -> Settlement:
    tried = Try(
        **{
            "parcel": a_parcel(delivery=delivery or a_delivery()),
            "epoch": 7,
            "started_at": NOON,
            "ended_at": NOON + timedelta(seconds=1),
            "repeatable": False,
        }
        | changes
    )
    return judge(outcome, tried, DICE)


def test_what_was_sent_is_sent_with_its_message() -> None:
    settlement = judged(Sent(message_id="42", status=200))

    assert settlement.state is DeliveryState.SENT
    assert settlement.message_id == "42"
    assert (settlement.epoch, settlement.attempt.outcome) == (7, "sent")


def test_a_doubt_where_sending_is_not_repeatable_is_looked_into_and_not_simply_resent() -> None:
    settlement = judged(InDoubt(reason="timed out"))

    assert settlement.state is DeliveryState.IN_DOUBT
    assert settlement.due_at is None


@pytest.mark.parametrize(("failures", "minutes"), [(1, 1), (2, 2), (4, 8), (9, 30), (9_999, 30)])
def test_an_endpoint_rests_ever_longer_after_doubts_in_a_row(failures: int, minutes: int) -> None:
    failing = Failing(since=NOON, last_at=NOON, failures=failures, answer="502 Bad Gateway")

    first, later = judged(InDoubt(reason="502")), judged(InDoubt(reason="502"), failing=failing)

    assert first.not_before is None
    assert later.not_before == NOON + timedelta(minutes=minutes, seconds=1)
    assert later.state is DeliveryState.IN_DOUBT


def test_a_doubt_where_sending_is_repeatable_is_simply_tried_again() -> None:
    settlement = judged(InDoubt(reason="timed out"), repeatable=True)

    assert settlement.state is DeliveryState.WAITING
    assert settlement.attempt.wait == UNHEARD_MIN


@pytest.mark.parametrize("seconds", [3, 300, 43_838, 400_000])
def test_a_429_is_obeyed_for_as_long_as_it_says_and_burns_no_attempt(seconds: int) -> None:
    after = timedelta(seconds=seconds)

    settlement = judged(
        RetryLater(reason="429", after=after, counts=False, status=429),
        delivery=a_delivery(attempts=ATTEMPTS_MAX - 1),
    )

    assert settlement.state is DeliveryState.WAITING
    assert settlement.due_at == NOON + timedelta(seconds=1) + after
    assert settlement.not_before == settlement.due_at
    assert not settlement.counts


def test_a_malformed_message_is_tried_once_in_plain_form_and_then_fails() -> None:
    first = judged(Rejected(reason="can't parse entities", malformed=True))
    second = judged(
        Rejected(reason="can't parse entities", malformed=True), delivery=a_delivery(plain=True)
    )

    assert (first.state, first.plain) == (DeliveryState.WAITING, True)
    assert second.state is DeliveryState.FAILED
    assert second.reason == "can't parse entities"


def test_a_destination_that_is_gone_is_parked_and_the_story_waits() -> None:
    settlement = judged(Gone(reason="bot was kicked"))

    assert settlement.state is DeliveryState.WAITING
    assert settlement.park == "bot was kicked"
    assert not settlement.counts


def test_a_moved_destination_is_written_anew_and_the_story_tried_again() -> None:
    settlement = judged(Moved(address="-100777", reason="supergroup"))

    assert settlement.address == "-100777"
    assert settlement.state is DeliveryState.WAITING


def test_a_refusal_of_one_story_alone_lets_those_behind_pass() -> None:
    settlement = judged(RetryLater(reason="400", lane=False, status=400), repeatable=True)

    assert settlement.overtakable
    assert settlement.not_before is None


def test_attempts_run_out_after_three_days_and_the_failure_says_why() -> None:
    settlement = judged(
        RetryLater(reason="500 from partner", status=500),
        delivery=a_delivery(attempts=ATTEMPTS_MAX - 1),
        repeatable=True,
    )

    assert settlement.state is DeliveryState.FAILED
    assert settlement.reason is not None
    assert "500 from partner" in settlement.reason
    assert timedelta(hours=75) < SPAN < timedelta(hours=76)


@pytest.mark.parametrize(
    ("outcome", "seconds"),
    [
        (RetryLater(reason="503", after=timedelta(hours=2), status=503), 7_200),
        (InDoubt(reason="no answer in time"), 60),
        (RetryLater(reason="500", status=500), SCHEDULE[0].total_seconds() * (1 - JITTER)),
    ],
)
def test_the_story_behind_a_dead_one_waits_for_what_the_endpoint_asked(
    outcome: Outcome, seconds: float
) -> None:
    spent = a_delivery(attempts=ATTEMPTS_MAX - 1)

    settlement = judged(outcome, delivery=spent, repeatable=True)

    assert settlement.state is DeliveryState.FAILED
    assert settlement.due_at is None
    assert settlement.not_before is not None
    assert settlement.not_before >= NOON + timedelta(seconds=1 + seconds)


def test_a_dead_story_that_was_refused_for_itself_alone_holds_nothing_up() -> None:
    spent = a_delivery(attempts=ATTEMPTS_MAX - 1)

    settlement = judged(RetryLater(reason="400", lane=False), delivery=spent, repeatable=True)

    assert settlement.state is DeliveryState.FAILED
    assert settlement.not_before is None


def failing_for(span: timedelta) -> Failing:
    return Failing(since=NOON + timedelta(seconds=1) - span, failures=9, answer="503")


def test_quick_dice_do_not_shorten_the_three_days_in_which_an_endpoint_may_come_back() -> None:
    early = failing_for(timedelta(hours=61))
    late = failing_for(SPAN)
    spent = a_delivery(attempts=ATTEMPTS_MAX - 1)

    again = judged(RetryLater(reason="503", status=503), delivery=spent, failing=early)
    over = judged(RetryLater(reason="503", status=503), delivery=spent, failing=late)
    alone = judged(RetryLater(reason="400", lane=False), delivery=spent, failing=early)

    assert (again.state, again.attempt.wait) == (
        DeliveryState.WAITING,
        SPAN - timedelta(hours=61),
    )
    assert over.state is DeliveryState.FAILED
    assert alone.state is DeliveryState.FAILED


def test_the_last_look_at_an_endpoint_comes_when_its_time_is_over() -> None:
    failing = failing_for(DISABLED_AFTER - timedelta(hours=3))
    delivery = a_delivery(attempts=5)

    look = judged(RetryLater(reason="503"), delivery=delivery, failing=failing)
    asked = judged(
        RetryLater(reason="503", after=timedelta(hours=4)), delivery=delivery, failing=failing
    )

    assert look.attempt.wait == timedelta(hours=3)
    assert asked.attempt.wait == timedelta(hours=4)


@given(
    attempts=st.integers(0, ATTEMPTS_MAX - 2),
    asked=st.one_of(st.none(), st.timedeltas(timedelta(0), timedelta(days=30))),
    seed=st.integers(),
)
def test_a_wait_is_within_a_fifth_of_its_step_or_longer_when_asked(
    attempts: int, asked: timedelta | None, seed: int
) -> None:
    tried = Try(
        parcel=a_parcel(delivery=a_delivery(attempts=attempts)),
        epoch=1,
        started_at=NOON,
        ended_at=NOON,
        repeatable=True,
    )

    settlement = judge(RetryLater(reason="503", after=asked), tried, random.Random(seed))

    assert settlement.due_at is not None
    wait = settlement.due_at - NOON
    wanted = min(asked or timedelta(0), ASKED_MAX)
    assert max(SCHEDULE[attempts] * 0.8, wanted) <= wait <= max(SCHEDULE[attempts] * 1.2, wanted)


def test_waits_that_burn_nothing_grow_and_stay_bounded() -> None:
    waits = []
    for streak in range(12):
        settlement = judged(RetryLater(reason="refused", counts=False), streak=streak)
        assert settlement.attempt.wait is not None
        waits.append(settlement.attempt.wait)

    assert waits[0] < timedelta(seconds=7)
    assert waits[6] > timedelta(minutes=4)
    assert max(waits) <= timedelta(minutes=6)
