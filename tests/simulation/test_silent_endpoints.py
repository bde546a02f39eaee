"""A thousand endpoints that accept and never answer make ten healthy ones wait for seconds at most.

When they answer again what waited goes out, no faster than each bears. Smaller houses show the same
of endpoints that were well until they fell silent together, and of a healthy one that errs once.
"""

import asyncio

import pytest

from tests.simulation.endpoints import ERRORS, Endpoint
from tests.simulation.stage import Stage, most_in
from tests.world.disk import Disk
from tests.world.fates import Fate

SILENT, HEALTHY, FULL = 1_000, 10, 3
SLOTS = 100  # [webhooks] in_flight
RATE = 5  # a second, of those with a full lane
BACKLOG = 60
DEAD = {Fate.SILENCE_BEFORE: 0.5, Fate.SILENCE_AFTER: 0.5}
STORIES = 15  # of the healthy, one each 10 s, while all the other slots are taken
AFTERWARDS = 1_200.0
_DELAYS = """
    SELECT d.created_at, d.sent_at FROM deliveries d JOIN destinations p ON p.id = d.destination
    WHERE p.name LIKE 'healthy-%'
"""


def a_house(disk: Disk) -> Stage:
    stage = Stage(disk, with_bot=False)
    stage.feed("live", stories=1, every="10s")
    stage.feed("quiet", stories=0, every="10s")
    stage.feed("flood", stories=0, every="10s")
    for number in range(HEALTHY):
        stage.hook(f"healthy-{number}", "live")
    for number in range(SILENT):
        full = ("flood",) if number < FULL else ()
        options = {"max_per_second": RATE} if full else {}
        stage.hook(f"silent-{number}", "quiet", *full, **options)
    return stage


def endpoints(stage: Stage, kind: str) -> list[Endpoint]:
    return [e for name, e in stage.outside.endpoints.items() if name.startswith(f"{kind}-")]


def at_once(served: list[Endpoint]) -> int:
    """Count the most requests that were under way at one time."""
    steps = [(r.at, 1) for e in served for r in e.requests]
    steps += [(r.ended_at, -1) for e in served for r in e.requests if r.ended_at is not None]
    most = now = 0
    for _, step in sorted(steps):
        now += step
        most = max(most, now)
    return most


@pytest.mark.timeout(600)  # 15 s of work; machines that run the tests may have others
def test_a_thousand_silent_endpoints_leave_ten_healthy_ones_their_seconds(disk: Disk) -> None:
    async def scene(stage: Stage) -> None:
        silent, healthy = endpoints(stage, "silent"), endpoints(stage, "healthy")
        for endpoint in silent:
            endpoint.odds.outage = DEAD
        async with stage.machine.running():
            await asyncio.sleep(20)
            await live_beside_the_silent(stage)

        delays = sorted((sent - made) / 1_000 for made, sent in stage.disk.look(_DELAYS))
        assert len(delays) == HEALTHY * (1 + STORIES)
        assert delays[int(len(delays) * 0.95)] < 5
        assert at_once(silent) == SLOTS / 2
        assert at_once([*silent, *healthy]) <= SLOTS

        for endpoint in silent:
            endpoint.odds.heal()
        stage.machine.stretch = 15.0
        async with stage.machine.running():
            await asyncio.sleep(AFTERWARDS)

        assert {row.state for row in stage.books().deliveries} == {"sent"}
        for endpoint in silent[:FULL]:
            assert len({r.webhook_id for r in endpoint.arrivals()}) == BACKLOG + 1
            assert 1 < most_in(1, [r.at for r in endpoint.requests]) <= RATE

    a_house(disk).play(scene)


FEW = 10  # slots, for a tenth of the endpoints


def a_small_house(disk: Disk, *, silent: int, stories: int) -> Stage:
    """As many silent endpoints to a slot, and two healthy ones."""
    stage = Stage(disk, with_bot=False)
    stage.slots(FEW)
    stage.feed("live", stories=1, every="10s")
    stage.feed("quiet", stories=stories, every="10s")
    for number in range(silent):
        stage.hook(f"silent-{number}", "quiet")
    for number in range(2):
        stage.hook(f"healthy-{number}", "live")
    return stage


async def live_on(stage: Stage, rounds: int) -> None:
    """Let the healthy have a story each 10 s."""
    for _ in range(rounds):
        stage.outside.publishers["live"].publish(asyncio.get_running_loop().time())
        await asyncio.sleep(10)


def delays_of(stage: Stage) -> list[float]:
    return sorted((sent - made) / 1_000 for made, sent in stage.disk.look(_DELAYS) if sent)


def test_endpoints_that_fall_silent_together_leave_the_others_their_seconds(disk: Disk) -> None:
    async def scene(stage: Stage) -> None:
        async with stage.machine.running():
            await asyncio.sleep(60)
            for endpoint in endpoints(stage, "silent"):
                endpoint.odds.outage = DEAD
            stage.outside.publishers["quiet"].publish(60)
            await asyncio.sleep(12)
            await live_on(stage, 10)

        delays = delays_of(stage)
        assert len(delays) == 2 * 11
        assert delays[int(len(delays) * 0.95)] < 5

    a_small_house(disk, silent=50, stories=1).play(scene)


def test_a_healthy_endpoint_that_errs_once_among_silent_ones_waits_for_its_next_try_alone(
    disk: Disk,
) -> None:
    async def scene(stage: Stage) -> None:
        healthy = endpoints(stage, "healthy")
        for endpoint in endpoints(stage, "silent"):
            endpoint.odds.outage = DEAD
        async with stage.machine.running():
            await asyncio.sleep(20)
            stage.outside.publishers["quiet"].publish(20)
            await asyncio.sleep(20)
            for endpoint in healthy:
                endpoint.odds.outage = {Fate.ERROR_BEFORE: 1.0}
            stage.outside.publishers["live"].publish(40)
            while not any(r.status in ERRORS for r in healthy[0].requests):  # noqa: ASYNC110
                await asyncio.sleep(1)
            for endpoint in healthy:
                endpoint.odds.heal()
            await live_on(stage, 8)

        delays = delays_of(stage)
        assert len(delays) == 2 * 10
        assert delays[-1] < 15

    a_small_house(disk, silent=60, stories=0).play(scene)


async def live_beside_the_silent(stage: Stage) -> None:
    """Let the silent have stories, and the healthy one each 10 s."""
    publishers = stage.outside.publishers
    publishers["quiet"].publish(20)
    for number in range(STORIES):
        at = 20 + 10 * number
        publishers["live"].publish(at)
        for _ in range(BACKLOG // STORIES):
            publishers["flood"].publish(at)
        await asyncio.sleep(10)
    await asyncio.sleep(20)
