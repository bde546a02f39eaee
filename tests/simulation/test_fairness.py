"""Nobody waits because of another: a long queue, a chat that says “wait”, a restart."""

import asyncio
import json

from bot.app.build import TELEGRAM_LANES
from tests.simulation.plan import OWNER
from tests.simulation.stage import CHAT, Stage, headlines, most_in
from tests.world.disk import Disk
from tests.world.fates import REFUSALS

LONG, SHORT = 0, range(1, 10)


async def until_polled(stage: Stage, deliveries: int = 509) -> float:
    """Wait until every story is in the outbox; gives when."""
    counted = "SELECT count(*) FROM deliveries"
    while stage.disk.look(counted)[0][0] < deliveries:  # noqa: ASYNC110  # the store has no events
        await asyncio.sleep(0.1)
    return asyncio.get_running_loop().time()


def a_crowded_house(disk: Disk) -> Stage:
    """One channel with 500 stories waiting beside nine with one each."""
    stage = Stage(disk)
    stage.channel(LONG, stories=500)
    for number in SHORT:
        stage.channel(number, stories=1)
    return stage


def test_nine_channels_with_one_story_are_served_within_10_s_beside_one_with_500(
    disk: Disk,
) -> None:
    async def scene(stage: Stage) -> None:
        async with stage.machine.running():
            since = await until_polled(stage)
            await asyncio.sleep(10)
            assert [len(stage.posts(number)) for number in SHORT] == [1] * 9
            assert all(stage.posts(number)[0].at - since <= 10 for number in SHORT)
            await asyncio.sleep(300)

        times = [call.at for call in stage.outside.telegram.ledger.sends(CHAT)]
        assert most_in(60, times) == 18
        assert stage.outside.telegram.backend.limits.violations == []
        assert len(stage.posts(LONG)) > 80
        told = [call.headline for call in stage.posts(LONG)]
        publisher = stage.outside.publishers["feed-0"]
        assert told == headlines(publisher)[: len(told)]

    a_crowded_house(disk).play(scene)


def test_a_429_of_300_s_is_obeyed_across_a_restart_while_the_others_go_on(disk: Disk) -> None:
    async def scene(stage: Stage) -> None:
        telegram = stage.outside.telegram
        async with stage.machine.running(kindly=False):
            await until_polled(stage)
            await asyncio.sleep(70)
            telegram.flood(CHAT, 300)
            await asyncio.sleep(70)
        refused = [call for call in telegram.ledger.sends(CHAT) if call.wait is not None]
        assert len(refused) == 1
        opens_at = (refused[0].arrived_at or 0) + (refused[0].wait or 0)

        async with stage.machine.running():
            for number in SHORT:
                stage.outside.publishers[f"feed-{number}"].publish(200)
            await asyncio.sleep(opens_at + 100 - asyncio.get_running_loop().time())

        assert [len(stage.posts(number)) for number in SHORT] == [2] * 9
        others = [stage.posts(number)[1].at for number in SHORT]
        assert max(others) < opens_at - 60
        later = [c.at for c in telegram.ledger.sends(CHAT) if c.at > (refused[0].heard_at or 0)]
        assert later
        assert min(later) >= opens_at

    a_crowded_house(disk).play(scene)


def test_more_busy_channels_than_there_are_slots_keep_no_first_story_waiting(disk: Disk) -> None:
    busy, short = range(TELEGRAM_LANES + 3), range(TELEGRAM_LANES + 3, TELEGRAM_LANES + 8)

    async def scene(stage: Stage) -> None:
        async with stage.machine.running():
            await until_polled(stage, len(busy) + len(short))
            await asyncio.sleep(15)  # all are known to Telegram by then
            stage.outside.telegram.odds.outage = REFUSALS
            for number in busy:
                for _ in range(8):
                    stage.outside.publishers[f"feed-{number}"].publish(20)
            for number in short:
                stage.outside.publishers[f"feed-{number}"].publish(20)
            await until_polled(stage, 9 * len(busy) + 2 * len(short))
            stage.outside.telegram.odds.outage = None
            await asyncio.sleep(120)

        begun = min(stage.posts(number)[1].at for number in (*busy, *short))
        assert max(stage.posts(number)[1].at for number in short) - begun <= 8
        assert max(stage.posts(number)[-1].at for number in busy) - begun > 20
        assert {len(stage.posts(number)) for number in busy} == {9}

    stage = Stage(disk)
    for number in (*busy, *short):
        stage.channel(number, stories=1)
    stage.play(scene)


def test_a_death_forgets_but_a_second_of_what_answers_used_up_of_their_pace(disk: Disk) -> None:
    async def scene(stage: Stage) -> None:
        async with stage.machine.running(kindly=False):
            await asyncio.sleep(20.5)
            for _ in range(5):
                stage.outside.telegram.control.say(OWNER, "/help")
            await asyncio.sleep(8)

        answered = [c for c in stage.outside.telegram.ledger.sends(OWNER) if c.at > 20]
        kept = dict(stage.disk.look("SELECT scope, recent FROM paces"))
        assert len(answered) == 5
        assert len(json.loads(kept.get(f"telegram:chat:{OWNER}", "[]"))) >= 5

    stage = Stage(disk)
    stage.channel(0, stories=1)
    stage.play(scene)
