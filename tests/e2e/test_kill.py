"""kill -9 in the middle of it: nothing lost, nothing doubled, and what is in doubt says so."""

import random
import time

import pytest

from tests.e2e.house import House
from tests.e2e.processes import until
from tests.e2e.wire import FULL, SMALL, WEBHOOK, Size, Wire, by_title, kill

pytestmark = pytest.mark.timeout(300)  # each start loads aiogram, which takes seconds
ANSWER_SLOWLY_SECONDS = 0.3  # so that a kill meets sends whose answer was not heard


@pytest.mark.long  # tests/torture kills as well, at each crash point
def test_three_kills_lose_and_double_nothing(house: House) -> None:
    _kills_lose_and_double_nothing(house, SMALL, kills=3)


@pytest.mark.long
@pytest.mark.timeout(1200)
def test_ten_kills_lose_and_double_nothing(house: House) -> None:
    _kills_lose_and_double_nothing(house, FULL, kills=10)


def _kills_lose_and_double_nothing(house: House, size: Size, *, kills: int) -> None:
    dice = random.Random(19530727)
    wire = Wire(house, size, dice)
    wire.telegram.control("fault", how="slow", seconds=ANSWER_SLOWLY_SECONDS, apply=True, times=0)
    running = house.run()
    wire.settle_in()

    share = size.stories // (kills + 1)
    for _ in range(kills):
        some = dice.randint(1, share)
        _publish_until_a_random_moment(wire, dice, some)
        kill(running)
        running = house.start("run")
        wire.publish(share - some)
    wire.publish(wire.stories_left)
    running.line('"running"')
    wire.until_everything_is_settled()

    # The webhook: everything, each repeat with its id and its bytes, first comers in order.
    queues = wire.queues()
    wire.assert_in_order(WEBHOOK, wire.assert_the_webhook_got_each_story(), queues)

    # Telegram: what was in flight is in doubt, all else arrived once and in order.
    doubts = by_title(house.deliveries("--state", "in_doubt"))
    lost: set[str] = set()
    for channel in wire.chats:
        posts = wire.posts(channel)
        assert len(posts) == len(set(posts)), "nothing is doubled"
        missing = set(wire.headlines(wire.feeds_of(channel))) - set(posts)
        assert missing <= doubts.keys(), "nothing is lost without a word"
        wire.assert_in_order(channel, posts, queues)
        lost |= missing

    # Whoever looks at the channels sees which of them are missing, and has those sent again.
    if lost:
        _call(house, "retry", *(str(doubts[title]["id"]) for title in lost))
    until(lambda: wire.posted == size.stories, "what was in doubt and missing", seconds=120)
    wire.assert_each_channel_got_each_story_once()
    assert wire.telegram.control("violations") == []
    assert running.end() == 0


def test_a_doubt_is_confirmed_retried_or_dropped_by_the_admin(house: House) -> None:
    chats = {"arrived": -1001, "missing": -1002, "unwanted": -1003}
    publisher = house.publisher(feeds=3)
    telegram = house.telegram(*chats.values())
    house.use(telegram)
    for url, (name, chat) in zip(publisher.urls, chats.items(), strict=True):
        house.feed(name, url)
        house.channel(name, chat)
        house.route(name, name)
    telegram.control("fault", how="hang", chat=chats["arrived"], apply=True)
    telegram.control("fault", how="hang", chat=chats["missing"])
    telegram.control("fault", how="hang", chat=chats["unwanted"])
    running = house.run()
    until(lambda: publisher.polls(304) == len(chats), "a second poll of every feed")
    headlines = [publisher.add(feed)[0] for feed in range(3)]
    until(lambda: telegram.sends() == len(chats), "three sends under way")

    kill(running)
    running = house.run()

    doubts = {row["destination"]: row for row in house.deliveries("--state", "in_doubt")}
    assert [doubts[name]["title"] for name in chats] == headlines
    assert {row["reason"] for row in doubts.values()} == {"stopped while sending"}
    assert house.ask("status")["deliveries"] == {"in_doubt": 3}

    later = [publisher.add(feed)[0] for feed in range(3)]
    until(lambda: telegram.sends() == 2 * len(chats), "the lanes going on behind the doubts")
    there = telegram.message_ids(chats["arrived"])[headlines[0]]
    _call(house, "confirm", str(doubts["arrived"]["id"]), f"--message-id={there}")
    _call(house, "retry", str(doubts["missing"]["id"]))
    _call(house, "drop", str(doubts["unwanted"]["id"]))
    until(lambda: headlines[1] in telegram.posts(chats["missing"]), "the retried one")

    until(lambda: set(house.ask("status")["deliveries"]) == {"sent", "dropped"}, "all settled")
    assert telegram.posts(chats["arrived"]) == [headlines[0], later[0]]
    assert telegram.posts(chats["missing"]) == [later[1], headlines[1]]
    assert telegram.posts(chats["unwanted"]) == [later[2]]
    confirmed = house.ask("delivery", "show", str(doubts["arrived"]["id"]))
    assert (confirmed["state"], confirmed["message_id"]) == ("sent", str(there))
    assert running.end() == 0


def _publish_until_a_random_moment(wire: Wire, dice: random.Random, count: int) -> None:
    """Publish some, wait until work is under way again, and for anything up to half a second."""
    before = wire.requests()
    wire.publish(count)
    until(lambda: wire.requests() >= before + count, "some of the work to be done")
    time.sleep(dice.uniform(0, 0.5))


def _call(house: House, deed: str, *arguments: str) -> None:
    told = house.call("delivery", deed, *arguments)
    assert told.returncode == 0, told.stderr
