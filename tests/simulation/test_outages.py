"""An hour in which Telegram answers nothing readable: at most one doubt, and nothing lost."""

import asyncio
from collections.abc import Mapping

import pytest

from bot.passage import TOOK_FIRST, in_flight_max
from tests.simulation.stage import CHAT, Stage, headlines, most_in
from tests.world.disk import Disk
from tests.world.fates import PAGES, REFUSALS, SILENCE, Fate

HOUR = 3_600.0
MANY = 64  # channels
CHANNELS, BEFORE, DURING = 3, 2, 20
DOUBTS = {"502 pages": 1, "timeouts": 1, "refusals": 0}
OUTAGES = {"502 pages": PAGES, "timeouts": SILENCE, "refusals": REFUSALS}


def a_house(disk: Disk, *, in_doubt: str = "hold", seed: int = 1) -> Stage:
    """Set up three channels; bells ring each 15 s, for the hours are long."""
    stage = Stage(disk, seed=seed, stretch=15.0)
    for number in range(CHANNELS):
        stage.channel(number, stories=BEFORE, in_doubt=in_doubt)
    return stage


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("outage", OUTAGES)
def test_an_hour_of_outage_makes_at_most_one_doubt_and_all_stories_are_out_afterwards(
    outage: str, seed: int, disk: Disk
) -> None:
    async def scene(stage: Stage) -> None:
        async with stage.machine.running():
            await asyncio.sleep(90)
            await through(stage, OUTAGES[outage])
            assert doubts(stage) <= DOUBTS[outage]
            await asyncio.sleep(600)

        assert doubts(stage) <= DOUBTS[outage]
        assert {row.state for row in stage.books().deliveries} == {"sent"}
        for number in range(CHANNELS):
            publisher = stage.outside.publishers[f"feed-{number}"]
            told = [call.headline for call in stage.posts(number)]
            assert sorted(told) == sorted(headlines(publisher))
            assert in_order_but_for_one(told, headlines(publisher))
            times = [c.at for c in stage.outside.telegram.ledger.sends(CHAT - number)]
            assert most_in(60, times) <= 18

    a_house(disk, in_doubt="resend_if_absent", seed=seed).play(scene)


def test_what_was_held_up_by_an_outage_goes_out_soon_after_it(disk: Disk) -> None:
    async def scene(stage: Stage) -> None:
        async with stage.machine.running():
            await asyncio.sleep(90)
            await through(stage, REFUSALS)
            over = asyncio.get_running_loop().time()
            await asyncio.sleep(150)

        firsts = [stage.posts(number)[BEFORE].at - over for number in range(CHANNELS)]
        assert max(firsts) <= 80  # one pause between two proofs, and a bell
        assert [len(stage.posts(number)) for number in range(CHANNELS)] == [BEFORE + DURING] * 3

    a_house(disk).play(scene)


@pytest.mark.parametrize("outage", ["502 pages", "timeouts"])
def test_an_outage_amid_many_channels_makes_no_more_doubts_than_were_under_way(
    outage: str, disk: Disk
) -> None:
    async def scene(stage: Stage) -> None:
        async with stage.machine.running():
            await asyncio.sleep(120)
            stage.outside.telegram.odds.outage = OUTAGES[outage]
            for publisher in stage.outside.publishers.values():
                publisher.publish(120)
            await asyncio.sleep(300)

        assert 1 <= doubts(stage) <= in_flight_max(MANY, TOOK_FIRST)

    stage = Stage(disk, stretch=5.0)
    for number in range(MANY):
        stage.channel(number, stories=1)
    stage.play(scene)


async def through(stage: Stage, outage: Mapping[Fate, float]) -> None:
    """Live through an hour of it, in which stories go on being written."""
    telegram = stage.outside.telegram
    telegram.odds.outage = outage
    for _ in range(DURING):
        for publisher in stage.outside.publishers.values():
            publisher.publish(asyncio.get_running_loop().time())
        await asyncio.sleep(HOUR / DURING)
    telegram.odds.outage = None


def doubts(stage: Stage) -> int:
    """Count the sends whose answer was not heard, whatever became of them."""
    return sum(
        attempt.outcome == "in_doubt"
        for delivery in stage.books().deliveries
        for attempt in delivery.attempts
    )


def in_order_but_for_one(told: list[str], wanted: list[str]) -> bool:
    """Tell whether they stand in order once the one that was in doubt is taken out."""
    return any(
        [each for each in told if each != doubtful] == [each for each in wanted if each != doubtful]
        for doubtful in wanted
    )
