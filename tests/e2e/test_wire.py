"""From 200 feeds to ten channels and a webhook: each story once, in order, none lost."""

import random

import pytest

from tests.e2e.house import House
from tests.e2e.processes import until
from tests.e2e.wire import FULL, SMALL, WEBHOOK, Size, Wire

pytestmark = pytest.mark.timeout(300)


def test_every_story_arrives_everywhere_once_and_in_order(house: House) -> None:
    _every_story_arrives(house, SMALL)


@pytest.mark.long
@pytest.mark.timeout(900)
def test_500_stories_of_200_feeds_arrive_everywhere_once_and_in_order(house: House) -> None:
    _every_story_arrives(house, FULL)


def _every_story_arrives(house: House, size: Size) -> None:
    wire = Wire(house, size, random.Random(20230913))
    running = house.run()
    wire.settle_in()

    wire.publish(size.stories)
    until(lambda: wire.posted == size.stories, "every post", seconds=size.patience_seconds)
    wire.until_everything_is_settled()

    assert house.ask("status")["deliveries"] == {"sent": 2 * size.stories}
    wire.assert_each_channel_got_each_story_once()
    queues = wire.queues()
    for channel in wire.chats:
        wire.assert_in_order(channel, wire.posts(channel), queues)
    wire.assert_in_order(WEBHOOK, wire.assert_the_webhook_got_each_story(), queues)
    assert wire.receiver.counts()["repeats"] == 0
    assert wire.telegram.control("violations") == []
    assert running.end() == 0
