from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.cli.way import tell_way
from feeds.model import (
    Attempt,
    DeliveryState,
    DestinationState,
    Evidence,
    Finding,
    KeyKind,
    Pace,
    RouteOptions,
)
from feeds.store.rows import Ahead, DeliveryStory
from tests.builders import NOON, a_delivery, a_destination, a_route, a_source, a_story

JAKARTA = ZoneInfo("Asia/Jakarta")


def _way(**changes: Any) -> str:
    story = DeliveryStory(
        **{
            "delivery": a_delivery(),
            "story": a_story(found_by=KeyKind.LINK),
            "source": a_source(),
            "destination": a_destination(),
            "attempts": (),
        }
        | changes
    )
    return tell_way(story, JAKARTA)


def _attempt(number: int, **changes: Any) -> Attempt:
    begun = NOON + timedelta(minutes=number)
    return Attempt(**{"delivery": 1, "number": number, "started_at": begun} | changes)


def test_the_way_is_told_from_the_feed_to_the_last_attempt() -> None:
    tried = (
        _attempt(
            1,
            ended_at=NOON + timedelta(minutes=1, seconds=1.5),
            outcome="retry_later",
            status=503,
            detail="Service\nUnavailable",
            wait=timedelta(seconds=5),
        ),
        _attempt(2, ended_at=NOON + timedelta(minutes=2), outcome="sent", status=200),
    )
    sent = a_delivery(
        state=DeliveryState.SENT, attempts=2, message_id="77", sent_at=NOON + timedelta(minutes=2)
    )

    told = _way(
        delivery=sent,
        attempts=tried,
        route=a_route(options=RouteOptions(silent=True, summary_max=200)),
    )

    assert (
        told
        == """\
Delivery 1 · msg_0000000000000000000001 · published
  story   Kim Jong Un Janji Dukung Penuh Putin
          https://berita.example/kim-putin/ · sty_0000000000000000000001
  found   polled 13 Sep 2023 19:00:00 WIB in daily-berita: its link was new
  route   daily-berita → partner: silent, page preview, summary up to 200 characters
  to      partner (webhook), number 1 in its queue, put there 13 Sep 2023 19:00:00 WIB
  try 1   13 Sep 2023 19:01:00 WIB  retry_later, 1.50 s, status 503, next try after 5 s
          Service Unavailable
  try 2   13 Sep 2023 19:02:00 WIB  sent, 0.00 s, status 200
  state   sent
  message 77, 13 Sep 2023 19:02:00 WIB
It arrived."""
    )


@pytest.mark.parametrize("state", DeliveryState)
def test_every_state_says_what_comes_next(state: DeliveryState) -> None:
    told = _way(delivery=a_delivery(id=8, state=state, reason="why it is so"))

    assert "why it is so" in told
    if state in {DeliveryState.IN_DOUBT, DeliveryState.FAILED, DeliveryState.HELD}:
        assert "retry 8" in told


def test_a_test_message_and_an_unwritten_outcome_are_told_as_such() -> None:
    told = _way(story=None, source=None, attempts=(_attempt(1),))

    assert "this is a test message" in told
    assert "no outcome written" in told


def test_what_was_looked_for_is_told_with_what_was_seen() -> None:
    looks = (
        Evidence(
            way="probe", finding=Finding.ABSENT, at=NOON, detail="messages 8 to 12: not there"
        ),
    )

    told = _way(delivery=a_delivery(state=DeliveryState.IN_DOUBT, reason="silence"), evidence=looks)

    assert "  looked  13 Sep 2023 19:00:00 WIB  probe: absent: messages 8 to 12: not there" in told


def test_a_closed_destination_is_named_with_its_reason() -> None:
    closed = a_destination(state=DestinationState.PARKED, state_reason="kicked from the channel")

    assert "which is parked: kicked from the channel" in _way(destination=closed)


AN_HOUR = timedelta(hours=1)
PACE = Pace(scope="telegram:chat:-1001", not_before=NOON + AN_HOUR, reason="429 Too Many Requests")
HEAD = Ahead(head=7, head_state=DeliveryState.WAITING, head_due_at=NOON + AN_HOUR)


@pytest.mark.parametrize(
    ("ahead", "said", "due"),
    [
        (Ahead(), "", "19:00:00"),
        (HEAD, "for delivery 7 before it, which is due 13 Sep 2023 20:00:00 WIB", "20:00:00"),
        (
            replace(HEAD, lane_until=NOON + 2 * AN_HOUR),
            "for delivery 7 before it, which is due 13 Sep 2023 21:00:00 WIB",
            "21:00:00",
        ),
        (
            Ahead(head=7, head_state=DeliveryState.SENDING, head_due_at=NOON),
            "for delivery 7 before it, which is being sent",
            "19:00:00",
        ),
        (
            Ahead(closed=PACE),
            "telegram:chat:-1001 is to be left alone until 13 Sep 2023 20:00:00 WIB: 429",
            "20:00:00",
        ),
        (
            Ahead(lane_until=NOON + AN_HOUR),
            "its destination is to be left alone until 13 Sep 2023 20:00:00 WIB",
            "20:00:00",
        ),
        (
            replace(HEAD, outage="Telegram is not reached"),
            "its service cannot be used: Telegram is not reached",
            "20:00:00",
        ),
        (
            replace(HEAD, doubt=6),
            "a minute at most, while delivery 6, in doubt, is looked for",
            "20:00:00",
        ),
    ],
)
def test_what_waits_says_in_one_line_for_what_and_is_never_due_before_it(
    ahead: Ahead, said: str, due: str
) -> None:
    told = _way(ahead=ahead).splitlines()

    waits = [line for line in told if line.startswith("  waits   ")]
    assert len(waits) == bool(said)
    assert all(said in line for line in waits)
    assert told[-1] == f"It waits; due 13 Sep 2023 {due} WIB."


def test_what_waits_for_an_address_that_is_not_found_says_so() -> None:
    told = _way(ahead=Ahead(), destination=a_destination(address="@berita", resolved=False))

    assert "  waits   @berita has not been found yet; the log says why" in told
