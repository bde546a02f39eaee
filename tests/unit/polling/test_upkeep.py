from datetime import datetime, timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from feeds.errors import StoreUnavailable
from feeds.model import DeliveryState
from feeds.store.rows import Ailing, Expired, Parked
from feeds.upkeep import UpkeepBeat, UpkeepLimits
from tests.builders import NOON
from tests.store.situations import a_filled_lane, a_lane_with, claim, execute, send, states
from tests.unit.polling.newsroom import Newsroom

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


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

    async def tell_failing(self, **asked: Any) -> list[Ailing]:
        return await self._store.tell_failing(**asked)

    async def parked_since(self, since: datetime) -> list[Parked]:
        return await self._store.parked_since(since)

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


async def test_the_log_hears_once_of_each_stage_of_an_endpoint_that_fails_also_over_restarts(
    newsroom: Newsroom, counting: Counting
) -> None:
    _, place = await a_filled_lane(newsroom.store, 1)
    clock = newsroom.clock
    await newsroom.wait(NOON - clock.now())
    with capture_logs() as logs:
        for hours in range(0, 126, 3):
            await _fails(newsroom, times=hours % 12 == 0 and hours < 120)
            upkeep = UpkeepBeat(store=counting, clock=clock, repeatable_kinds=["webhook"])
            await upkeep.round()
            await newsroom.wait(HOUR)
            await _fails(newsroom, times=hours == 120)
            await upkeep.round()
            await newsroom.wait(2 * HOUR)

    failing = [entry for entry in logs if entry["event"] == "endpoint keeps failing"]
    assert [entry["percent_of_the_time"] for entry in failing] == [50, 70, 90]
    assert {entry["destination"] for entry in failing} == {place.name}
    assert failing[0]["answer"] == "the endpoint answered 503"
    assert failing[0]["parked_at"] == (NOON + timedelta(hours=120)).isoformat()
    (parked,) = (entry for entry in logs if entry["event"] == "parked")
    assert parked["why"].startswith("nothing but failures since 2023-09-13 12:00 UTC")
    assert parked["mended"] == f"berita destination resume {place.name}"
    assert {entry["log_level"] for entry in (*failing, parked)} == {"warning"}


async def _fails(newsroom: Newsroom, *, times: int) -> None:
    now = newsroom.clock.now()
    for lane in await claim(newsroom.store, now=now) if times else ():
        why = "the endpoint answered 503"
        await send(newsroom.store, lane, DeliveryState.WAITING, now=now, due_at=now, reason=why)
    kinds = ["webhook"]
    await newsroom.store.expire_leases(now=now, repeatable_kinds=kinds, everything=True)


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
