import asyncio
from pathlib import Path
from types import SimpleNamespace

import pytest

from bot.ledger import Ledger
from feeds.errors import StoreRefused
from feeds.model import DeliveryState, Pace
from tests.builders import NOON
from tests.store.situations import (
    DAY,
    a_filled_lane,
    an_intent,
    an_outcome,
    beyond_64_bits,
    claim,
    claim_one,
)
from tests.world.store import fresh_store

LATER = NOON + DAY
CLOCK = SimpleNamespace(now=lambda: LATER)


async def test_of_two_claims_of_one_lane_in_one_batch_only_the_latest_may_send(
    tmp_path: Path,
) -> None:
    store = await fresh_store(tmp_path)
    await a_filled_lane(store)
    lost, latest = await claim_one(store), await claim_one(store, now=LATER)
    ledger = Ledger(store, CLOCK)

    may_send = await asyncio.gather(ledger.begin(an_intent(lost)), ledger.begin(an_intent(latest)))

    assert may_send == [False, True]
    await store.close()


async def test_an_outcome_of_a_lost_claim_is_not_taken_for_the_latest_ones(tmp_path: Path) -> None:
    store = await fresh_store(tmp_path)
    await a_filled_lane(store)
    lost, latest = await claim_one(store), await claim_one(store, now=LATER)
    await store.begin_sends([an_intent(latest)], now=LATER)
    ledger = Ledger(store, CLOCK)

    written = await asyncio.gather(
        ledger.settle(an_outcome(latest)), ledger.settle(an_outcome(lost))
    )

    assert written == [(True, False), (False, False)]
    await store.close()


async def test_an_outcome_brings_the_next_intent_of_its_lane_along(tmp_path: Path) -> None:
    store = await fresh_store(tmp_path)
    await a_filled_lane(store, stories=2)
    lane = await claim_one(store)
    first, second = lane.parcels
    await store.begin_sends([an_intent(lane)], now=NOON)
    ledger = Ledger(store, SimpleNamespace(now=lambda: NOON))

    written = await ledger.settle(an_outcome(lane), an_intent(lane, lane.parcels[1]))

    assert written == (True, True)
    states = {row.id: row.state for row in await store.list_deliveries()}
    assert states == {first.delivery.id: "sent", second.delivery.id: "sending"}
    await store.close()


async def test_a_lost_claim_begins_nothing_with_its_outcome(tmp_path: Path) -> None:
    store = await fresh_store(tmp_path)
    await a_filled_lane(store, stories=2)
    lost = await claim_one(store)
    await store.begin_sends([an_intent(lost)], now=NOON)
    await store.expire_leases(now=LATER, repeatable_kinds=("webhook",))
    ledger = Ledger(store, SimpleNamespace(now=lambda: NOON))

    assert await ledger.settle(an_outcome(lost), an_intent(lost, lost.parcels[1])) == (False, False)

    assert {row.state for row in await store.list_deliveries()} == {"waiting"}
    await store.close()


@pytest.mark.parametrize(
    ("state", "ends_as"),
    [("sent", "sent"), ("in_doubt", "in_doubt"), ("waiting", "failed"), ("failed", "failed")],
)
async def test_an_outcome_that_no_database_takes_harms_no_other_and_comes_to_an_end(
    tmp_path: Path, state: str, ends_as: str
) -> None:
    store = await fresh_store(tmp_path)
    for name in ("before", "odd", "after"):
        await a_filled_lane(store, 1, name=name, kind="telegram")
    lanes = {lane.destination.name: lane for lane in await claim(store)}
    await store.begin_sends([an_intent(lane) for lane in lanes.values()], now=NOON)
    ledger = Ledger(store, SimpleNamespace(now=lambda: NOON))
    odd = beyond_64_bits(an_outcome(lanes["odd"], DeliveryState(state)))

    written = await asyncio.gather(
        ledger.settle(an_outcome(lanes["before"])),
        ledger.settle(odd),
        ledger.settle(an_outcome(lanes["after"])),
    )

    assert [settled for settled, _ in written] == [True, True, True]
    found = {row.destination: row for row in await store.list_deliveries()}
    assert (found["before"].state, found["after"].state) == ("sent", "sent")
    assert found["odd"].state == ends_as
    assert ends_as == "sent" or "the log says what" in (found["odd"].reason or "")
    await store.close()


async def test_an_intent_that_no_database_takes_begins_nothing_and_harms_no_other(
    tmp_path: Path,
) -> None:
    store = await fresh_store(tmp_path)
    for name in ("good", "odd"):
        await a_filled_lane(store, 1, name=name)
    lanes = {lane.destination.name: lane for lane in await claim(store)}
    ledger = Ledger(store, SimpleNamespace(now=lambda: NOON))
    pace = Pace(scope="half an emoji \ud83d", recent=(NOON,))

    odd, good = await asyncio.gather(
        ledger.begin(an_intent(lanes["odd"], paces=(pace,))),
        ledger.begin(an_intent(lanes["good"])),
        return_exceptions=True,
    )

    assert isinstance(odd, StoreRefused)
    assert good is True
    found = {row.destination: row.state for row in await store.list_deliveries()}
    assert found == {"good": "sending", "odd": "waiting"}
    await store.close()
