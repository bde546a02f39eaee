"""A process stopped for longer than its leases last, and woken: it settles what it had begun."""

import signal
import time

import pytest

from tests.e2e.house import House
from tests.e2e.processes import until
from tests.torture.stage import Stage
from tests.torture.verdict import judge

pytestmark = pytest.mark.timeout(600)
ANSWER_SECONDS = 1.5
LEASE_SECONDS = 45.0  # of a chat's lane: 30 s for a send, and 15


@pytest.mark.long  # a lease is long
def test_who_slept_past_its_leases_doubles_nothing_and_lets_nobody_else_in(house: House) -> None:
    stage = Stage(house, webhooks=3, chats=3)
    assert stage.telegram
    assert stage.receiver
    under_way = len(stage.paths) + 1  # of so few chats one post at a time
    stage.settle_in()
    stage.telegram.control("fault", how="slow", seconds=ANSWER_SECONDS, apply=True, times=3)
    stage.receiver.control("fault", how="slow", seconds=ANSWER_SECONDS, times=3)
    before = stage.requests()
    running = house.run()
    stage.until_ready(running)
    stage.publish()
    until(lambda: stage.requests() == before + under_way, "all that may be", look_seconds=0.01)

    running.send(signal.SIGSTOP)
    second = house.start("run")
    refused = second.wait()
    stage.publish()
    time.sleep(LEASE_SECONDS + 5)  # real: leases are of the machine's clock
    running.send(signal.SIGCONT)
    stage.until_settled()
    stage.until_proven()

    assert refused == 1
    assert f"pid {running.pid}" in "".join(second.err)
    ledgers = stage.read()
    verdict = judge(ledgers, stage.expected, in_flight_max=len(stage.places), deaths_alone=False)
    assert verdict.complaints == ()
    assert (verdict.doubles, verdict.in_doubt) == (0, 0)
    assert verdict.repeats <= len(stage.paths)
    assert not running.said("late outcome refused"), "nobody else had taken over"
    assert running.end() == 0
