"""A post whose answer was lost by a kill: looked for in the real process, and settled if there."""

import pytest

from tests.e2e.house import House
from tests.e2e.processes import Spawned, until
from tests.e2e.servers import Publisher, Telegram
from tests.e2e.wire import kill

pytestmark = pytest.mark.timeout(300)  # each start loads aiogram; absence is believed after 45 s
CHAT, OWNER = -1001, 7


def a_channel(house: House, **telegram: object) -> tuple[Publisher, Telegram, Spawned]:
    """A channel with one post in it, so that message ids are known there."""
    publisher, server = house.publisher(), house.telegram(CHAT, users=(OWNER,))
    house.use(server)
    house.set("telegram", owners=[OWNER], **telegram)
    house.feed("news", publisher.urls[0])
    house.channel("channel", CHAT)
    house.route("news", "channel")
    running = house.run()
    until(lambda: publisher.polls(304) == 1, "a second poll")
    publisher.add(0)
    until(lambda: house.ask("status")["deliveries"] == {"sent": 1}, "a first post")
    return publisher, server, running


def cut_off(publisher: Publisher, telegram: Telegram, running: Spawned, *, arrives: bool) -> str:
    """Kill it between a post and its answer; gives the headline."""
    telegram.control("fault", how="hang", chat=CHAT, apply=arrives)
    (headline,) = publisher.add(0)
    until(lambda: telegram.sends() == 2, "a send under way")
    kill(running)
    return headline


def test_a_post_that_arrived_is_found_and_settled_without_anybody(house: House) -> None:
    publisher, telegram, running = a_channel(house)
    headline = cut_off(publisher, telegram, running, arrives=True)
    (later,) = publisher.add(0)

    running = house.run()
    until(lambda: house.ask("status")["deliveries"] == {"sent": 3}, "all settled")

    posts = telegram.posts(CHAT)
    assert posts[1:] == [headline, later], "once each, in order"
    told = house.ask("delivery", "show", str(house.deliveries()[1]["id"]))
    assert told["message_id"] == str(telegram.message_ids(CHAT)[headline])
    assert [(look["way"], look["finding"]) for look in told["evidence"]] == [("probe", "found")]
    assert telegram.posts(OWNER) == [], "the copy is gone"
    assert running.end() == 0


@pytest.mark.long  # two looks, the second after 40 s; in no time in tests/simulation/test_doubts.py
def test_a_post_that_never_arrived_is_sent_again_where_absence_is_proof_enough(
    house: House,
) -> None:
    publisher, telegram, running = a_channel(house, in_doubt="resend_if_absent")
    headline = cut_off(publisher, telegram, running, arrives=False)

    running = house.run()
    until(lambda: house.ask("status")["deliveries"] == {"sent": 2}, "all settled")

    assert telegram.posts(CHAT)[1:] == [headline]
    told = house.ask("delivery", "show", str(house.deliveries()[1]["id"]))
    assert [attempt["outcome"] for attempt in told["attempts_made"]] == ["in_doubt", "sent"]
    assert told["evidence"][-1]["finding"] == "absent"
    assert house.ask("status")["resent_in_doubt"] == 1
    assert running.end() == 0
