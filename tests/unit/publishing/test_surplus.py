"""The beat after an outage or a pause: what readers get of what waited, with the real retries."""

import asyncio
import io
import random
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.adapter import Adapter, RetryLater
from bot.adapters.console import ConsoleAdapter
from bot.pacer import Pacer
from bot.publish import PublishBeat, PublishLimits
from feeds.model import DeliveryState
from feeds.store import Store
from tests.builders import NOON
from tests.store.situations import a_lane_with, a_source, publish, states
from tests.unit.publishing.test_publish import simulate
from tests.world.adapter import MoodyStore, ScriptedAdapter
from tests.world.clock import SimClock

SENT, DROPPED = DeliveryState.SENT, DeliveryState.DROPPED


def a_beat(store: Any, adapter: Adapter) -> PublishBeat:
    return PublishBeat(
        store=store,
        adapters={adapter.kind: adapter},
        pacer=Pacer(SimClock(NOON)),
        clock=SimClock(NOON),
        dice=random.Random(1),
        reached=lambda _name: None,
        owner="test",
        limits=PublishLimits(lanes={adapter.kind: 4}),
    )


async def until_nothing_waits(store: Store, beat: PublishBeat, kind: str) -> None:
    while (due := await store.next_due_lane_at((kind,))) is not None:
        await asyncio.sleep(max(0.0, (due - SimClock(NOON).now()).total_seconds()))
        await beat.round()


def test_an_endpoint_that_was_out_gets_the_newest_only(tmp_path: Path) -> None:
    async def play(store: Store, moody: MoodyStore) -> None:
        await a_lane_with(store, 30, kind="webhook", backlog="newest:5")
        adapter = ScriptedAdapter()
        adapter.script = [RetryLater(reason="503") for _ in range(3)]  # 5 s, 5 min, 30 min

        await until_nothing_waits(store, a_beat(moody, adapter), "webhook")

        assert await states(store) == [DROPPED] * 25 + [SENT] * 5

    simulate(tmp_path, play)


def test_one_that_was_away_for_a_moment_gets_them_all(tmp_path: Path) -> None:
    async def play(store: Store, moody: MoodyStore) -> None:
        await a_lane_with(store, 30, kind="webhook", backlog="newest:5")
        adapter = ScriptedAdapter()
        adapter.script = [RetryLater(reason="503") for _ in range(2)]  # 5 s, 5 min

        await until_nothing_waits(store, a_beat(moody, adapter), "webhook")

        assert await states(store) == [SENT] * 30

    simulate(tmp_path, play)


def test_a_terminal_that_was_paused_gets_one_message_and_then_what_is_new(tmp_path: Path) -> None:
    async def play(store: Store, moody: MoodyStore) -> None:
        feed, place = await a_lane_with(store, 0, kind="console", backlog="roll_up")
        await store.pause_destination(place.id, now=NOON)
        await publish(store, feed, *range(1, 13))
        await store.resume_destination(place.id, now=NOON)
        await publish(store, feed, 13)
        stream = io.StringIO()
        adapter = ConsoleAdapter(stream, language="en", time_zone=ZoneInfo("Asia/Jakarta"))

        await a_beat(moody, adapter).round()

        rolled_up, new = stream.getvalue().split("─" * 76 + "\n")[1:]
        assert rolled_up.startswith("12 stories at a glance\n\n• Berita 12\n")
        assert rolled_up.count("• Berita") == 12
        assert new.startswith("Berita 13\n")
        assert await states(store) == [SENT] * 14

    simulate(tmp_path, play)


def test_a_story_removed_between_claim_and_intent_is_not_in_the_message(tmp_path: Path) -> None:
    async def play(store: Store, _moody: MoodyStore) -> None:
        feed, place = await a_lane_with(store, 3, kind="console", backlog="roll_up")
        other = await a_source(store, "other")
        await store.add_route(other.id, place.id, now=NOON)
        await publish(store, other, 21, 22, 23)
        await store.pause_destination(place.id, now=NOON)
        await store.resume_destination(place.id, now=NOON)
        stream = io.StringIO()
        adapter = ConsoleAdapter(stream, language="en", time_zone=ZoneInfo("Asia/Jakarta"))

        await a_beat(
            Interrupted(store, by=lambda: store.remove_feed(feed.id, now=NOON)), adapter
        ).round()

        assert stream.getvalue().count("• Berita 2") == stream.getvalue().count("•") == 3
        assert sorted(await states(store)) == [DROPPED] * 3 + [SENT] * 4

    simulate(tmp_path, play)


class Interrupted:
    """A real store beside which something happens just before the first intent is written."""

    def __init__(self, store: Store, *, by: Callable[[], Awaitable[None]]) -> None:
        self._store = store
        self._by: Callable[[], Awaitable[None]] | None = by

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._store, name)

        async def asked(*args: Any, **named: Any) -> Any:
            deed = self._by
            if deed is not None and (named.get("intents") or name == "begin_sends"):
                self._by = None
                await deed()
            return await method(*args, **named)

        return asked
