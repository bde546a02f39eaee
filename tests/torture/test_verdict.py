"""The verdict itself: ledgers that agree pass, and every lie in one of them is told."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.torture.ledgers import CUT_OFF, Heard, Ledgers, Post, Row, Tried
from tests.torture.verdict import judge

AT = datetime(2023, 9, 13, 6, 0, tzinfo=UTC)
CUT = Tried(outcome="in_doubt", detail=CUT_OFF, ended_at=AT)
DONE = Tried(outcome="sent", detail="", ended_at=AT)
HOOK, CHAT = "/hook/0", "-1001"


def _row(place: str, title: str, seq: int, *tries: Tried, state: str = "sent") -> Row:
    return Row(
        id=seq if place == HOOK else 100 + seq,
        kind="webhook" if place == HOOK else "telegram",
        place=place,
        title=title,
        story_id=f"sty_{title}",
        webhook_id=f"msg_{place}_{title}",
        seq=seq,
        state=state,
        reason=CUT_OFF if state == "in_doubt" else None,
        message_id=str(seq) if place == CHAT and state == "sent" else None,
        tries=tries,
    )


def _heard(title: str) -> Heard:
    return Heard(
        place=HOOK,
        webhook_id=f"msg_{HOOK}_{title}",
        story_id=f"sty_{title}",
        title=title,
        digest=f"bytes of {title}",
        verified=True,
        accepted=True,
    )


ROWS = (
    _row(HOOK, "one", 1, CUT, DONE),
    _row(HOOK, "two", 2, DONE),
    _row(HOOK, "six", 3, DONE),
    _row(CHAT, "one", 1, DONE),
    _row(CHAT, "two", 2, CUT),
    _row(CHAT, "six", 3, CUT, state="in_doubt"),
)
HEARD = (_heard("one"), _heard("one"), _heard("two"), _heard("six"))
POSTS = (
    Post(place=CHAT, title="one", message_id="1"),
    Post(place=CHAT, title="two", message_id="2"),
)
SENDS = ((CHAT, "one"), (CHAT, "two"), (CHAT, "six"))
AGREED = Ledgers(rows=ROWS, heard=HEARD, posts=POSTS, sends=SENDS)
EXPECTED = dict.fromkeys((HOOK, CHAT), ("one", "two", "six"))
ONE_HOOK, TWO_HOOK, _, ONE_CHAT, TWO_CHAT, SIX_CHAT = range(6)  # places in ROWS


def test_ledgers_that_agree_are_counted() -> None:
    verdict = judge(AGREED, EXPECTED, in_flight_max=3)

    assert verdict.complaints == ()
    assert (verdict.sent, verdict.repeats, verdict.repeats_max) == (5, 1, 1)
    assert (verdict.doubts, verdict.proven, verdict.in_doubt, verdict.there) == (2, 1, 1, 0)
    assert (verdict.lost, verdict.doubles, verdict.changed) == (0, 0, 0)


def _with(place: int, row: Row) -> Ledgers:
    return replace(AGREED, rows=(*ROWS[:place], row, *ROWS[place + 1 :]))


SIX_POST = Post(place=CHAT, title="six", message_id="3")


@pytest.mark.parametrize(
    ("lie", "told"),
    [
        (replace(AGREED, rows=ROWS[1:]), "no delivery"),
        (replace(AGREED, rows=(*ROWS, _row(HOOK, "odd", 4, DONE))), "of nothing published"),
        (replace(AGREED, heard=HEARD[:3]), "lost"),
        (replace(AGREED, heard=HEARD[:3]), "sent, and never accepted"),
        (replace(AGREED, heard=(*HEARD, replace(HEARD[2], accepted=False))), "without a cause"),
        (replace(AGREED, heard=(*HEARD, HEARD[2])), "2 requests in 1 attempts"),
        (replace(AGREED, heard=(replace(HEARD[0], digest="other"), *HEARD[1:])), "bytes of"),
        (replace(AGREED, heard=(replace(HEARD[0], webhook_id="msg_x"), *HEARD[1:])), "id of"),
        (
            replace(AGREED, heard=(replace(HEARD[0], webhook_id="msg_x"), *HEARD[1:])),
            "of no delivery",
        ),
        (replace(AGREED, heard=(replace(HEARD[0], verified=False), *HEARD[1:])), "not verified"),
        (replace(AGREED, heard=HEARD[::-1]), "out of order at /hook/0"),
        (_with(TWO_HOOK, replace(ROWS[TWO_HOOK], state="failed")), "not sent but failed"),
        (_with(ONE_CHAT, replace(ROWS[ONE_CHAT], state="dropped")), "neither sent nor in doubt"),
        (_with(ONE_CHAT, replace(ROWS[ONE_CHAT], message_id="9")), "in the chat under this id"),
        (_with(SIX_CHAT, replace(ROWS[SIX_CHAT], reason=None)), "in doubt without a cause"),
        (_with(SIX_CHAT, replace(ROWS[SIX_CHAT], tries=(DONE,))), "in doubt without a cause"),
        (replace(AGREED, posts=(*POSTS, SIX_POST)), "although it is there to be found"),
        (replace(AGREED, posts=POSTS[1:]), "not in the chat under this id (no post)"),
        (replace(AGREED, posts=POSTS[1:]), "lost"),
        (replace(AGREED, posts=(*POSTS, replace(POSTS[0], message_id="3"))), "doubled"),
        (replace(AGREED, posts=(*POSTS, replace(SIX_POST, title="odd"))), "of no delivery"),
        (replace(AGREED, sends=(*SENDS, SENDS[0])), "2 requests in 1 attempts"),
        (_with(TWO_HOOK, _row(HOOK, "two", 2, CUT, DONE)), "4 sends cut off at once, with 3"),
    ],
)
def test_a_lie_in_one_ledger_is_told(lie: Ledgers, told: str) -> None:
    complaints = judge(lie, EXPECTED, in_flight_max=3).complaints

    assert any(told in each for each in complaints), complaints


def test_chats_are_held_to_the_order_of_their_lane_save_what_was_released_late() -> None:
    rows = (_row(CHAT, "one", 1, DONE), _row(CHAT, "two", 2, DONE))
    turned = Ledgers(
        rows=rows,
        posts=(Post(place=CHAT, title="two", message_id="2"), POSTS[0]),
        sends=SENDS,
    )
    released = replace(turned, rows=(_row(CHAT, "one", 1, CUT, DONE), rows[1]))

    expected = {CHAT: ["one", "two"]}
    assert any(
        "out of order" in told for told in judge(turned, expected, in_flight_max=3).complaints
    )
    assert judge(released, expected, in_flight_max=3).complaints == ()
