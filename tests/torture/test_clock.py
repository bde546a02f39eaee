"""The clock jumps, ahead and back: no chat sees anything twice, and nothing stands still."""

import signal

import pytest

from tests.e2e.house import House
from tests.e2e.processes import Spawned, until
from tests.torture.stage import Stage
from tests.torture.verdict import judge
from tests.torture.wounds import MORTAL

pytestmark = [pytest.mark.timeout(600), pytest.mark.long]  # upkeep looks at the clock each 15 s
HOUR, DAY = 3_600, 86_400
ANSWER_SECONDS = 1.0
FOR_EVER = 1_000_000_000  # times
SOON_SECONDS = 60.0


@pytest.mark.parametrize("jump", [HOUR, -HOUR, DAY], ids=["+1 h", "-1 h", "+1 day"])
def test_chats_get_all_once_while_the_clock_jumps_there_and_back(house: House, jump: int) -> None:
    stage = Stage(house, chats=3)
    assert stage.telegram
    stage.telegram.control("fault", how="slow", seconds=ANSWER_SECONDS, apply=True, times=FOR_EVER)
    running = _started(house, stage, jump)

    for number in (signal.SIGUSR1, signal.SIGUSR2, None):
        before = stage.requests()
        stage.publish()
        until(lambda: stage.requests() > before, "a send under way", look_seconds=0.01)  # noqa: B023  # called here
        if number is not None:
            running.send(number)
        stage.publish()
        until(lambda: _posted(stage) == 3 * len(stage.stories), "all", seconds=SOON_SECONDS)

    stage.until_settled()
    verdict = judge(stage.read(), stage.expected, in_flight_max=3)
    assert verdict.complaints == ()
    assert (verdict.sent, verdict.doubles) == (3 * 6, 0)
    assert stage.telegram.control("violations") == []
    assert running.end() == 0


@pytest.mark.parametrize("jump", [HOUR, -HOUR], ids=["+1 h", "-1 h"])
def test_webhooks_signed_at_a_wrong_time_are_refused_and_arrive_once_it_is_right(
    house: House, jump: int
) -> None:
    stage = Stage(house, webhooks=2)
    assert stage.receiver
    running = _started(house, stage, jump)
    stage.publish()
    until(lambda: stage.receiver.counts()["accepted"] == 2, "the first")

    running.send(signal.SIGUSR1)
    stage.publish()
    until(lambda: stage.receiver.counts()["unverified"] >= 2, "refusals")
    running.send(signal.SIGUSR2)
    stage.publish()
    until(lambda: stage.receiver.counts()["accepted"] == 6, "all of them", seconds=SOON_SECONDS)

    stage.until_settled()
    ledgers = stage.read()
    verdict = judge(ledgers, stage.expected, in_flight_max=2, deaths_alone=False)
    refused = [heard for heard in ledgers.heard if not heard.verified]
    assert [told for told in verdict.complaints if not told.startswith("not verified")] == []
    assert {heard.title for heard in refused} <= {stage.stories[1], None}
    assert running.end() == 0


def _started(house: House, stage: Stage, jump: int) -> Spawned:
    running = house.start("run", program=(*MORTAL, f"--jump={jump}", "--"))
    stage.until_ready(running)
    return running


def _posted(stage: Stage) -> int:
    assert stage.telegram
    return sum(len(stage.telegram.posts(chat)) for chat in stage.chats)
