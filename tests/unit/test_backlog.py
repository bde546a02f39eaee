"""What becomes of what waited: a table of outages, and one of surpluses."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.backlog import (
    ROLL_UP_MIN,
    WAITED_MAX,
    Fate,
    Surplus,
    after_closure,
    after_outage,
    cannot_roll_up,
    too_old,
    was_out,
)
from feeds.model import Backlog
from tests.builders import NOON

MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)

ALL, NEWEST, ROLL_UP = (Backlog.read(text) for text in ("all", "newest:20", "roll_up"))
NONE = Surplus(oldest=0)
KEPT = "backlog: only the newest 20 were kept"


def ago(minutes: float | None) -> datetime | None:
    return None if minutes is None else NOON - minutes * MINUTE


@pytest.mark.parametrize(
    ("situation", "reached", "waits_since", "out"),
    [
        ("nothing waits in an idle lane", 600, None, False),
        ("nothing waits in a new one", None, None, False),
        ("a story came just now into an idle lane", 600, 0, False),
        ("a story came just now into a new lane", None, 0, False),
        ("a full lane is emptied at its pace", 1, 25, False),
        ("a slow one, too: one message in nine minutes", 9, 600, False),
        ("a try or two failed", 600, 5, False),
        ("a place failed for nine minutes", 30, 9.9, False),
        ("a place failed for ten", 30, 10, True),
        ("a place took something, then failed for ten", 10, 25, True),
        ("a token was refused for hours; its lanes were not even tried", 180, 179, True),
        ("a place was never reached since it was added", None, 15, True),
        ("what waited while nobody ran", 300, 295, True),
    ],
)
def test_an_outage_is_when_something_waited_and_nothing_was_taken(
    situation: str, reached: float | None, waits_since: float | None, *, out: bool
) -> None:
    seen = was_out(reached_at=ago(reached), waits_since=ago(waits_since), now=NOON)

    assert seen is out, situation


@pytest.mark.parametrize(
    ("waiting", "policy", "rolled_up", "surplus"),
    [
        (500, None, False, NONE),
        (500, ALL, False, NONE),
        (0, NEWEST, False, Surplus(oldest=0, reason=KEPT)),
        (20, NEWEST, False, Surplus(oldest=0, reason=KEPT)),
        (21, NEWEST, False, Surplus(oldest=1, reason=KEPT)),
        (500, NEWEST, True, Surplus(oldest=480, reason=KEPT)),
        (0, ROLL_UP, False, Surplus(oldest=0, fate=Fate.ROLLED_UP)),
        (ROLL_UP_MIN, ROLL_UP, False, Surplus(oldest=0, fate=Fate.ROLLED_UP)),
        (ROLL_UP_MIN + 1, ROLL_UP, False, Surplus(oldest=6, fate=Fate.ROLLED_UP)),
        (1, ROLL_UP, True, Surplus(oldest=1, fate=Fate.ROLLED_UP)),
    ],
)
def test_the_surplus_after_an_outage_follows_the_policy(
    waiting: int, policy: Backlog | None, *, rolled_up: bool, surplus: Surplus
) -> None:
    assert after_outage(waiting, policy, rolled_up=rolled_up) == surplus


@pytest.mark.parametrize("state", ["paused", "parked"])
@pytest.mark.parametrize(
    ("waiting", "policy", "oldest", "fate"),
    [
        (WAITED_MAX, None, 0, Fate.DROPPED),
        (WAITED_MAX + 14, None, 14, Fate.HELD),
        (100, ALL, 0, Fate.DROPPED),
        (100, NEWEST, 80, Fate.DROPPED),
        (100, ROLL_UP, 100, Fate.ROLLED_UP),
        (3, ROLL_UP, 0, Fate.ROLLED_UP),
    ],
)
def test_what_waited_for_a_closed_place_is_held_unless_a_policy_decides(
    waiting: int, policy: Backlog | None, oldest: int, fate: Fate, state: str
) -> None:
    surplus = after_closure(waiting, policy, state=state, rolled_up=False)

    assert (surplus.oldest, surplus.fate) == (oldest, fate)
    if fate is Fate.HELD:
        assert surplus.reason == f"burst: {waiting} waited while {state}"


def test_only_webhooks_get_each_story_apart() -> None:
    assert [kind for kind in ("telegram", "console", "webhook") if cannot_roll_up(kind)] == [
        "webhook"
    ]


@pytest.mark.parametrize(
    ("span", "said"),
    [
        (timedelta(hours=24), "24h"),
        (timedelta(days=1, minutes=30), "24h30m"),
        (timedelta(days=3), "3d"),
        (90 * MINUTE, "1h30m"),
        (MINUTE, "1m"),
        (90 * SECOND, "1m30s"),
        (timedelta(days=365), "365d"),
    ],
)
def test_too_old_is_said_as_it_is_set(span: timedelta, said: str) -> None:
    assert too_old(span) == f"expired: older than {said}"


@given(st.integers(1, 1_000))
def test_a_policy_is_read_as_it_is_written(newest: int) -> None:
    for text in ("all", "roll_up", f"newest:{newest}"):
        assert str(Backlog.read(text)) == text


@pytest.mark.parametrize(
    "text",
    ["", "newest", "newest:0", "newest:1001", "newest:-1", "newest:٣", "rollup", "ALL", "20"],
)
def test_what_is_no_policy_is_refused_with_what_to_write(text: str) -> None:
    with pytest.raises(ValueError, match=r"all, newest:N \(1 to 1,000\) or roll_up"):
        Backlog.read(text)
