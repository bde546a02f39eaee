"""A few deaths of each kind, each time `make test` runs; `make torture KILLS=200` has the rest."""

import pytest

from tests.e2e.house import House
from tests.torture.ordeal import Ordeal
from tests.torture.scenario import Scenario, Size
from tests.torture.wounds import ANY_MOMENT

pytestmark = pytest.mark.timeout(300)  # each start with chats loads aiogram, which takes seconds

FIVE_WEBHOOKS = Size(webhooks=5, chats=0, webhook_seconds=0.3, chat_seconds=0.0, gap_seconds=1.0)
FIVE_AND_FIVE = Size(webhooks=5, chats=5, webhook_seconds=0.5, chat_seconds=0.3, gap_seconds=2.0)


@pytest.mark.parametrize(
    ("size", "points"),
    [
        (FIVE_WEBHOOKS, ("lanes claimed", "intent committed", "first byte", ANY_MOMENT)),
        (FIVE_AND_FIVE, ("answer heard", "before the outcome")),
    ],
    ids=["webhooks", "webhooks and chats"],
)
def test_deaths_lose_and_double_nothing_and_all_ledgers_agree(
    house: House, size: Size, points: tuple[str, ...]
) -> None:
    played = Ordeal(house, Scenario(name="small", size=size, points=points)).play()

    verdict = played.verdict
    assert verdict.complaints == ()
    assert (verdict.lost, verdict.doubles, verdict.changed) == (0, 0, 0)
    assert verdict.repeats <= verdict.repeats_max <= size.webhooks * len(points)
    assert verdict.doubts == verdict.proven + verdict.in_doubt
    assert verdict.sent + verdict.in_doubt == played.stories * size.in_flight
