from datetime import timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from feeds.errors import StoreUnavailable
from feeds.model import DeliveryState
from feeds.store.rows import Expired
from feeds.upkeep import UpkeepBeat, UpkeepLimits
from tests.builders import NOON
from tests.store.situations import a_lane_with, execute, states
from tests.unit.polling.newsroom import Newsroom

MINUTE = timedelta(minutes=1)


class Counting:
    """A real store whose upkeep calls are counted, and refused on request."""

    def __init__(self, newsroom: Newsroom) -> None:
        self._store = newsroom.store
        self.calls: list[str] = []
        self.full: set[str] = set()

    async def expire_leases(self, **asked: Any) -> Expired:
        self._enter("expire")
        return await self._store.expire_leases(**asked)

    async def heed_clock(self, **asked: Any) -> int:
        return await self._store.heed_clock(**asked)

    async def tell_failing(self, **asked: Any) -> int:
        return await self._store.tell_failing(**asked)

    async def drop_stale(self, **asked: Any) -> int:
        return await self._store.drop_stale(**asked)

    async def prune(self, **asked: Any) -> int:
        self._enter("prune")
        return await self._store.prune(**asked)

    async def checkpoint(self) -> None:
        self._enter("checkpoint")
        await self._store.checkpoint()

    def _enter(self, name: str) -> None:
        self.calls.append(name)
        if name in self.full:
            raise StoreUnavailable(f"no {name} today")


@pytest.fixture
def counting(newsroom: Newsroom) -> Counting:
    return Counting(newsroom)


@pytest.fixture
def upkeep(newsroom: Newsroom, counting: Counting) -> UpkeepBeat:
    return UpkeepBeat(store=counting, clock=newsroom.clock, repeatable_kinds=["webhook"])


async def test_each_thing_is_done_when_it_is_due(
    newsroom: Newsroom, counting: Counting, upkeep: UpkeepBeat
) -> None:
    for _ in range(2 * 60 * 4):
        await upkeep.round()
        await newsroom.wait(timedelta(seconds=15))

    assert counting.calls.count("expire") == 480
    assert counting.calls.count("checkpoint") == 120
    assert counting.calls.count("prune") == 2


async def test_what_was_refused_is_told_tried_again_and_holds_up_nothing_else(
    newsroom: Newsroom, counting: Counting, upkeep: UpkeepBeat
) -> None:
    counting.full = {"prune"}

    with pytest.raises(StoreUnavailable, match="no prune today"):
        await upkeep.round()
    counting.full = set()
    await newsroom.wait(timedelta(seconds=15))
    await upkeep.round()

    assert counting.calls == ["expire", "prune", "checkpoint", "expire", "prune"]


async def test_what_waits_too_long_is_dropped_at_each_round_and_told_once(
    newsroom: Newsroom, upkeep: UpkeepBeat
) -> None:
    _, place = await a_lane_with(newsroom.store, 3, max_age=60 * MINUTE)
    await newsroom.store.pause_destination(place.id, now=NOON)
    for _ in range(2):
        await newsroom.wait(timedelta(days=1))

    with capture_logs() as logs:
        first, second = await upkeep.round(), await upkeep.round()

    assert (first.stale, second.stale) == (3, 0)
    assert [entry["dropped"] for entry in logs if entry["event"] == "too old to send"] == [3]
    assert await states(newsroom.store) == [DeliveryState.DROPPED] * 3


async def test_a_start_takes_over_whatever_was_being_sent(upkeep: UpkeepBeat) -> None:
    assert await upkeep.take_over() == Expired()


async def test_a_clock_set_back_is_heeded_at_each_round_and_told_once(
    newsroom: Newsroom, upkeep: UpkeepBeat
) -> None:
    await newsroom.feed("berita")
    await newsroom.beat.round()
    ahead = {"at": int((newsroom.now() + 7 * 60 * MINUTE).timestamp() * 1_000)}
    polled = "UPDATE feeds SET last_poll_at = :at, next_poll_at = :at"
    await execute(newsroom.store, polled, **ahead)

    with capture_logs() as logs:
        await upkeep.round()
        await upkeep.round()

    assert (await newsroom.seen("berita")).next_poll_at == newsroom.now()
    assert [line["set_right"] for line in logs if line["event"] == "clock set back"] == [1]


def test_dead_letters_are_kept_for_thirty_days_at_least() -> None:
    assert UpkeepLimits().keep >= timedelta(days=30)
