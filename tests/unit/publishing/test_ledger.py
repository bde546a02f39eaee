import asyncio
from pathlib import Path
from types import SimpleNamespace

from bot.ledger import Ledger
from tests.builders import NOON
from tests.store.situations import DAY, a_filled_lane, an_intent, an_outcome, claim_one
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

    assert written == [True, False]
    await store.close()
