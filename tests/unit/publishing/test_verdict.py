"""What becomes of a post in doubt, by what was found, the time and the policy."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.retry import ATTEMPTS_MAX
from bot.verdict import judge_doubt, may_tell_absence
from feeds.model import HOLD_MAX, Doubt, Evidence, Finding, InDoubtPolicy
from tests.builders import NOON, a_delivery, a_destination, a_parcel

HOLD, IF_ABSENT, RESEND = InDoubtPolicy
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
LAST_LOOK = NOON + 40 * SECOND


def a_doubt(*, attempts: int = 1, **changes: object) -> Doubt:
    return Doubt(
        **{
            "parcel": a_parcel(delivery=a_delivery(attempts=attempts)),
            "destination": a_destination(kind="telegram"),
            "since": NOON,
            "look_until": NOON + HOLD_MAX,
        }
        | changes  # type: ignore[arg-type]
    )


def a_look(finding: Finding) -> Evidence:
    number = "9" if finding is Finding.FOUND else None
    return Evidence(way="probe", finding=finding, at=NOON, message_id=number)


FOUND, ABSENT, UNKNOWN = (a_look(finding) for finding in Finding)


@pytest.mark.parametrize("policy", InDoubtPolicy)
@pytest.mark.parametrize("seconds", [0, 20, 40, 700])
def test_a_positive_proof_settles_it_at_any_time_under_any_policy(
    policy: InDoubtPolicy, seconds: int
) -> None:
    now = NOON + seconds * SECOND

    verdict = judge_doubt(a_doubt(), [UNKNOWN, FOUND], policy=policy, now=now)

    assert (verdict.found, verdict.resend_at, verdict.tell) == ("9", None, False)


@pytest.mark.parametrize("policy", InDoubtPolicy)
def test_absence_is_not_believed_before_the_last_look(policy: InDoubtPolicy) -> None:
    first = judge_doubt(a_doubt(look_until=None), [ABSENT], policy=policy, now=NOON)
    second = judge_doubt(a_doubt(), [ABSENT], policy=policy, now=NOON + 15 * SECOND)

    assert (first.look_at, first.look_until) == (NOON + 15 * SECOND, NOON + HOLD_MAX)
    assert (second.look_at, second.look_until) == (LAST_LOOK, NOON + HOLD_MAX)
    assert (first.resend_at, second.resend_at) == (None, None)


@pytest.mark.parametrize(
    ("policy", "look", "resent"),
    [
        (HOLD, ABSENT, None),
        (HOLD, UNKNOWN, None),
        (IF_ABSENT, ABSENT, LAST_LOOK),
        (IF_ABSENT, UNKNOWN, None),
        (RESEND, ABSENT, NOON + MINUTE),
        (RESEND, UNKNOWN, NOON + MINUTE),
    ],
)
def test_the_policy_decides_at_the_last_look(
    policy: InDoubtPolicy, look: Evidence, resent: object
) -> None:
    verdict = judge_doubt(a_doubt(), [look], policy=policy, now=LAST_LOOK)

    assert verdict.resend_at == resent
    assert verdict.tell is (resent is None)
    assert verdict.evidence == (look,), "what was found is kept, and shown"


CUT = replace(UNKNOWN, cut=True)


def test_a_look_that_was_broken_off_is_made_up_for_each_minute_until_the_last_of_all() -> None:
    decided = a_doubt(look_until=NOON)
    at, seen = LAST_LOOK, list[timedelta]()
    verdict = judge_doubt(a_doubt(), [CUT], policy=HOLD, now=at)
    told = verdict.tell
    while verdict.look_at is not None:
        seen.append(verdict.look_at - at)
        at = verdict.look_at
        verdict = judge_doubt(decided, [CUT], policy=HOLD, now=at)
        assert verdict.evidence == (), "nothing new to tell"

    assert told, "an admin hears of it at once all the same"
    assert set(seen[:-1]) == {MINUTE, 20 * SECOND}, "a later look that falls due comes in its time"
    assert at == NOON + 60 * MINUTE


def test_what_makes_up_for_a_look_is_a_glance_until_the_later_looks() -> None:
    decided = a_doubt(look_until=NOON)

    assert not may_tell_absence(decided, NOON + 2 * MINUTE)
    assert may_tell_absence(decided, NOON + 10 * MINUTE)


def test_a_whole_look_is_not_made_up_for() -> None:
    verdict = judge_doubt(a_doubt(look_until=NOON), [UNKNOWN], policy=HOLD, now=NOON + MINUTE)

    assert verdict.look_at == NOON + 10 * MINUTE
    assert verdict.evidence == (UNKNOWN,)


def test_where_there_is_no_way_to_look_the_policy_decides_at_once() -> None:
    held = judge_doubt(a_doubt(look_until=None), [], policy=HOLD, now=NOON)
    resent = judge_doubt(a_doubt(look_until=None), [], policy=RESEND, now=NOON)

    assert (held.tell, held.look_at) == (True, None)
    assert resent.resend_at == NOON + MINUTE


def test_a_doubt_that_was_decided_is_looked_for_twice_more_and_told_once() -> None:
    decided = judge_doubt(a_doubt(), [UNKNOWN], policy=HOLD, now=LAST_LOOK)
    again = a_doubt(look_until=decided.look_until)
    later = judge_doubt(again, [UNKNOWN], policy=HOLD, now=NOON + 10 * MINUTE)
    last = judge_doubt(again, [UNKNOWN], policy=HOLD, now=NOON + 60 * MINUTE)

    assert decided.look_at == NOON + 10 * MINUTE
    assert decided.look_until == NOON, "it holds nobody up any more"
    assert (later.look_at, later.tell) == (NOON + 60 * MINUTE, False)
    assert (last.look_at, last.tell) == (None, False)


@pytest.mark.parametrize(
    ("policy", "look", "resent"),
    [
        (HOLD, ABSENT, False),
        (IF_ABSENT, ABSENT, True),
        (IF_ABSENT, UNKNOWN, False),
        (RESEND, ABSENT, False),
    ],
)
@pytest.mark.parametrize("later", [10 * MINUTE, 60 * MINUTE])
def test_what_there_was_no_room_to_look_for_is_sent_again_once_it_is_known_to_be_absent(
    policy: InDoubtPolicy, look: Evidence, later: timedelta, *, resent: bool
) -> None:
    now = NOON + later

    verdict = judge_doubt(a_doubt(look_until=NOON), [look], policy=policy, now=now)

    assert verdict.resend_at == (now if resent else None)
    assert (verdict.evidence, verdict.tell) == ((look,), False)


@pytest.mark.parametrize("policy", [IF_ABSENT, RESEND])
def test_sending_again_ends_with_the_attempts(policy: InDoubtPolicy) -> None:
    spent = a_doubt(attempts=ATTEMPTS_MAX)
    verdict = judge_doubt(spent, [ABSENT], policy=policy, now=LAST_LOOK)
    decided = replace(spent, look_until=NOON)
    later = judge_doubt(decided, [ABSENT], policy=policy, now=NOON + 10 * MINUTE)

    assert (verdict.resend_at, verdict.tell) == (None, True)
    assert (later.resend_at, later.tell) == (None, False)


@pytest.mark.parametrize(
    ("seconds", "thorough"), [(0, False), (39, False), (40, True), (700, True)]
)
def test_only_the_last_look_and_later_ones_take_pains_to_tell_of_absence(
    seconds: int, thorough: bool
) -> None:
    assert may_tell_absence(a_doubt(), NOON + seconds * SECOND) is thorough


@pytest.mark.parametrize("seconds", [0, 40, 700])
@pytest.mark.parametrize("look", [FOUND, ABSENT, UNKNOWN])
def test_a_verdict_names_the_try_it_is_on(look: Evidence, seconds: int) -> None:
    verdict = judge_doubt(a_doubt(attempt=3), [look], policy=IF_ABSENT, now=NOON + seconds * SECOND)

    assert verdict.attempt == 3


def test_a_beat_that_comes_late_decides_at_once() -> None:
    verdict = judge_doubt(a_doubt(), [UNKNOWN], policy=HOLD, now=NOON + 10 * MINUTE)

    assert verdict.tell
