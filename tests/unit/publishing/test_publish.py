import asyncio
import logging
import random
from collections.abc import Callable, Coroutine, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import async_solipsism
import pytest
import structlog

from bot.adapter import Gone, InDoubt, Outcome, Rejected, RetryLater, Sent
from bot.pace import Window, endpoint_limit
from bot.pacer import Pacer
from bot.publish import PublishBeat, PublishLimits
from feeds.errors import StoreUnavailable, StoreUnusable
from feeds.model import DeliveryState, Destination, Parcel
from feeds.store import Store
from tests.builders import NOON
from tests.store.situations import a_filled_lane, rows, states
from tests.world.adapter import MoodyStore, ScriptedAdapter
from tests.world.clock import SimClock
from tests.world.store import fresh_store

FULL = StoreUnavailable("The disk is full.")


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    yield
    structlog.reset_defaults()


def simulate(folder: Path, play: Callable[[Store, MoodyStore], Coroutine[Any, Any, None]]) -> None:
    """Run a play on virtual time with a real store; waits of minutes take no time."""

    async def whole() -> None:
        store = await fresh_store(folder, inline=True)
        try:
            await play(store, MoodyStore(store))
        finally:
            await store.close()

    with asyncio.Runner(loop_factory=async_solipsism.EventLoop) as runner:
        runner.run(whole())


def a_beat(store: Any, adapter: ScriptedAdapter, *, lanes: int = 10) -> PublishBeat:
    return PublishBeat(
        store=store,
        adapters={"webhook": adapter},
        pacer=Pacer(SimClock(NOON)),
        clock=SimClock(NOON),
        dice=random.Random(1),
        reached=lambda _name: None,
        owner="test",
        limits=PublishLimits(lanes={"webhook": lanes}),
    )


def test_a_lane_is_emptied_in_order(tmp_path: Path) -> None:
    async def play(store: Store, moody: MoodyStore) -> None:
        await a_filled_lane(store, stories=30)
        adapter = ScriptedAdapter()

        tally = await a_beat(moody, adapter).round()

        (sent,) = adapter.sent.values()
        assert sent == sorted(sent)
        assert (tally.sent, len(sent)) == (30, 30)

    simulate(tmp_path, play)


def test_a_lane_that_waits_makes_no_other_wait(tmp_path: Path) -> None:
    async def play(store: Store, moody: MoodyStore) -> None:
        slow, _ = await a_filled_lane(store, name="slow", stories=5)
        quick, _ = await a_filled_lane(store, name="quick", stories=5)
        adapter = ScriptedAdapter()
        adapter.script = [RetryLater(reason="429", after=timedelta(hours=1), counts=False)]

        await a_beat(moody, adapter).round()

        assert sorted(len(sent) for sent in adapter.sent.values()) == [5]
        waiting = {
            row.destination for row in (await rows(store, state=DeliveryState.WAITING)).values()
        }
        assert len(waiting) == 1
        assert slow != quick

    simulate(tmp_path, play)


def test_crowded_lanes_take_turns(tmp_path: Path) -> None:
    async def play(store: Store, moody: MoodyStore) -> None:
        await a_filled_lane(store, name="long", stories=100)
        await a_filled_lane(store, name="short", stories=1)
        adapter = ScriptedAdapter()

        await a_beat(moody, adapter, lanes=1).round()

        order = [place for _, place in adapter.began]
        short = next(place for place, sent in adapter.sent.items() if len(sent) == 1)
        assert order.index(short) <= 20

    simulate(tmp_path, play)


class Listening(ScriptedAdapter):
    """Notes the secret that each send would be signed with."""

    def __init__(self, *, latency: float) -> None:
        super().__init__(latency=latency)
        self.secrets: list[tuple[float, str | None]] = []

    async def send(self, destination: Destination, parcel: Parcel, body: bytes) -> Outcome:
        self.secrets.append((asyncio.get_running_loop().time(), destination.secret))
        return await super().send(destination, parcel, body)


def test_an_endpoint_with_a_long_queue_hears_within_seconds_what_was_changed(
    tmp_path: Path,
) -> None:
    async def play(store: Store, moody: MoodyStore) -> None:
        _, place = await a_filled_lane(store, stories=20)
        adapter = Listening(latency=0.5)

        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(a_beat(moody, adapter).round())
            await asyncio.sleep(3.1)
            await store.set_secret(place.id, "whsec_new", now=NOON)

        assert len(adapter.secrets) == 20
        assert "whsec_new" not in {secret for at, secret in adapter.secrets if at < 3.1}
        assert {secret for at, secret in adapter.secrets if at > 5.1} == {"whsec_new"}

    simulate(tmp_path, play)


@pytest.mark.parametrize(("latency", "rate"), [(0.01, 1), (1.5, 50)])
def test_endpoints_that_take_little_in_a_time_hold_no_slot_for_long(
    tmp_path: Path, latency: float, rate: int
) -> None:
    async def play(store: Store, moody: MoodyStore) -> None:
        for name in ("one", "other"):
            await a_filled_lane(store, name=name, stories=30)
        adapter = ScriptedAdapter(limit=endpoint_limit(rate), latency=latency)
        beat = a_beat(moody, adapter, lanes=2)

        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(beat.round())
            await asyncio.sleep(5)
            _, quick = await a_filled_lane(store, name="quick", stories=1)
            beat.ring()

        (began_at,) = [at for at, place in adapter.began if place == quick.id]
        assert began_at - 5 < 3.5

    simulate(tmp_path, play)


def test_an_outcome_that_cannot_be_written_is_kept_and_nothing_is_sent_until_it_is(
    tmp_path: Path,
) -> None:
    async def play(store: Store, moody: MoodyStore) -> None:
        await a_filled_lane(store, stories=3)
        adapter = ScriptedAdapter(repeatable=False)
        adapter.script = [lambda: _fail(moody, "write_sends", FULL)]
        beat = a_beat(moody, adapter)

        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(beat.round())
            await asyncio.sleep(10)
            await a_filled_lane(store, 1, name="another")
            beat.ring()
            await asyncio.sleep(10)
            assert beat.ledger.unwritten == 1
            assert len(adapter.began) == 1
            moody.fail.clear()

        assert {row.state for row in await store.list_deliveries()} == {DeliveryState.SENT}
        assert len(await store.list_deliveries()) == 4
        assert all(sent == sorted(set(sent)) for sent in adapter.sent.values())

    simulate(tmp_path, play)


@pytest.mark.parametrize("error", [FULL, StoreUnusable("readonly")])
def test_a_refused_claim_cuts_no_send_off_and_is_told_at_the_end(
    tmp_path: Path, error: Exception
) -> None:
    async def play(store: Store, moody: MoodyStore) -> None:
        await a_filled_lane(store, stories=1)
        adapter = ScriptedAdapter(repeatable=False, latency=3)
        beat = a_beat(moody, adapter)

        async with asyncio.TaskGroup() as tasks:
            round_ = tasks.create_task(_raised_by(beat))
            await asyncio.sleep(1)
            moody.fail["claim_lanes"] = error
            beat.ring()

        assert round_.result() is error
        assert await states(store) == [DeliveryState.SENT]

    simulate(tmp_path, play)


@pytest.mark.parametrize(
    ("outcome", "repeatable", "state"),
    [
        (InDoubt(reason="silence"), False, DeliveryState.IN_DOUBT),
        (InDoubt(reason="silence"), True, DeliveryState.WAITING),
        (Rejected(reason="413"), True, DeliveryState.FAILED),
        (Gone(reason="kicked"), False, DeliveryState.WAITING),
    ],
)
def test_each_outcome_leaves_its_delivery_in_one_visible_state(
    tmp_path: Path, outcome: Outcome, repeatable: bool, state: DeliveryState
) -> None:
    async def play(store: Store, moody: MoodyStore) -> None:
        await a_filled_lane(store, stories=1)
        adapter = ScriptedAdapter(repeatable=repeatable)
        adapter.script = [outcome]

        await a_beat(moody, adapter).round()

        assert await states(store) == [state]

    simulate(tmp_path, play)


def test_a_pace_is_kept_by_a_whole_lane(tmp_path: Path) -> None:
    async def play(store: Store, moody: MoodyStore) -> None:
        await a_filled_lane(store, stories=9)
        adapter = ScriptedAdapter(limit=(Window(count=3, span=timedelta(seconds=1)),))

        await a_beat(moody, adapter).round()

        at = [when for when, _ in adapter.began]
        assert all(b - a >= 0.999 for a, b in zip(at, at[3:], strict=False))
        assert len(at) == 9

    simulate(tmp_path, play)


def test_a_stop_begins_no_further_send(tmp_path: Path) -> None:
    async def play(store: Store, moody: MoodyStore) -> None:
        await a_filled_lane(store, stories=10)
        adapter = ScriptedAdapter(latency=1)
        beat = a_beat(moody, adapter)

        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(beat.round())
            await asyncio.sleep(2.5)
            beat.stop()

        assert len(adapter.began) == 3
        assert (await states(store)).count(DeliveryState.SENT) == 3

    simulate(tmp_path, play)


def _fail(moody: MoodyStore, name: str, error: StoreUnavailable) -> Outcome:
    moody.fail[name] = error
    return Sent(message_id="1")


async def _raised_by(beat: PublishBeat) -> BaseException | None:
    try:
        await beat.round()
    except (StoreUnavailable, StoreUnusable) as error:
        return error
    return None
