"""The doubts beat: nobody is waited for longer than a moment, and nobody stands in the way."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from pathlib import Path

import async_solipsism
import pytest
import structlog

from bot.adapter import Seeker
from bot.doubts import DOUBTS_MAX, LOOK_MAX, DoubtBeat, DoubtReport
from bot.passage import Passage
from feeds.model import (
    HOLD_MAX,
    DeliveryState,
    Doubt,
    Evidence,
    Finding,
    InDoubtPolicy,
    Verdict,
)
from feeds.store import Store
from tests.builders import NOON
from tests.store.situations import MINUTE, SECOND, a_filled_lane, claim, claim_one, send, states
from tests.world.clock import SimClock
from tests.world.store import fresh_store


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    yield
    structlog.reset_defaults()


def simulate(folder: Path, play: Callable[[Store], Coroutine[None, None, None]]) -> None:
    async def whole() -> None:
        store = await fresh_store(folder, inline=True)
        try:
            await play(store)
        finally:
            await store.close()

    with asyncio.Runner(loop_factory=async_solipsism.EventLoop) as runner:
        runner.run(whole())


def a_beat(
    store: Store,
    seekers: Mapping[str, Sequence[Seeker]],
    passages: Mapping[str, Passage],
    *,
    clock: SimClock | None = None,
) -> DoubtBeat:
    return DoubtBeat(
        store=store,
        clock=clock or SimClock(NOON + MINUTE),
        seekers=seekers,
        passages=passages,
        policy=InDoubtPolicy.HOLD,
    )


class DeafSeeker:
    """Never comes back from its look."""

    way = "deaf"

    async def look(self, doubt: Doubt, *, thorough: bool = True) -> Evidence | None:
        await asyncio.Event().wait()
        raise AssertionError(doubt, thorough)


def test_a_look_that_takes_too_long_has_told_nothing_and_the_policy_decides(
    tmp_path: Path,
) -> None:
    async def play(store: Store) -> None:
        await a_filled_lane(store, 1, kind="telegram", address="-1001")
        lane = await claim_one(store)
        await send(store, lane, DeliveryState.IN_DOUBT)
        begun_at = asyncio.get_running_loop().time()

        report = await a_beat(store, {"telegram": [DeafSeeker()]}, {}).round()

        assert asyncio.get_running_loop().time() - begun_at == LOOK_MAX.total_seconds()
        assert report == DoubtReport(looked=1)
        told = await store.delivery_story(lane.parcels[0].delivery.id)
        assert told is not None
        assert [(look.way, look.detail) for look in told.evidence] == [
            ("deaf", "no answer within 20 s")
        ]

    simulate(tmp_path, play)


class PainsSeeker:
    """Finds nothing, and remembers whether it was asked to tell of absence."""

    way = "pains"

    def __init__(self) -> None:
        self.taken: list[bool] = []

    async def look(self, doubt: Doubt, *, thorough: bool = True) -> Evidence | None:
        self.taken.append(thorough)
        return Evidence(way=self.way, finding=Finding.UNKNOWN, at=doubt.since)


@pytest.mark.parametrize(("waited", "thorough"), [(1, False), (39, False), (41, True)])
def test_no_clock_set_forward_makes_a_look_tell_of_absence(
    waited: int, tmp_path: Path, *, thorough: bool
) -> None:
    async def play(store: Store) -> None:
        clock, seeker = SimClock(NOON), PainsSeeker()
        beat = a_beat(store, {"telegram": [seeker]}, {}, clock=clock)
        await beat.round()
        await a_filled_lane(store, 1, kind="telegram", address="-1001")
        await send(store, await claim_one(store), DeliveryState.IN_DOUBT)

        clock.jump(5 * MINUTE)
        await beat.round()
        await asyncio.sleep(waited)
        (doubt,) = await store.doubts_due(now=NOON + 30 * MINUTE, limit=9)
        again = Verdict(delivery=doubt.parcel.delivery.id, look_at=NOON, look_until=NOON + HOLD_MAX)
        await store.conclude_doubts([again], now=NOON)
        await beat.round()

        assert seeker.taken == [False, thorough]

    simulate(tmp_path, play)


def test_doubts_of_a_service_that_is_away_keep_no_others_from_being_decided(
    tmp_path: Path,
) -> None:
    async def play(store: Store) -> None:
        for number in range(DOUBTS_MAX):
            await a_filled_lane(
                store, 1, name=f"t{number}", kind="telegram", address=f"-10{number}"
            )
        await a_filled_lane(store, 1, name="slack", kind="slack")
        for lane in await claim(store, kinds=("telegram", "slack"), limit=DOUBTS_MAX + 1):
            late = SECOND if lane.destination.kind == "slack" else 0 * SECOND
            await send(store, lane, DeliveryState.IN_DOUBT, now=NOON + late)

        report = await a_beat(store, {}, {"telegram": Passage()}).round()

        assert report == DoubtReport(looked=1)
        (left,) = {d.destination.kind for d in await store.doubts_due(now=NOON, limit=100)}
        assert left == "telegram"
        assert set(await states(store)) == {DeliveryState.IN_DOUBT}

    simulate(tmp_path, play)
