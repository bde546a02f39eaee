"""Pace and patience in the real process: a full channel makes no other wait, a 429 is obeyed."""

import time
from collections import defaultdict

import pytest

from tests.e2e.house import House
from tests.e2e.processes import until

FULL, FLOODED, *OTHERS = (-1001 - n for n in range(10))
STORIES = 500
REST_SECONDS = 20
WATCHED_SECONDS = 180.0
PER_MINUTE_MAX = 20  # Telegram's; ours is 18
SOON_SECONDS = 10.0


@pytest.mark.long
@pytest.mark.timeout(600)
def test_three_minutes_with_500_waiting_beside_nine_and_a_429_provoke_nothing(
    house: House,
) -> None:
    publisher = house.publisher(feeds=10, items=1)
    publisher.add(0, STORIES - 1)
    telegram = house.telegram(FULL, FLOODED, *OTHERS)
    house.use(telegram)
    refusal = {"code": 429, "description": f"Too Many Requests: retry after {REST_SECONDS}"}
    asked = {"parameters": {"retry_after": REST_SECONDS}}
    telegram.control("fault", how="answer", chat=FULL, nth=5, **refusal, **asked)
    for number, (url, chat) in enumerate(
        zip(publisher.urls, (FULL, FLOODED, *OTHERS), strict=True)
    ):
        house.feed(f"feed-{number}", url, start="all")
        house.channel(f"channel-{number}", chat)
        house.route(f"feed-{number}", f"channel-{number}")
    running = house.run()
    until(lambda: telegram.sends() > 0, "a first send")

    time.sleep(WATCHED_SECONDS)  # what is watched is what happens in this time

    sends: dict[int, list[float]] = defaultdict(list)
    for call in telegram.control("calls", method="sendMessage"):
        sends[int(call["parameters"]["chat_id"])].append(call["at"])
    first = min(at for chat in sends.values() for at in chat)
    assert all(len(telegram.posts(chat)) == 1 for chat in (FLOODED, *OTHERS))
    assert max(sends[chat][0] for chat in (FLOODED, *OTHERS)) - first <= SOON_SECONDS
    full = sends[FULL]
    assert len(full) > 2 * PER_MINUTE_MAX, "it goes on at its pace"
    assert all(later - at > 60 for at, later in zip(full, full[PER_MINUTE_MAX:], strict=False))
    assert full[5] - full[4] >= REST_SECONDS, "what was asked for is obeyed"
    assert telegram.control("violations") == []
    posts = telegram.posts(FULL)
    assert len(posts) == len(set(posts)) == len(full) - 1
    assert running.end() == 0
