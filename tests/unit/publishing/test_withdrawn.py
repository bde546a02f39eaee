"""A turn that was taken is given up if what it allowed was shut while its intent was written."""

import asyncio
import logging
import random
from collections.abc import Callable, Coroutine, Iterator
from datetime import timedelta
from pathlib import Path

import async_solipsism
import pytest
import structlog

from bot.pacer import Pacer
from bot.passage import TOOK_FIRST, Passage, in_flight_max
from bot.publish import PublishBeat, PublishLimits
from bot.turn import PACE_CLOSED, WAY_SHUT
from feeds.model import DeliveryState
from feeds.store import Store
from feeds.store.rows import DeliveryRow
from tests.builders import NOON
from tests.store.situations import a_filled_lane, rows, states
from tests.world.adapter import MoodyStore, ScriptedAdapter
from tests.world.clock import SimClock
from tests.world.store import fresh_store

STALL = 14.0  # seconds in which the store answers nothing
SCOPE = "webhook:1"
Play = Callable[[Store, PublishBeat, ScriptedAdapter, Passage, Pacer], Coroutine[None, None, None]]


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    yield
    structlog.reset_defaults()


def simulate(folder: Path, play: Play) -> None:
    """Play with one lane of two stories, whose first intent the store is slow to write."""

    async def whole() -> None:
        store = await fresh_store(folder, inline=True)
        moody = MoodyStore(store)
        moody.slow["write_sends"] = STALL
        adapter, passage, clock = ScriptedAdapter(repeatable=False), Passage(), SimClock(NOON)
        passage.proven(0.0)
        pacer = Pacer(clock)
        beat = PublishBeat(
            store=moody,  # type: ignore[arg-type]
            adapters={"webhook": adapter},
            pacer=pacer,
            clock=clock,
            dice=random.Random(1),
            reached=lambda _name: None,
            owner="test",
            limits=PublishLimits(lanes={"webhook": 5}),
            passages={"webhook": passage},
        )
        _, place = await a_filled_lane(store, stories=2)
        assert SCOPE in [scope.name for scope in adapter.scopes(place)]
        try:
            await play(store, beat, adapter, passage, pacer)
        finally:
            await store.close()

    with asyncio.Runner(loop_factory=async_solipsism.EventLoop) as runner:
        runner.run(whole())


async def in_order(store: Store) -> list[DeliveryRow]:
    found = await rows(store)
    return [found[seq] for seq in sorted(found)]


def test_nothing_leaves_once_a_doubt_has_shut_the_way_though_its_intent_is_written(
    tmp_path: Path,
) -> None:
    async def play(
        store: Store, beat: PublishBeat, adapter: ScriptedAdapter, passage: Passage, _: Pacer
    ) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(beat.round())
            await asyncio.sleep(STALL / 2)
            passage.doubt("no answer in time")
        assert not adapter.began
        first, second = await in_order(store)
        assert (first.state, first.reason, first.attempts) == (DeliveryState.WAITING, WAY_SHUT, 0)
        assert second.state is DeliveryState.WAITING

        passage.proven(asyncio.get_running_loop().time())
        await beat.round()

        assert list(adapter.sent.values()) == [[first.id, second.id]]
        assert set(await states(store)) == {DeliveryState.SENT}
        assert await room(passage) <= in_flight_max(64, TOOK_FIRST)  # a stall is no slow answer

    simulate(tmp_path, play)


async def room(passage: Passage) -> int:
    """How many of twelve sends may begin at once where 64 lanes want to send."""
    async with asyncio.TaskGroup() as tasks:
        asked = [tasks.create_task(passage.enter(lambda: 64)) for _ in range(12)]
        await asyncio.sleep(0.01)
        begun = sum(each.done() for each in asked)
        for each in asked:
            each.cancel()
    return begun


def test_a_way_that_is_open_again_by_then_is_taken(tmp_path: Path) -> None:
    async def play(
        store: Store, beat: PublishBeat, adapter: ScriptedAdapter, passage: Passage, _: Pacer
    ) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(beat.round())
            await asyncio.sleep(1)
            passage.doubt("no answer in time")
            await asyncio.sleep(1)
            passage.proven(asyncio.get_running_loop().time())

        assert set(await states(store)) == {DeliveryState.SENT}
        assert len(adapter.began) == len(await states(store))

    simulate(tmp_path, play)


def test_nothing_leaves_into_a_scope_that_a_429_closed_meanwhile_before_its_end(
    tmp_path: Path,
) -> None:
    async def play(
        store: Store, beat: PublishBeat, adapter: ScriptedAdapter, _: Passage, pacer: Pacer
    ) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(beat.round())
            await asyncio.sleep(STALL / 2)
            pacer.freeze(SCOPE, NOON + timedelta(seconds=60), "429")
        first, _ = await in_order(store)
        assert (first.state, first.reason) == (DeliveryState.WAITING, PACE_CLOSED)

        await asyncio.sleep(60)
        await beat.round()

        assert min(at for at, _ in adapter.began) >= 60
        assert set(await states(store)) == {DeliveryState.SENT}

    simulate(tmp_path, play)
