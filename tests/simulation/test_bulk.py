"""Many at once: as fast as the limits allow, and not one post faster."""

import asyncio
from datetime import timedelta

from bot.pace import free_at, take, telegram_chat_limit
from feeds.model import Pace
from tests.simulation.stage import CHAT, Stage, headlines, most_in
from tests.world.clock import EPOCH
from tests.world.disk import Disk

CHANNELS, EACH, FEWER = 10, 50, 36


def the_limits_own_time(posts: int) -> timedelta:
    """Tell how long a chat's limit alone makes so many posts take."""
    limit, pace, now = telegram_chat_limit(18), Pace(scope="chat"), EPOCH
    for _ in range(posts):
        now = free_at(pace, limit, now)
        pace = take(pace, limit, now)
    return now - EPOCH


def test_500_posts_for_ten_channels_at_once_take_no_longer_than_the_limits_do(disk: Disk) -> None:
    async def scene(stage: Stage) -> None:
        allowed = the_limits_own_time(EACH).total_seconds() * 1.1
        async with stage.machine.running():
            await asyncio.sleep(5 + allowed)

        chats = [stage.posts(number) for number in range(CHANNELS)]
        began = min(posts[0].at for posts in chats)
        assert [len(posts) for posts in chats] == [EACH] * CHANNELS
        assert max(posts[-1].at for posts in chats) - began <= allowed
        for number, posts in enumerate(chats):
            publisher = stage.outside.publishers[f"feed-{number}"]
            assert [call.headline for call in posts] == headlines(publisher)
            times = [c.at for c in stage.outside.telegram.ledger.sends(CHAT - number)]
            assert most_in(60, times) == 18
        assert {row.state for row in stage.books().deliveries} == {"sent"}

    stage = Stage(disk)
    for number in range(CHANNELS):
        stage.channel(number, stories=EACH)
    stage.play(scene)


def test_a_bot_api_that_takes_four_times_as_long_slows_ten_channels_down_not_at_all(
    disk: Disk,
) -> None:
    async def scene(stage: Stage) -> None:
        stage.outside.telegram.takes = 0.35
        async with stage.machine.running():
            await asyncio.sleep(240)

        chats = [stage.posts(number) for number in range(CHANNELS)]
        assert [len(posts) for posts in chats] == [FEWER] * CHANNELS
        began = min(posts[0].at for posts in chats)
        allowed = the_limits_own_time(FEWER).total_seconds() * 1.1
        assert max(posts[-1].at for posts in chats) - began <= allowed

    stage = Stage(disk)
    for number in range(CHANNELS):
        stage.channel(number, stories=FEWER)
    stage.play(scene)
