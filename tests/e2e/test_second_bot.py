"""Two real processes with one token: the second says what to do and ends with 1."""

import time
from pathlib import Path

import pytest

from tests.e2e.house import House
from tests.e2e.processes import until

pytestmark = pytest.mark.timeout(300)
OWNER = 1001
OLD_ENOUGH_SECONDS = 8.0  # the first is no newcomer any more


@pytest.mark.long  # Telegram holds repeated conflicts back for 3 s each
def test_a_second_process_with_the_same_token_says_so_and_ends(
    house: House, tmp_path: Path
) -> None:
    telegram = house.telegram(users=[OWNER])
    house.use(telegram)
    house.set("telegram", owners=[OWNER])
    first = house.run()
    until(lambda: telegram.control("calls", method="getUpdates"), "the first listens")
    heard_at = time.monotonic()
    until(lambda: time.monotonic() - heard_at > OLD_ENOUGH_SECONDS, "it is no newcomer")
    second = house.twin(tmp_path / "twin").run()

    code = second.wait()

    assert code == 1
    assert second.said("Another program was listening with this bot's token")
    assert not second.said("loopback-token"), "no token in the log"
    assert first.running
    telegram.control("say", user=OWNER, text="/status")
    until(lambda: telegram.posts(OWNER)[1:], "the first answers")
    assert first.end() == 0
