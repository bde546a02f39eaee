"""Days of an endpoint: down for three of them, gone for good, and a letter dead for a week."""

import asyncio
import random
from datetime import timedelta

from tests.simulation.endpoints import Endpoint, Request
from tests.simulation.stage import Stage, headlines
from tests.world.disk import Disk
from tests.world.fates import Fate

HOUR, DAY = 3_600.0, 86_400.0
AWAKE = 240.0
HOUR_SPAN = timedelta(hours=1)
DOWN = {
    Fate.REFUSED: 0.3,
    Fate.SILENCE_BEFORE: 0.2,
    Fate.SILENCE_AFTER: 0.2,
    Fate.ERROR_BEFORE: 0.2,
    Fate.PAGE_AFTER: 0.1,
}


def a_house(disk: Disk, *names: str) -> Stage:
    """Set up endpoints of one feed."""
    stage = Stage(disk, stretch=30.0, with_bot=False)
    stage.feed("news", stories=1, every="1h")
    for name in names:
        stage.hook(name, "news")
    return stage


async def write(stage: Stage, stories: int) -> None:
    """Let a story appear each hour."""
    for _ in range(stories):
        stage.outside.publishers["news"].publish(asyncio.get_running_loop().time())
        await live(stage, HOUR)


async def live(stage: Stage, seconds: float) -> None:
    """Let hours pass, of each of which the machine sleeps all but some minutes."""
    for _ in range(round(seconds / HOUR)):
        stage.machine.suspend(HOUR - AWAKE)
        await asyncio.sleep(AWAKE)


def ids_of(requests: list[Request]) -> dict[str, set[str]]:
    """List the ids under which each story was sent."""
    found: dict[str, set[str]] = {}
    for request in requests:
        found.setdefault(request.title, set()).add(request.webhook_id)
    return found


def stories_in(endpoint: Endpoint) -> list[str]:
    """List what arrived, each once, in the order in which it first did."""
    return list(dict.fromkeys(request.title for request in endpoint.arrivals()))


def test_an_endpoint_down_for_three_days_gets_everything_in_order_and_nothing_under_two_ids(
    disk: Disk,
) -> None:
    async def scene(stage: Stage) -> None:
        endpoint = stage.outside.endpoints["partner"]
        async with stage.machine.running():
            await write(stage, 1)
            endpoint.odds.outage = DOWN
            before = len(endpoint.requests)
            await write(stage, 72)
            tried = endpoint.requests[before:]
            endpoint.odds.heal()
            await live(stage, 1.3 * DAY)

        assert len({request.title for request in tried}) == 1  # those behind were not tried
        assert len(tried) <= 10
        assert stories_in(endpoint) == headlines(stage.outside.publishers["news"])
        assert all(len(ids) == 1 for ids in ids_of(endpoint.requests).values())
        assert {row.state for row in stage.books().deliveries} == {"sent"}

    a_house(disk, "partner").play(scene)


def test_an_endpoint_that_is_gone_gets_nothing_more_beside_one_that_goes_on(disk: Disk) -> None:
    async def scene(stage: Stage) -> None:
        gone, other = (stage.outside.endpoints[name] for name in ("gone", "other"))
        async with stage.machine.running():
            await write(stage, 1)
            gone.odds.outage = {Fate.GONE: 1.0}
            await write(stage, 24)

        assert [request.status for request in gone.requests].count(410) == 1
        assert gone.requests[-1].status == 410
        assert stage.books().places["gone"][0] == "parked"
        assert stories_in(other) == headlines(stage.outside.publishers["news"])

    a_house(disk, "gone", "other").play(scene)


def test_an_endpoint_down_for_five_days_is_disabled_and_resumed_gets_what_waited(
    disk: Disk,
) -> None:
    async def scene(stage: Stage) -> None:
        endpoint = stage.outside.endpoints["partner"]
        store = stage.disk.store(random.Random(1))
        async with stage.machine.running():
            await write(stage, 1)
            endpoint.odds.outage, before = DOWN, len(endpoint.requests)
            await write(stage, 5)
            began = endpoint.requests[before].at
            await live(stage, 5.1 * DAY)
        state, _ = stage.books().places["partner"]
        last = endpoint.requests[-1].at
        endpoint.odds.heal()
        place = await store.destination_by("partner")
        assert place is not None
        await store.resume_destination(place.id, now=stage.clock.now())
        dead = [row for row in stage.books().deliveries if row.state == "failed"]
        await store.decide([row.id for row in dead], deed="retry", now=stage.clock.now())
        async with stage.machine.running():
            await live(stage, HOUR)

        assert state == "parked"
        assert 119 * HOUR < last - began < 122 * HOUR
        assert len(dead) == 1  # what stood at the head for three days
        assert sorted(stories_in(endpoint)) == sorted(headlines(stage.outside.publishers["news"]))
        assert all(len(ids) == 1 for ids in ids_of(endpoint.requests).values())

    a_house(disk, "partner").play(scene)


def test_a_dead_letter_sent_anew_after_a_week_arrives_with_the_same_id_and_bytes(
    disk: Disk,
) -> None:
    async def scene(stage: Stage) -> None:
        endpoint = stage.outside.endpoints["partner"]
        store = stage.disk.store(random.Random(1))
        async with stage.machine.running():
            await write(stage, 1)
            endpoint.odds.outage = {Fate.TOO_LARGE: 1.0}
            await write(stage, 3)
            endpoint.odds.heal()
        refused = [request for request in endpoint.requests if request.status == 413]
        week_ago = stage.clock.now()
        async with stage.machine.running():
            for _ in range(7):
                stage.machine.suspend(DAY - AWAKE)
                await asyncio.sleep(AWAKE)

        dead = [row for row in stage.books().deliveries if row.state == "failed"]
        by_id = await store.decide([dead[0].id], deed="retry", now=stage.clock.now())
        since = await store.retry_since(week_ago, now=stage.clock.now())
        rest = await store.retry_since(week_ago - 4 * HOUR_SPAN, now=stage.clock.now())
        async with stage.machine.running():
            await live(stage, HOUR)

        assert (len(dead), len(by_id.changed), since, rest) == (3, 1, 0, 2)
        again = endpoint.requests[-3:]
        assert [(r.webhook_id, r.body, r.genuine) for r in again] == [
            (r.webhook_id, r.body, True) for r in refused
        ]
        assert stories_in(endpoint)[-3:] == [row.title for row in dead]
        assert {row.state for row in stage.books().deliveries} == {"sent"}

    a_house(disk, "partner").play(scene)
